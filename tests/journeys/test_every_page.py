"""Every page and state, in both languages, light and dark, at 390 and 320 px and with text at 200 %."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from local.engines import ROOT
from tests.journeys.catalogue import State, states
from tests.journeys.phones import Phones
from tests.journeys.running import Running
from tests.journeys.world import World, build

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) };
  const found = await axe.run(document, options);
  const where = one => one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ");
  return found.violations.map(one => one.id + ": " + where(one));
}"""
_WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return Array.from(document.querySelectorAll("body *")).filter(one => one.getBoundingClientRect().right > room + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120));
}"""
#: One test of all states would take longer than a test may.
PARTS = 3
#: What changes with the colours, and what with the width.
_COLOURS = ["color-contrast", "link-in-text-block"]
_WIDTHS = ["target-size", "scrollable-region-focusable", "color-contrast"]


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
    """Looks at one state after another, with one browser for each person and language."""

    def __init__(self, phones: Phones, lang: str) -> None:
        self._phones, self._lang = phones, lang
        self._pages: dict[tuple[str | None, bool], Page] = {}

    def page(self, state: State) -> Page:
        """A browser of that person's."""
        key = state.who, state.wide
        if key not in self._pages or state.who is None:
            opened = self._phones.desk if state.wide else self._phones.open
            self._pages[key] = opened(state.who, lang=self._lang, bypass_csp=True)
        return self._pages[key]

    def look(self, state: State, world: World) -> list[str]:
        """What is wrong with a state."""
        page = self.page(state)
        if state.who:
            self._phones.hand_session(page.context, self._phones.portal.token(state.who))
        page.emulate_media(color_scheme="light")
        state.go(page, world)
        assert page.locator("html").get_attribute("lang") == self._lang
        page.add_script_tag(path=AXE)
        found = self._here(page, "light", None)
        page.emulate_media(color_scheme="dark")
        found += self._here(page, "dark", _COLOURS)
        if not state.wide:
            found += self._narrow(page)
        return [f"{state.name} {self._lang} {problem}" for problem in found]

    def _narrow(self, page: Page) -> list[str]:
        size = page.viewport_size
        assert size
        # As high as the page is long: what the bar at the bottom covers now is reached by scrolling.
        page.set_viewport_size({"width": 320, "height": 3000})
        found = self._here(page, "320", _WIDTHS)
        page.set_viewport_size(size)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += self._scroll(page, "200 %")
        page.evaluate("document.documentElement.style.fontSize = ''")
        return found

    def _here(self, page: Page, where: str, rules: list[str] | None) -> list[str]:
        violations: list[Any] = page.evaluate(_RUN, rules)
        return [f"{where}: {one}" for one in violations] + self._scroll(page, where)

    def _scroll(self, page: Page, where: str) -> list[str]:
        wider: list[str] = page.evaluate(_WIDER)
        return [f"{where}: wider than the screen: {wider}"] if wider else []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_is_accessible_and_fits(axe_phones: Phones, world: World, lang: str, part: int) -> None:
    checker = Checker(axe_phones, lang)
    problems = [problem for state in states(world)[part::PARTS] for problem in checker.look(state, world)]
    assert not problems, "\n".join(problems)
