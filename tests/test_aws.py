"""What the environment says of AWS, read without botocore where that is enough, and as botocore reads it elsewhere."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from chalicelib import aws
from chalicelib.crypto import Keyring
from chalicelib.portal import load_keys
from tests.factories import make_settings
from tests.test_transport import Server, answered, server  # noqa: F401 - a fixture

LAMBDA = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "cn-north-1", "AWS_DEFAULT_REGION": "cn-north-1", "AWS_LAMBDA_FUNCTION_NAME": "portal",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11", "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
}  # fmt: skip
REGIONS = [
    region
    for partition in get_session().get_available_partitions()
    for region in get_session().get_available_regions("dynamodb", partition)
]


@pytest.fixture(autouse=True)
def _as_on_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in LAMBDA.items():
        monkeypatch.setenv(name, value)
    # botocore's session keeps what it has read: one of this test's own.
    fresh = get_session()
    monkeypatch.setattr(aws, "session", lambda: fresh)
    aws.is_plain.cache_clear()
    yield
    aws.is_plain.cache_clear()


@pytest.mark.parametrize("service", ["dynamodb", "kms"])
def test_the_addresses_of_all_regions_are_botocores(service: str) -> None:
    ours = {region: aws._endpoint(service, region) for region in REGIONS}
    theirs = {region: aws.client(service, region).meta.endpoint_url for region in REGIONS}
    assert len(ours) > 30
    assert ours == theirs


def test_what_lambda_sets_is_all_that_is_needed_and_loads_no_botocore() -> None:
    code = """
import sys
from chalicelib import aws, portal, storage, table_client
from chalicelib.messages.adapters.sns import Sns
client = table_client.connect("cn-north-1", None)
wire = client._wire
print(wire._url, *aws.keys(), wire._authorities().endswith("botocore/cacert.pem"))
storage.Storage("b", region="cn-north-1")._signer(), Sns("cn-north-1")
print([name for name in sys.modules if name.split(".")[0] in ("botocore", "urllib3")])
"""
    environment = {"PATH": os.environ["PATH"], **LAMBDA}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    url = "https://dynamodb.cn-north-1.amazonaws.com.cn"
    assert done.stdout.splitlines() == [f"{url} AKIDEXAMPLE secret token True", "[]"]


@pytest.mark.parametrize(
    "other", ["AWS_CA_BUNDLE", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_USE_FIPS_ENDPOINT", "AWS_NEW_IDEA"]
)  # fmt: skip
def test_any_setting_besides_is_left_to_botocore(monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    assert aws.is_plain()
    monkeypatch.setenv(other, "x")
    aws.is_plain.cache_clear()
    assert not aws.is_plain()


def test_keys_authorities_and_addresses_of_ones_own_are_found_as_botocore_finds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "credentials"
    kept.write_text("[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = kept\n")
    for name in aws._KEYS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(kept))
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/company.pem")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://table.example")
    aws.is_plain.cache_clear()
    assert aws.keys() == ("AKIDFILE", "kept", None)
    assert aws._authorities() == "/etc/company.pem"
    assert aws._endpoint("dynamodb", "us-east-1") == "https://table.example"


def test_the_keyring_is_opened_by_one_request(server: Server) -> None:  # noqa: F811
    keys = Keyring.generate()
    plain = base64.b64encode(keys.to_json().encode()).decode()
    sealed = base64.b64encode(b"sealed").decode()
    config = make_settings(portal_stage="prod", keyring_ciphertext=sealed, aws_endpoint_url=server.url)
    server.answers = [answered(json.dumps({"Plaintext": plain}).encode())]
    assert load_keys(config).to_json() == keys.to_json()
    asked = server.requests[0]
    assert b"x-amz-target: TrentService.Decrypt" in asked
    assert b"x-amz-security-token: token" in asked
    assert json.loads(asked[asked.index(b"{") :]) == {
        "CiphertextBlob": sealed,
        "EncryptionContext": {"portal": "keyring"},
    }


def test_a_keyring_that_kms_refuses_is_told_as_botocore_tells_it(
    server: Server, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    refused = answered(b'{"__type": "AccessDeniedException", "message": "no"}', "400 Bad Request")
    server.answers = [refused, refused]
    config: Any = make_settings(
        portal_stage="prod", keyring_ciphertext="c2VhbGVk", aws_endpoint_url=server.url
    )
    with pytest.raises(Exception, match=r"\(AccessDeniedException\) when calling the Decrypt operation: no"):
        load_keys(config)
