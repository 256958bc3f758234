"""Pages without a network: what was seen before opens, to nobody else; an update mixes nothing; it is an app."""

import http.client
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, sign_in, zh
from tests.journeys.running import TECHNICIAN, Running, wait_for
from tests.journeys.signal import (
    at_home,
    expect_kept,
    go_on,
    kept_pages,
    kept_rows,
    send,
    signal,
    write,
)


def test_pages_seen_before_open_as_they_were_and_say_so(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone, text="阳台门关不上")
    page = phones.open(phone)
    at_home(page)
    page.goto(f"/issues/{issue}?sent=1")
    wait_for(lambda: f"/issues/{issue}" in kept_pages(page).get("pages", []))
    signal(page, False)
    page.goto(f"/issues/{issue}")
    expect(page.locator(".stale")).to_contain_text(
        zh("No signal right now. This is how it was: %(time)s.")[:6]
    )
    expect(page.locator("main")).to_contain_text("阳台门关不上")
    expect(page.locator(".note.good")).to_have_count(0)  # what was said once is not said again
    page.goto("/inbox")
    expect(page.get_by_role("heading", name=zh("No signal right now"))).to_be_visible()
    signal(page, True)
    page.goto(f"/issues/{issue}")
    expect(page.locator(".stale")).to_have_count(0)


def test_a_network_that_does_not_answer_in_time_does_not_keep_anybody_waiting(
    phones: Phones, running: Running
) -> None:
    page = phones.open(running.new_owner())
    at_home(page)
    page.context.route("**/*", lambda route: None if route.request.service_worker else route.continue_())
    page.goto("/issues")
    expect(page.locator(".stale")).to_be_visible()


