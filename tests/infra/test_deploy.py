"""Deploying, on the engine's CloudFormation, S3 and KMS: a small stack with what the deploy itself looks at."""

import base64
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session

from chalicelib.crypto import Keyring
from infra import deploy
from infra.deploy import Deployment, stamp, wanted
from infra.stack import DeployFailed, Stack
from tests.engines import Engine

Tree = dict[str, Any]


def small(*queues: str) -> Tree:
    """A template that keeps what the deploy counts on: the key, the address, the kept parameters."""
    text = {"Type": "String", "Default": ""}
    resources: Tree = {
        "PortalKey": {
            "Type": "AWS::KMS::Key",
            "Properties": {"Description": {"Fn::Sub": "of ${PublicOrigin}"}},
        }
    }
    resources |= {name: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}} for name in queues}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"KeyringCiphertext": text, "PublicOrigin": text, "AlarmEmail": text},
        "Resources": resources,
        "Outputs": {
            "KeyArn": {"Value": {"Fn::GetAtt": ["PortalKey", "Arn"]}},
            "PortalURL": {"Value": "https://abc.execute-api.us-east-1.amazonaws.com/api/"},
            "Origin": {"Value": {"Ref": "PublicOrigin"}},
        },
    }


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package, as small as can be."""
    path = tmp_path / "deployment.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app.py", "")
    return path


@pytest.fixture
def session(aws: Engine) -> Any:
    """A session with the engine's key."""
    return Session(aws.access_key, aws.secret_key, region_name="us-east-1")


@pytest.fixture
def stage(request: pytest.FixtureRequest, aws: Engine) -> Iterator[str]:
    """A stage of this test's own; its stack goes afterwards."""
    name = request.node.name.replace("_", "-")[-24:].strip("-")
    yield name
    aws.client("cloudformation").delete_stack(StackName=f"portal-{name}")


def deployment(
    session: Any, aws: Engine, stage: str, template: Tree, package: Path, *, yes: bool = True
) -> Deployment:
    return Deployment(
        session,
        stage,
        template,
        package,
        lambda *_: yes,
        endpoint_url=aws.url,
        pause=lambda _: time.sleep(0.05),
    )


def test_the_first_deploy_makes_the_stack_and_its_keys(
    session: Any, aws: Engine, stage: str, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = deployment(session, aws, stage, small("one"), package).run({"AlarmEmail": "a@example.com"})
    assert outputs is not None
    assert outputs["Origin"] == "https://abc.execute-api.us-east-1.amazonaws.com"
    kept = Stack(aws.client("cloudformation"), f"portal-{stage}").parameters
    assert kept["AlarmEmail"] == "a@example.com"
    described = aws.client("cloudformation").describe_stacks(StackName=f"portal-{stage}")["Stacks"][0]
    assert described["Tags"] == [{"Key": "portal-stage", "Value": stage}]
    sealed = base64.b64decode(kept["KeyringCiphertext"])
    opened = aws.client("kms").decrypt(CiphertextBlob=sealed, EncryptionContext={"portal": "keyring"})
    keyring = Keyring.from_json(opened["Plaintext"])
    told = "".join(capsys.readouterr())
    assert "makes one (AWS::SQS::Queue)" in told
    for secret in (keyring.hashing, *keyring.sealing.values()):
        assert base64.b64encode(secret).decode() not in told


def test_a_second_deploy_keeps_the_keys_and_says_when_nothing_changes(
    session: Any, aws: Engine, stage: str, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = Stack(aws.client("cloudformation"), f"portal-{stage}")
    deployment(session, aws, stage, small("two"), package).run({})
    keys = stack.parameters["KeyringCiphertext"]
    capsys.readouterr()
    deployment(session, aws, stage, small("two"), package).run({})
    assert "Nothing to change." in capsys.readouterr().out
    deployment(session, aws, stage, small("two", "three"), package).run({})
    told = capsys.readouterr().out
    assert "makes three (AWS::SQS::Queue)" in told
    assert "makes two" not in told
    assert stack.parameters["KeyringCiphertext"] == keys


def test_no_is_no(session: Any, aws: Engine, stage: str, package: Path) -> None:
    assert deployment(session, aws, stage, small("four"), package, yes=False).run({}) is None
    assert Stack(aws.client("cloudformation"), f"portal-{stage}").status == ""
    assert deployment(session, aws, stage, small("four"), package).run({}) is not None


def test_a_stack_that_goes_back_says_why(session: Any, aws: Engine, stage: str, package: Path) -> None:
    deployment(session, aws, stage, small("five"), package).run({})
    bad = small("five", "six")
    bad["Resources"]["six"] = {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": "none"}}
    with pytest.raises(
        DeployFailed, match=r"(?s)went back to what it was \(UPDATE_ROLLBACK_COMPLETE\).*six: "
    ):
        deployment(session, aws, stage, bad, package).run({})


def test_a_function_gets_a_new_version_with_new_code_or_new_settings_only(prod: Tree) -> None:
    def mark(package: str, **parameters: str) -> str:
        functions = stamp(prod, {"Bucket": "packages", "Key": package}, parameters)["Resources"]
        return str(functions["Tick"]["Properties"]["AutoPublishCodeSha256"])

    assert mark("a.zip", CodeTries="5") == mark("a.zip", CodeTries="5")
    assert (
        len({mark("a.zip", CodeTries="5"), mark("b.zip", CodeTries="5"), mark("a.zip", CodeTries="6")}) == 3
    )
    assert "AutoPublishCodeSha256" not in prod["Resources"]["Tick"]["Properties"]


def test_the_stages_choose_only_what_the_template_has(made: dict[str, Tree], tmp_path: Path) -> None:
    for name, template in made.items():
        assert float(wanted(name, template)["BudgetAmount"]) > 0
    (tmp_path / "prod.json").write_text(json.dumps({"Budget": 1}))
    with pytest.raises(DeployFailed, match="Budget"):
        wanted("prod", made["prod"], tmp_path)


def test_without_a_terminal_nothing_is_applied_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YES", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert deploy.say_yes("Apply?", False) is False
    monkeypatch.setenv("YES", "1")
    assert deploy.say_yes("Apply?", False) is True
    assert deploy.say_yes("Apply?", True) is False


def test_nothing_built_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["deploy", "prod"])
    assert deploy.main() == 1
    assert "make package STAGE=prod" in capsys.readouterr().err
