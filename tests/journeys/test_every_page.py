"""Every page and state, in both languages, light and dark, at 390 and 320 px, with text at 200 %; and its HTML."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from chalicelib import i18n
from local.engines import ROOT
from tests.journeys.catalogue import State, states
from tests.journeys.nu import errors_in
from tests.journeys.phones import Phones
from tests.journeys.running import Running
from tests.journeys.world import World, build

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], preload: false });
  const where = one => one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ");
  return found.violations.map(one => one.id + ": " + where(one));
}"""
_WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return Array.from(document.querySelectorAll("body *")).filter(one => one.getBoundingClientRect().right > room + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120));
}"""
#: One walk through all states would take longer than a test may.
PARTS = 4
#: The checker's rules run twice on each state: in this language on the light page at 390 px, in the other on the dark
#: one at 320 px. Colours and marks are the same in both languages; how wide words are is looked at in all of it.
IN_LIGHT = "zh-CN"


@pytest.fixture(scope="module")
def world(running: Running) -> World:
    """People with issues in every state."""
    return build(running)


@pytest.fixture(scope="module")
def axe_phones(running: Running, chrome: Browser) -> Iterator[Phones]:
    """Browsers into which the checker may be put, which the portal's own policy forbids."""
    opened = Phones(running, chrome)
    yield opened
    opened.done()


class Checker:
    """Looks at one state after another, with one browser for each person."""

    def __init__(self, phones: Phones, lang: str) -> None:
        self._phones, self._lang = phones, lang
        self._pages: dict[tuple[str | None, bool], Page] = {}
        self._answers: dict[Page, Response] = {}
        #: Each state's page as the server sent it.
        self.html: dict[str, str] = {}

    def page(self, state: State) -> Page:
        """A browser of that person's, with the state's look chosen."""
        key = state.who, state.wide
        if key not in self._pages:
            opened = self._phones.desk if state.wide else self._phones.open
            page = self._pages[key] = opened(state.who, lang=self._lang, bypass_csp=True)
            page.on("response", lambda response: self._note(page, response))
        context = self._pages[key].context
        context.clear_cookies()
        if state.who:
            self._phones.hand_session(context, self._phones.portal.token(state.who))
        self._phones.choose_look(context, state.look)
        return self._pages[key]

    def _note(self, page: Page, response: Response) -> None:
        if response.request.is_navigation_request():
            self._answers[page] = response

    def look(self, state: State, world: World) -> list[str]:
        """What is wrong with a state."""
        page = self.page(state)
        page.emulate_media(color_scheme="light")
        state.go(page, world)
        assert page.locator("html").get_attribute("lang") == self._lang
        self.html[f"{state.name} {self._lang}"] = self._answers[page].text()
        page.add_script_tag(path=AXE)
        found = (
            self._in_light(page, state.wide) if self._lang == IN_LIGHT else self._in_dark(page, state.wide)
        )
        if not state.wide:
            found += self._enlarged(page)
        return [f"{state.name} {self._lang} {problem}" for problem in found]

    def _in_light(self, page: Page, wide: bool) -> list[str]:
        found = self._violations(page, "light") + self._scroll(page, "light")
        if not wide:
            with _narrow(page):
                found += self._scroll(page, "320")
        return found

    def _in_dark(self, page: Page, wide: bool) -> list[str]:
        page.emulate_media(color_scheme="dark")
        found = self._scroll(page, "dark")
        if wide:
            return found + self._violations(page, "dark")
        with _narrow(page):
            return found + self._violations(page, "dark, 320") + self._scroll(page, "dark, 320")

    def _enlarged(self, page: Page) -> list[str]:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found = self._scroll(page, "200 %")
        page.evaluate("document.documentElement.style.fontSize = ''")
        return found

    def _violations(self, page: Page, where: str) -> list[str]:
        violations: list[str] = page.evaluate(_RUN)
        return [f"{where}: {one}" for one in violations]

    def _scroll(self, page: Page, where: str) -> list[str]:
        wider: list[str] = page.evaluate(_WIDER)
        return [f"{where}: wider than the screen: {wider}"] if wider else []


@contextmanager
def _narrow(page: Page) -> Iterator[None]:
    """As high as the page is long: what the bar at the bottom covers otherwise is reached by scrolling."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": 320, "height": 3000})
    yield
    page.set_viewport_size(size)


@dataclass(frozen=True)
class Walk:
    """What was found on the way through all states in a language."""

    problems: list[str]
    html: dict[str, str]


@pytest.fixture(scope="module")
def walk(axe_phones: Phones, world: World) -> Callable[[str, int], Walk]:
    """Walks through a part of the states in a language, once for all that is checked."""

    @cache
    def through(lang: str, part: int) -> Walk:
        checker = Checker(axe_phones, lang)
        problems = [problem for state in states(world)[part::PARTS] for problem in checker.look(state, world)]
        return Walk(problems, checker.html)

    return through


@pytest.mark.timeout(300)  # a walk is long where much else runs
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("lang", i18n.LOCALES)
def test_every_page_is_accessible_and_fits(walk: Callable[[str, int], Walk], lang: str, part: int) -> None:
    problems = walk(lang, part).problems
    assert not problems, "\n".join(problems)


@pytest.mark.timeout(300)
def test_every_page_is_html_without_errors(walk: Callable[[str, int], Walk], tmp_path: Path) -> None:
    walks = [walk(lang, part) for lang in i18n.LOCALES for part in range(PARTS)]
    pages = {name: html for one in walks for name, html in one.html.items()}
    errors = errors_in(pages, tmp_path / "pages")
    assert not errors, "\n".join(errors)