def test_a_technician_opens_a_job_in_the_basement(phones: Phones, running: Running) -> None:
    issue = steps.report(running, running.new_owner(), text="地下室水管")
    steps.assign(running, issue)
    page = phones.open(TECHNICIAN)
    page.goto("/desk")
    wait_for(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    page.goto(f"/desk/issues/{issue}")
    wait_for(lambda: f"/desk/issues/{issue}" in kept_pages(page).get("pages", []))
    signal(page, False)
    page.goto(f"/desk/issues/{issue}")
    expect(page.locator(".stale")).to_be_visible()
    expect(page.locator("main")).to_contain_text("地下室水管")


@pytest.mark.parametrize("button", ["Sign out", "Sign out on all devices"])
def test_signing_out_leaves_nothing_behind(phones: Phones, running: Running, button: str) -> None:
    page = phones.open(running.new_owner())
    at_home(page)
    write(page, "秘密")
    wait_for(lambda: kept_rows(page) == ["typing"])
    page.goto("/me")
    page.get_by_role("button", name=zh(button), exact=True).click()
    box = page.locator("[data-leaving-reports]")
    expect(box).to_contain_text(zh("1 report is not sent yet."))
    expect(box.get_by_role("button", name=zh("Send first"))).to_be_hidden()  # half a report can't be sent
    box.get_by_role("button", name=zh("Throw away and sign out")).click()
    expect(page.get_by_label(zh("Your mobile number"))).to_be_visible()
    wait_for(lambda: not {"pages", "ahead"} & kept_pages(page).keys())
    assert kept_rows(page) == []
    signal(page, False)
    page.goto("/issues")
    expect(page.get_by_role("heading", name=zh("No signal right now"))).to_be_visible()


def test_who_signs_out_can_have_their_reports_sent_first(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.route("**/api/v1/issues", lambda route: route.abort("connectionfailed"))
    write(page, "水管漏水")
    page.route("**/issues/new", lambda route: route.abort("connectionfailed"))
    go_on(page)
    send(page)
    expect_kept(page)
    page.goto("/me")
    page.get_by_role("button", name=zh("Sign out"), exact=True).click()
    box = page.locator("[data-leaving-reports]")
    box.get_by_role("button", name=zh("Send first")).click()
    expect(box.get_by_text(zh("not sent yet – is there a signal?"))).to_be_visible()
    assert kept_rows(page) == ["ready"]
    page.unroute_all()
    with page.expect_response("**/api/v1/issues") as answer:
        box.get_by_role("button", name=zh("Send first")).click()
    assert answer.value.status == 201
    page.wait_for_url("**/login")


def test_a_page_without_a_signal_says_so_once_and_when_it_is_back(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    at_home(page)
    signal(page, False)
    page.goto("/issues")
    expect(page.locator(".stale")).to_be_visible()
    expect(page.locator("[data-signal]")).to_be_hidden()
    page.goto("/issues/new?category=noise")  # an empty form is no older than a new one
    expect(page.locator("[data-signal]")).to_be_visible()
    expect(page.locator(".stale")).to_have_count(0)
    page.goto("/inbox")
    expect(page.get_by_role("heading", name=zh("No signal right now"))).to_be_visible()
    expect(page.locator("[data-signal]")).to_be_hidden()
    page.goto("/issues")
    signal(page, True)
    expect(page.locator(".stale")).to_contain_text(
        zh("There is a signal again. This is still how it was: %(time)s.")[:6]
    )
    page.locator(".stale button").click()
    expect(page.locator(".stale")).to_have_count(0)


def test_a_tap_without_a_signal_is_answered_once_and_in_fitting_words(
    phones: Phones, running: Running
) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone, text="阳台门关不上")
    steps.fix(running, issue)
    page = phones.open(phone)
    at_home(page)
    signal(page, False)
    for _ in range(2):
        page.get_by_role("button", name=zh("Fixed, thank you")).click()
    words = zh("No signal right now, so nothing has been changed. Tap it again when there is a signal.")
    expect(page.locator(".unsendable")).to_have_text(words, use_inner_text=True)
    signal(page, True)
    expect(page.locator(".unsendable")).to_have_count(0)


def test_somebody_else_on_the_same_phone_finds_nothing(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    at_home(page)
    signal(page, False)
    write(page, "秘密")
    go_on(page)
    send(page)
    expect_kept(page)
    page.route("**/api/v1/issues", lambda route: route.abort("connectionfailed"))
    signal(page, True)
    other = running.new_owner(name="陌生人")
    page.context.clear_cookies(name="session")
    page.goto("/")
    wait_for(lambda: not {"pages", "ahead"} & kept_pages(page).keys())
    sign_in(page, running, other)
    expect(page.get_by_role("heading", level=1)).to_contain_text("陌生人")
    wait_for(lambda: kept_rows(page) == [])
    page.goto("/issues")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert "秘密" not in page.evaluate("JSON.stringify(localStorage)")


def test_it_can_be_put_on_the_phones_first_screen(phones: Phones) -> None:
    page = phones.open(lang="en")
    page.goto("/login")
    manifest = httpx.get(page.locator("link[rel=manifest]").evaluate("link => link.href")).json()
    assert manifest["name"] == "Anhe Property Care"
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for icon in manifest["icons"]:
        size = page.evaluate(
            """address => new Promise((resolve, reject) => {
              const image = new Image();
              image.onload = () => resolve(`${image.naturalWidth}x${image.naturalHeight}`);
              image.onerror = reject;
              image.src = address;
            })""",
            icon["src"],
        )
        assert size == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


class _Updating(ThreadingHTTPServer):
    """The portal behind a proxy that makes another version of it: another style under another address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, portal: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.portal, self.updated = urlsplit(portal).netloc, False

    def changed(self, path: str, body: bytes) -> bytes:
        """What the newer version says."""
        if path.endswith("/portal.css"):
            return body + b"\nbody { outline: 3px solid red; }"
        return re.sub(rb"/static/\w+/portal\.css", b"/static/0123456789/portal.css", body)


class _Handler(BaseHTTPRequestHandler):
    server: _Updating

    def do_GET(self) -> None:
        upstream = http.client.HTTPConnection(self.server.portal, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        path = self.path.replace("/static/0123456789/", "/static/x/")
        upstream.request("GET", path, headers=headers)
        answer = upstream.getresponse()
        body = answer.read()
        if self.server.updated and b"\x89PNG" not in body[:8]:
            body = self.server.changed(self.path, body)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "cache-control"):
                self.send_header(name, value)
        forever = self.path.startswith("/static/")
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if forever else "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        upstream.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def updating(running: Running) -> Iterator[_Updating]:
    """The portal, which can be updated."""
    server = _Updating(running.url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


_SETTLED = """() => navigator.serviceWorker.getRegistration().then(({ installing, waiting, active }) =>
  !installing && !waiting && active.state === "activated" && active === navigator.serviceWorker.controller)"""


def _outlined(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.body).outlineStyle === 'solid'"))


def _is_new(page: Page) -> bool:
    return bool(page.evaluate("Boolean(document.querySelector(\"link[href*='0123456789']\"))"))


def test_an_update_never_mixes_pages_and_files_of_two_versions(
    updating: _Updating, running: Running, chrome: Browser
) -> None:
    phones = Phones(Running(f"http://127.0.0.1:{updating.server_port}"), chrome)
    page = phones.open()
    token = running.token(running.new_owner())
    page.context.add_cookies([{"name": "session", "value": token, "url": phones.portal.url}])
    at_home(page)
    page.goto("/me")
    wait_for(lambda: "/me" in kept_pages(page).get("pages", []))
    updating.updated = True
    page.goto("/issues")
    assert (_is_new(page), _outlined(page)) == (True, True)
    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
    wait_for(lambda: page.evaluate(_SETTLED), what="the new worker")
    page.goto("/")  # also with the new worker
    assert (_is_new(page), _outlined(page)) == (True, True)
    signal(page, False)
    for path in ("/issues", "/me", "/issues/new?category=noise"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-kept", re.compile(r"\d+"))
        assert _is_new(page) == _outlined(page), path
    page.goto("/me")
    assert not _is_new(page)  # as it was seen, in the version in which it was seen
    phones.done()
