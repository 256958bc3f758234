"""What the store lets phones do with our forms and links, proved on an engine that checks signatures."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.errors import NotFound, TooLarge
from chalicelib.storage import Storage, UploadForm
from tests.engines import Engine, start_engine
from tests.factories_photos import BUCKET, make_storage

KEY = "incoming/p1"
BODY = b"x" * 100


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = start_engine(tmp_path_factory.mktemp("engine"), auth=True)
    engine.client("s3").create_bucket(Bucket=BUCKET)
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def storage(engine: Engine) -> Storage:
    return make_storage(endpoint_url=engine.url, access_key=engine.access_key, secret_key=engine.secret_key)


def _form(storage: Storage, key: str = KEY, **changes: Any) -> UploadForm:
    wanted = {
        "now": datetime.now(UTC),
        "content_type": "image/jpeg",
        "max_bytes": 1000,
        "exact_bytes": None,
        "expires_in_s": 600,
        "origin": None,
        "redirect_to": None,
    }
    return storage.upload_form(key, **{**wanted, **changes})


def _post(form: UploadForm, body: bytes = BODY, changed: dict[str, str] | None = None) -> requests.Response:
    fields = {**form.fields, **(changed or {})}
    return requests.post(form.url, fields, files={"file": ("a.jpg", body)}, allow_redirects=False, timeout=5)


def _error_code(response: requests.Response) -> str:
    found = re.search("<Code>(.*)</Code>", response.text)
    return found[1] if found else f"{response.status_code} {response.text}"


def test_a_form_uploads_exactly_its_key(storage: Storage) -> None:
    assert _post(_form(storage, "incoming/good")).status_code == 204
    assert storage.read("incoming/good", 1000) == BODY


@pytest.mark.parametrize(
    ("limits", "size", "code"),
    [
        ({"max_bytes": 100}, 101, "EntityTooLarge"),
        ({"max_bytes": 100}, 0, "EntityTooSmall"),
        ({"exact_bytes": 100}, 101, "EntityTooLarge"),
        ({"exact_bytes": 100}, 99, "EntityTooSmall"),
    ],
)
def test_a_file_of_another_size_is_refused(storage: Storage, limits: Any, size: int, code: str) -> None:
    assert _error_code(_post(_form(storage, "incoming/size", **limits), b"x" * size)) == code
    with pytest.raises(NotFound):
        storage.read("incoming/size", 1000)


def test_a_file_of_the_exact_size_is_taken(storage: Storage) -> None:
    assert _post(_form(storage, exact_bytes=100)).status_code == 204


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Content-Type": "text/html"}, "AccessDenied"),
        ({"key": "ready/somebody-elses"}, "AccessDenied"),
        ({"acl": "public-read"}, "AccessDenied"),
        ({"success_action_redirect": "https://elsewhere.example/"}, "AccessDenied"),
        ({"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch"),
        ({"policy": "eyJjb25kaXRpb25zIjpbXX0="}, "SignatureDoesNotMatch"),
    ],
)
def test_a_form_with_a_changed_field_is_refused(storage: Storage, change: dict[str, str], code: str) -> None:
    assert _error_code(_post(_form(storage, "incoming/changed"), changed=change)) == code
    with pytest.raises(NotFound):
        storage.read("incoming/changed", 1000)


def test_an_expired_form_is_refused(storage: Storage) -> None:
    form = _form(storage, now=datetime.now(UTC) - timedelta(seconds=601))
    assert form.expires_at < datetime.now(UTC)
    assert _error_code(_post(form)) == "AccessDenied"


def test_a_form_without_a_type_takes_no_type_field(storage: Storage) -> None:
    form = _form(storage, content_type=None)
    assert _post(form).status_code == 204
    assert _error_code(_post(form, changed={"Content-Type": "text/html"})) == "AccessDenied"


def test_after_the_upload_the_browser_is_sent_back(storage: Storage) -> None:
    answer = _post(_form(storage, redirect_to="http://portal.example/issues/new?draft=1"))
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert (target.netloc, target.path) == ("portal.example", "/issues/new")
    query = parse_qs(target.query)
    assert (query["draft"], query["key"], query["bucket"]) == (["1"], [KEY], [BUCKET])


def test_a_form_for_another_origin_works_through_a_proxy(storage: Storage, engine: Engine) -> None:
    form = _form(storage, "incoming/proxied", origin="http://192.168.1.5:8000")
    assert form.url == f"http://192.168.1.5:8000/{BUCKET}"
    forwarded = form.url.replace("http://192.168.1.5:8000", engine.url)
    answer = requests.post(
        forwarded, form.fields, files={"file": BODY}, headers={"Host": "192.168.1.5:8000"}, timeout=5
    )
    assert answer.status_code == 204
    assert storage.read("incoming/proxied", 1000) == BODY


def _linked(storage: Storage, key: str = "ready/p1", **options: Any) -> str:
    storage.write(key, BODY, "image/webp", "private, max-age=600")
    return storage.signed_url(key, **{"now": datetime.now(UTC), **options})


def test_a_link_reads_the_object_with_its_type_and_caching(storage: Storage) -> None:
    answer = requests.get(_linked(storage), timeout=5)
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, max-age=600"


def test_a_link_to_a_key_with_odd_characters_works(storage: Storage) -> None:
    assert requests.get(_linked(storage, "ready/a b+c~漏水'().webp"), timeout=5).content == BODY


def test_an_expired_link_is_refused(storage: Storage) -> None:
    old = _linked(storage, now=datetime.now(UTC) - timedelta(seconds=2401))
    assert requests.get(old, timeout=5).status_code == 403


def test_any_link_of_a_window_works_for_the_promised_time(storage: Storage) -> None:
    old = _linked(storage, now=datetime.now(UTC) - timedelta(seconds=1190))
    assert requests.get(old, timeout=5).status_code == 200


@pytest.mark.parametrize("part", ["X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires", "path"])
def test_a_changed_link_is_refused(storage: Storage, part: str) -> None:
    url = _linked(storage)
    storage.write("ready/p2", BODY, "image/webp", "no-store")
    changed = {
        "X-Amz-Signature": re.sub(r"Signature=.*", "Signature=" + "0" * 64, url),
        "X-Amz-Date": re.sub(r"Date=2", "Date=3", url),
        "X-Amz-Expires": url.replace("Expires=1800", "Expires=9999"),
        "path": url.replace("ready/p1", "ready/p2"),
    }[part]
    assert changed != url
    assert requests.get(changed, timeout=5).status_code in (400, 403)


def test_a_link_for_another_origin_works_through_a_proxy_that_keeps_the_host_only(
    storage: Storage, engine: Engine
) -> None:
    url = _linked(storage, origin="http://192.168.1.5:8000").replace("http://192.168.1.5:8000", engine.url)
    assert requests.get(url, headers={"Host": "192.168.1.5:8000"}, timeout=5).content == BODY
    assert requests.get(url, timeout=5).status_code == 403


def test_reading_refuses_what_is_too_large_and_names_what_is_missing(storage: Storage) -> None:
    storage.write("ready/big", BODY, "image/webp", "no-store")
    assert storage.read("ready/big", 100) == BODY
    with pytest.raises(TooLarge):
        storage.read("ready/big", 99)
    with pytest.raises(NotFound):
        storage.read("ready/none", 99)


def test_deleting_twice_or_nothing_is_no_error(storage: Storage) -> None:
    storage.write("ready/gone", BODY, "image/webp", "no-store")
    storage.delete("ready/gone", "ready/never-there")
    storage.delete("ready/gone")
    storage.delete()
    with pytest.raises(NotFound):
        storage.read("ready/gone", 1000)


def test_listing_shows_the_first_objects_below_a_prefix(storage: Storage) -> None:
    for key in ("list/b", "list/a", "list/c", "other/a"):
        storage.write(key, BODY, "image/webp", "no-store")
    assert [(row.key, row.size) for row in storage.list("list/", 2)] == [("list/a", 100), ("list/b", 100)]
    assert storage.list("empty/", 2) == ()
