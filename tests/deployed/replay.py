"""Sends a recorded request to the engine once more, signed with another key."""

import http.client
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session

from chalicelib.storage import Storage
from tests.deployed.iam import Sent
from tests.deployed.policies import REGION

_SIGNED_ANEW = {
    "authorization",
    "x-amz-date",
    "x-amz-content-sha256",
    "host",
    "content-length",
    "connection",
    "expect",
}


def is_refused(sent: Sent, engine_url: str, keys: tuple[str, str]) -> bool:
    """Whether the engine refuses it for want of permission; any other outcome counts as allowed."""
    status, answer = _sent_again(sent, engine_url, keys)
    words = ("AccessDenied", "AuthorizationError", "not authorized to perform")
    refused = any(word in answer for word in words)
    assert refused or status != 403, answer
    return refused


def _sent_again(sent: Sent, engine_url: str, keys: tuple[str, str]) -> tuple[int, str]:
    if "authorization" in sent.headers:
        return _signed(sent, engine_url, keys)
    bucket, _, key = sent.path.lstrip("/").partition("/")
    session = Session()
    session.set_credentials(*keys)
    storage = Storage(bucket, region=REGION, endpoint_url=engine_url, session=session)
    now = datetime.now(UTC)
    if sent.form:
        form = storage.upload_form(
            sent.form["key"], now=now, content_type=None, max_bytes=1000, exact_bytes=None, expires_in_s=60,
            origin=None, redirect_to=None,
        )  # fmt: skip
        answer = httpx.post(form.url, data=form.fields, files={"file": ("a.jpg", b"again")})
    else:
        answer = httpx.get(storage.signed_url(key, now=now))
    return answer.status_code, answer.text


def _signed(sent: Sent, engine_url: str, keys: tuple[str, str]) -> tuple[int, str]:
    headers = {name: value for name, value in sent.headers.items() if name not in _SIGNED_ANEW}
    request = AWSRequest(sent.method, engine_url + sent.target, data=sent.body, headers=headers)
    auth = S3SigV4Auth if sent.service == "s3" else SigV4Auth
    auth(Credentials(*keys), sent.service, REGION).add_auth(request)
    engine = urlsplit(engine_url)
    with closing(http.client.HTTPConnection(engine.hostname or "", engine.port, timeout=30)) as connection:
        connection.request(sent.method, sent.target, sent.body, dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
