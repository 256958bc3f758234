"""The desk's menu: everything that one may open, nothing that one may not, and where one is."""

import re

import pytest

from tests.browser import Browser
from tests.factories import People

_OFFICE = {
    "/desk/complaints",
    "/desk/callbacks",
    "/desk/outages",
    "/desk/risks",
    "/desk/people",
    "/desk/replies",
    "/desk/posters",
    "/desk/vouchers",
}
_EVERYBODY = {"/desk", "/desk/board", "/inbox", "/me"}
_MANAGERS = {
    "/desk/announcements",
    "/desk/places",
    "/desk/points",
    "/desk/referrals",
    "/desk/calendar",
    "/desk/projects",
    "/desk/commitments",
    "/desk/prices",
    "/desk/previews",
    "/desk/rules",
    "/desk/import",
    "/desk/messages",
}


def _menu(browser: Browser, path: str) -> str:
    page = browser.get(path)
    assert page.status == 200, path
    found = re.search(r'<nav class="bar".*?</nav>', page.text, re.S)
    assert found
    return found[0]


def _places(menu: str) -> set[str]:
    return set(re.findall(r'<a href="([^"]*)"', menu))


def _browser(people: People, name: str) -> Browser:
    return Browser(cookies={"session": people.token(name)})


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("clerk", _EVERYBODY | _OFFICE),
        ("manager", _EVERYBODY | _OFFICE | _MANAGERS),
        ("technician", _EVERYBODY | {"/desk/today", "/desk/replies", "/desk/people/{id}"}),
        ("auditor", _EVERYBODY | {"/desk/complaints"}),
    ],
)
def test_a_role_sees_the_places_that_it_may_open_and_each_opens(
    shared_site: People, name: str, places: set[str]
) -> None:
    browser = _browser(shared_site, name)
    found = _places(_menu(browser, "/desk/board"))
    assert found == {place.format(id=getattr(shared_site, name).id) for place in places}
    assert {place: browser.get(place).status for place in found} == dict.fromkeys(found, 200)


@pytest.mark.parametrize("path", sorted(_OFFICE | _MANAGERS | {"/desk", "/desk/board"}))
def test_every_page_marks_where_one_is(shared_site: People, path: str) -> None:
    menu = _menu(_browser(shared_site, "manager"), path)
    assert re.findall(r'href="([^"]*)" aria-current="page"', menu) == [path]
    behind = path in (_OFFICE | _MANAGERS) - {"/desk/complaints"}
    assert ('<summary class="here">' in menu) == behind
