"""Uploads and pictures through the portal's own address, with a real engine that checks signatures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from botocore.config import Config

from local.media import MediaProxy
from local.setup import set_up
from tests.engines import Engine, start_engine
from tests.local.serving import served

HOSTS = ["127.0.0.1", "192.168.1.7:8000", "my-pc.local:8000", "portal.example.cn", "[::1]:8000"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = start_engine(Path(tmp_path_factory.mktemp("engine")), log=True)
    set_up(running.process, "portal", "portal-media")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def portal(engine: Engine) -> Iterator[str]:
    with served(MediaProxy(engine.url, "portal-media", engine.access_key)) as port:
        yield f"http://127.0.0.1:{port}"


def s3_at(engine: Engine, host: str) -> Any:
    """A client that signs for the address under which a browser knows the portal."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return Engine(f"http://{host}", engine.access_key, engine.secret_key, engine.process).client(
        "s3", config=config
    )


def link(engine: Engine, host: str, key: str) -> str:
    parameters = {"Bucket": "portal-media", "Key": key}
    return str(s3_at(engine, host).generate_presigned_url("get_object", Params=parameters, ExpiresIn=60))


def get(portal: str, url: str, **options: Any) -> requests.Response:
    """GET a signed URL from the portal, whatever host it was signed for."""
    parts = urlsplit(url)
    here = urlunsplit((*urlsplit(portal)[:2], parts.path, parts.query, ""))
    return requests.get(
        here, headers={"Host": parts.netloc} | options.pop("headers", {}), timeout=10, **options
    )


def upload(portal: str, engine: Engine, host: str, data: bytes, **other: str) -> requests.Response:
    form = s3_at(engine, host).generate_presigned_post(
        "portal-media", "uploads/one", Conditions=[["content-length-range", 1, 1000]], ExpiresIn=60
    )
    fields = form["fields"] | other
    return requests.post(
        f"{portal}/portal-media", fields, files={"file": ("a.jpg", data)}, headers={"Host": host}, timeout=10
    )


@pytest.mark.parametrize("host", HOSTS)
def test_an_upload_and_its_signed_link_work_under_any_address(portal: str, engine: Engine, host: str) -> None:
    assert upload(portal, engine, host, b"picture").status_code == 204
    answer = get(portal, link(engine, host, "uploads/one"))
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_upload_policy_is_enforced(portal: str, engine: Engine) -> None:
    assert upload(portal, engine, "127.0.0.1", b"x" * 1001).status_code == 400
    assert upload(portal, engine, "127.0.0.1", b"x", key="uploads/other").status_code == 403
    unsigned = requests.post(
        f"{portal}/portal-media", {"key": "uploads/q"}, files={"file": ("a", b"x")}, timeout=10
    )
    assert unsigned.status_code == 403


def test_a_link_that_was_changed_or_is_for_another_object_is_refused(portal: str, engine: Engine) -> None:
    upload(portal, engine, "127.0.0.1", b"picture")
    right = link(engine, "127.0.0.1", "uploads/one")
    assert get(portal, right[:-2] + "xx").status_code == 403
    assert get(portal, right.replace("uploads/one", "uploads/two")).status_code == 403
    assert get(portal, right.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?X-Amz-Signature=1",
        "?AWSAccessKeyId=test&Signature=x&Expires=2000000000",
        "?X-Amz-Signature=1&X-Amz-Algorithm=none&X-Amz-Credential=test/20260101/us-east-1/s3/aws4_request",
        "?acl",
    ],
)
def test_whoever_has_no_signature_finds_nothing(portal: str, engine: Engine, query: str) -> None:
    upload(portal, engine, "127.0.0.1", b"picture")
    for path in ("/portal-media", "/portal-media/", "/portal-media/uploads/one"):
        assert requests.get(portal + path + query, timeout=10).status_code == 404


def test_a_right_link_with_something_added_finds_nothing(portal: str, engine: Engine) -> None:
    right = link(engine, "127.0.0.1", "uploads/one")
    assert get(portal, right + "&AWSAccessKeyId=test").status_code == 404
    assert get(portal, right + "&X-Amz-Algorithm=none").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading_and_form_uploads_gets_through(portal: str, method: str) -> None:
    for path in ("/portal-media", "/portal-media/uploads/one"):
        assert requests.request(method, portal + path, data=b"x", timeout=10).status_code == 404
    assert requests.post(f"{portal}/portal-media?delete", data=b"x", timeout=10).status_code == 404


def test_a_browser_gets_a_part_and_no_second_copy(portal: str, engine: Engine) -> None:
    upload(portal, engine, "127.0.0.1", b"0123456789")
    url = link(engine, "127.0.0.1", "uploads/one")
    part = get(portal, url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    tag = get(portal, url).headers["ETag"]
    assert get(portal, url, headers={"If-None-Match": tag}).status_code == 304


def test_too_long_a_file_is_refused_before_the_engine_sees_it(portal: str) -> None:
    answer = requests.post(
        f"{portal}/portal-media",
        data=b"x" * (25 * 1024 * 1024 + 1),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        timeout=20,
    )
    assert answer.status_code == 413


def test_without_an_engine_the_answer_is_503() -> None:
    with served(MediaProxy("http://127.0.0.1:9", "portal-media", "KEY")) as port:
        answer = requests.post(f"http://127.0.0.1:{port}/portal-media", {}, files={"file": b"x"}, timeout=10)
    assert answer.status_code == 503
