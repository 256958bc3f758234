"""A page's list of what is wrong: each error leads to its field, and says which one that is."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.summaries import with_names
from tests.browser import Browser, Page
from tests.factories import People
from tests.route_calls import ALL, FORMS, Ids, address_of, make_ids, name_of

FORM_PAGES = [route for route in ALL if route.kind == "page" and route.method == "POST"]
#: What people put into a field that takes something else.
NONSENSE = ("", "?" * 12, "-1")
#: Each of these says itself what is meant.
NAMELESS = {"agree", "steps"}


def _list(links: str) -> str:
    return f'<h2 id="summary-title">Again</h2>\n<ul>{links}</ul>'


def _error(field: str) -> str:
    return f'<li><a href="#f-{field}">Fill this in.</a></li>'


@pytest.mark.parametrize(
    ("field", "form", "name"),
    [
        ("a", '<label for="f-a">Place</label><input id="f-a">', "Place"),
        ("a", '<label for="f-a">Place <span class="soft">(optional)</span></label><b id="f-a">', "Place"),
        ("a", '<fieldset><legend>Kind &amp; size</legend><input id="f-a"></fieldset>', "Kind &amp; size"),
        (
            "a",
            '<fieldset><legend>How was it?</legend><input type="radio" id="f-a"><label for="f-a">Bad</label>',
            "How was it?",
        ),
        ("a", '<div class="x" id="f-a" data-name="Step 1"></div>', "Step 1"),
        ("a", '<label class="label" for="f-a">Place</label><input id="f-a">', "Place"),
        ("a.b", '<label for="f-aXb">Other</label><label for="f-a.b">This</label><i id="f-a.b">', "This"),
    ],
)
def test_an_error_names_its_field(field: str, form: str, name: str) -> None:
    told = with_names(_list(_error(field)) + form)
    assert told == _list(f'<li><a href="#f-{field}"><b>{name}</b> Fill this in.</a></li>') + form


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing is wrong</p>",
        _list("<li>Somebody was quicker.</li>"),
        _list(_error("a")) + '<input id="f-a">',
        _list(_error("a")) + '<fieldset><legend>Kind</legend></fieldset><input id="f-a">',
    ],
)
def test_what_has_no_name_stays_as_it_was(html: str) -> None:
    assert with_names(html) == html


def test_of_several_fields_of_one_name_the_wrong_one_is_meant() -> None:
    form = (
        '<label for="f-a-1">First</label><input id="f-a-1" name="a">'
        '<label for="f-a-2">Second</label><input id="f-a-2" name="a" aria-invalid="true">'
    )
    told = with_names(_list(_error("a")) + form)
    assert told.startswith(_list('<li><a href="#f-a-2"><b>Second</b> Fill this in.</a></li>'))


def test_what_is_not_on_the_page_has_no_link() -> None:
    assert with_names(_list(_error("version"))) == _list("<li>Fill this in.</li>")


@pytest.fixture(scope="module")
def ids(shared_site: People) -> Ids:
    return make_ids(people=shared_site)


def _send(browser: Browser, path: str, fields: dict[str, Any]) -> Page:
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    return browser.send("POST", path, urlencode(fields).encode(), sent)


def _links(page: Page) -> dict[str, bool]:
    """The fields to which a page's list of errors leads; whether it names them."""
    found = re.search(r'<h2 id="summary-title">.*?</ul>', page.text, re.DOTALL)
    links = re.findall(r'<a href="#f-([^"]+)">(<b>)?', found[0]) if found else []
    return {field: bool(name) for field, name in links}


@pytest.mark.parametrize("route", FORM_PAGES, ids=name_of)
def test_every_error_leads_to_a_field_and_says_which(shared_site: People, ids: Ids, route: Any) -> None:
    who = "manager" if "/desk" in route.path else "owner"
    browser = Browser(token=shared_site.token(who))
    right = {name: str(value).format(**ids) for name, value in FORMS[route.path].items()}
    wrong = [{**right, name: text} for name in right if name != "act" for text in NONSENSE]
    for fields in [*wrong[:60], {**right, "photo_ids": "none"}]:
        page = _send(browser, address_of(route, ids), fields)
        assert page.status != 500, fields
        links = _links(page)
        assert {field for field, named in links.items() if not named} <= NAMELESS, fields
        assert set(re.findall(r'id="f-([^"]+)-why"', page.text)) <= set(links), fields
