"""Phones and desk screens: browsers that note whatever goes wrong in them, and people who sign in."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)

from chalicelib.i18n import translations
from tests.journeys.running import Running

_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
#: Answers to these show themselves: a page with an error's status, and what the script tells people.
_SHOWN = {"document", "fetch", "xhr"}


def zh(msgid: str) -> str:
    """What the Chinese pages say for it."""
    return translations("zh-CN").gettext(msgid)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, where it is there the one without windows: the same pages for half of the work."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "Chromium is missing: make browser"
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)  # two busy cores
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a browser complained about: errors, policy violations, other origins, missing files."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", lambda request: self._origin(request.url))
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if "GL Driver Message" in message.text:  # the machine's, of drawing without a graphics card
            return
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _origin(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.problems.append(f"other origin: {url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in _SHOWN:
            self.problems.append(f"{response.status}: {response.url}")


@dataclass
class Phones:
    """Opens browsers for people; `done` says whether all of them were content."""

    portal: Running
    browser: Browser
    watches: list[Watch] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, phone: str | None = None, *, lang: str = "zh-CN", **options: Any) -> Page:
        """A phone's page at 390 × 844, of somebody who is signed in already, or of nobody."""
        settings: dict[str, Any] = {
            "viewport": {"width": 390, "height": 844},
            "has_touch": True,
            "is_mobile": True,
            "locale": lang,
            "base_url": self.portal.url,
            "reduced_motion": "reduce",
        }
        context = self.browser.new_context(**(settings | options))
        context.set_default_timeout(20_000)
        watch = Watch(self.portal.url)
        watch.over(context)
        self.watches.append(watch)
        self.contexts.append(context)
        if phone:
            self.hand_session(context, self.portal.token(phone))
        return context.new_page()

    def desk(self, phone: str | None, **options: Any) -> Page:
        """A wide screen."""
        wide: dict[str, Any] = {
            "viewport": {"width": 1360, "height": 900},
            "has_touch": False,
            "is_mobile": False,
        }
        return self.open(phone, **(wide | options))

    def hand_session(self, context: BrowserContext, token: str) -> None:
        """Sign a browser in with a session that a person has already."""
        context.add_cookies([{"name": "session", "value": token, "url": self.portal.url, "httpOnly": True}])

    def choose_look(self, context: BrowserContext, look: str) -> None:
        """Have a look chosen on a device, as `simple.large`; empty is as usual."""
        context.clear_cookies(name="look")
        if look:
            context.add_cookies([{"name": "look", "value": look, "url": self.portal.url}])

    def done(self) -> None:
        """Close everything; fails when a browser complained."""
        for context in self.contexts:
            context.close()
        problems = [problem for watch in self.watches for problem in watch.problems]
        assert not problems, problems


def sign_in(page: Page, portal: Running, phone: str) -> None:
    """Sign in through the pages, with the code from the kept messages."""
    before = portal.may_have_code(phone)
    page.get_by_label(zh("Your mobile number")).fill(phone.removeprefix("+86"))
    page.locator("button.main").click()
    page.get_by_label(zh("Code from the message")).fill(portal.code(phone, before))
    page.locator("button.main").click()


def open_fold(page: Page, msgid: str) -> None:
    """Open a closed part of a page by its words."""
    page.locator("details:not([open]) > summary", has_text=zh(msgid)).click()


def fold(page: Page, msgid: str) -> Locator:
    """A part of a page that opens and closes, by its words."""
    return page.locator("details", has=page.locator("summary", has_text=zh(msgid)))


def choose(page: Page, msgid: str, begins: str) -> None:
    """Choose what begins so: a person's name is followed by what they can do, or by why they fit."""
    select = page.get_by_label(zh(msgid))
    option = select.locator("option").filter(has_text=re.compile(f"^{begins}"))
    select.select_option(value=option.get_attribute("value"))


def token_of(page: Page) -> str:
    """The session that a browser holds."""
    return next(str(c.get("value")) for c in page.context.cookies() if c.get("name") == "session")
