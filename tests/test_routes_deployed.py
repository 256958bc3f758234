"""What changes when the portal is deployed: cookies and headers of https, the stage's path, no /dev pages."""

from collections.abc import Iterator

import pytest

from chalicelib import assets, page_words
from chalicelib.messages.notifier import LogNotifier, MemoryNotifier, Message, notifier_for
from chalicelib.messages.providers import Providers
from chalicelib.settings import settings
from tests.browser import HOST, Browser
from tests.factories import NOW, PHONES, People, make_settings


@pytest.fixture
def deployed(shared_site: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """The portal as it runs in production, below a stage's path."""
    monkeypatch.setenv("PORTAL_STAGE", "prod")
    monkeypatch.setenv("BASE_PATH", "/api")
    monkeypatch.setenv("PUBLIC_ORIGIN", f"https://{HOST}")
    _forget()
    yield shared_site
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for remembered in (settings, page_words.environment, assets.static):
        remembered.cache_clear()


def test_the_session_cookie_goes_over_https_to_this_host_only(deployed: People) -> None:
    browser = Browser()
    notifier = deployed.portal.notifier
    assert isinstance(notifier, MemoryNotifier)
    browser.post("/login", {"phone": PHONES["neighbour"]})
    code = notifier.sent[-1].code
    page = browser.post("/login", {"phone": PHONES["neighbour"], "step": "code", "code": code})
    line = next(line for line in page.cookies if line.startswith("__Host-session="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert "Domain" not in line
    assert page.headers["location"] == "/api/"
    assert browser.get("/").status == 200


def test_a_local_session_cookie_is_not_taken(deployed: People) -> None:
    token = deployed.token("owner")
    assert Browser(cookies={"session": token}).get("/").status == 303
    assert Browser(cookies={"__Host-session": token}).get("/").status == 200


def test_browsers_are_told_to_keep_to_https_and_to_the_bucket_for_photos(deployed: People) -> None:
    headers = Browser().get("/login").headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "https://portal-media.s3.us-east-1.amazonaws.com" in headers["content-security-policy"]


def test_links_lead_below_the_stages_path(deployed: People) -> None:
    page = Browser(cookies={"__Host-session": deployed.token("owner")}).get("/issues")
    assert 'href="/api/issues' in page.text
    assert 'href="/issues' not in page.text


@pytest.mark.parametrize(
    "path", ["/dev/outbox", "/dev/outbox.json", "/dev/styles", "/dev/styles.css", "/dev/"]
)
def test_nothing_is_kept_for_developers(deployed: People, path: str) -> None:
    assert Browser().get(path).status == 404


def test_another_origin_is_refused_also_with_the_same_host_by_http(deployed: People) -> None:
    browser = Browser(cookies={"__Host-session": deployed.token("owner")})
    page = browser.send(
        "POST", "/me/sign-out", b"", {"Origin": "http://evil.example", "Host": "evil.example"}
    )
    assert page.status == 403


def test_messages_leave_for_providers_only_when_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    local = notifier_for(make_settings())
    assert isinstance(local, LogNotifier)
    assert isinstance(notifier_for(make_settings(portal_stage="prod")), Providers)
    local.send(
        Message(to="+8613800000001", channel="sms", template="t", text="geheim", at=NOW, code="123456")
    )
    told = capsys.readouterr()
    assert not [word for word in ("geheim", "13800000001", "123456") if word in told.out + told.err]
