"""Phones whose network comes and goes, and what is kept on them."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.journeys.phones import zh
from tests.journeys.running import Running, wait_for

_NAMES = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    found[name] = (await (await caches.open(name)).keys()).map(one => one.url.slice(location.origin.length));
  }
  return found;
}"""
#: What the page asks for some seconds later.
_AHEAD = """() => {
  const { ahead, me } = document.body.dataset, lang = document.documentElement.lang;
  navigator.serviceWorker.controller.postMessage({ ahead: ahead.split(" "), who: me, lang });
}"""
_ROWS = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("portal");
  asked.onsuccess = () => {
    const base = asked.result;
    if (!base.objectStoreNames.contains("reports")) { base.close(); resolve([]); return; }
    const rows = base.transaction("reports").objectStore("reports").getAll();
    rows.onsuccess = () => { base.close(); resolve(rows.result.map(row => row.of ? "photo" : row.state)); };
  };
  asked.onerror = reject;
})"""


def at_home(page: Page, *, patient: bool = False) -> None:
    """A phone that has been used before: the worker is there, and has fetched ahead what a report needs."""
    page.goto("/")
    wait_for(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), what="the worker")
    if not patient:
        page.evaluate(_AHEAD)
    wait_for(lambda: "/-ahead" in kept_pages(page).get("ahead", []), what="what is fetched ahead")


def signal(page: Page, there: bool) -> None:
    """From now on there is a network, or none."""
    page.context.set_offline(not there)


def kept_pages(page: Page) -> dict[str, list[str]]:
    """What the worker keeps, by store."""
    return dict(page.evaluate(_NAMES))


def kept_rows(page: Page) -> list[str]:
    """States of the reports kept on this phone, and "photo" for each of their photos."""
    return sorted(page.evaluate(_ROWS))


def issues_of(portal: Running, phone: str) -> list[dict[str, Any]]:
    """What has arrived, in full."""
    with portal.api(phone) as api:
        return [api.get(f"issues/{one['id']}").json() for one in api.get("issues").json()["items"]]


def arrived(portal: Running, phone: str) -> dict[str, Any]:
    """The one issue that has arrived; fails for more."""
    found = wait_for(lambda: issues_of(portal, phone), 40, "the report")
    assert len(found) == 1, found
    return found[0]


def write(page: Page, text: str, category: str = "noise") -> None:
    """Begin a report."""
    page.goto(f"/issues/new?category={category}")
    page.get_by_label(zh("What is wrong?")).fill(text)


def go_on(page: Page) -> None:
    """On to the last step."""
    page.get_by_role("button", name=zh("Next: photos, then send")).click()


def send(page: Page) -> None:
    """Press Send."""
    page.get_by_role("button", name=zh("Send"), exact=True).click()


def expect_kept(page: Page) -> None:
    """It is said that the report waits on this phone."""
    expect(page.get_by_role("heading", name=zh("Kept on this phone"))).to_be_visible()


def lose_answers(page: Page, pattern: str) -> list[str]:
    """Requests reach the server, their answers do not come back; the list has those that were lost."""
    gone: list[str] = []

    def lost(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
        gone.append(route.request.url)

    page.route(pattern, lost)
    return gone
