"""Large text, simple pages and colours: chosen on a device, and right in the first answer of the server."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.looks import CHOICES, Look
from tests.browser import Browser, Page
from tests.factories import People

LOOKS = st.builds(Look, **{name: st.sampled_from(words) for name, words in CHOICES.items()})


def _root(page: Page) -> str:
    found = re.search(r"<html[^>]*>", page.text)
    assert found
    return found[0]


def _value(look: Look) -> str:
    return look.cookie.split(";")[0].removeprefix("look=")


@given(look=LOOKS)
def test_a_look_comes_back_from_its_cookie(look: Look) -> None:
    assert Look.read(_value(look)) == look


@given(text=st.text(max_size=60))
def test_a_cookie_may_say_anything(text: str) -> None:
    look = Look.read(text)
    assert Look.read(_value(look)) == look
    assert all(getattr(look, name) in words for name, words in CHOICES.items())


@given(look=LOOKS, choice=st.text(max_size=9) | st.sampled_from(list(CHOICES)), word=st.text(max_size=9))
def test_only_what_can_be_chosen_is_chosen(look: Look, choice: str, word: str) -> None:
    assert look.choose(choice, word) == look or word in CHOICES[choice]  # type: ignore[index]


def test_a_visitor_has_large_text_with_one_tap_and_stays_on_the_page(shared_site: People) -> None:
    browser = Browser()
    page = browser.get("/login?next=/me")
    assert "data-text" not in _root(page)
    page = browser.post("/look", {"text": "large", "back": page.value("back").replace("&amp;", "&")})
    assert (page.status, page.headers["location"]) == (303, "/login?next=%2Fme")
    assert 'data-text="large"' in _root(browser.get("/login"))
    browser.post("/look", {"text": "", "back": "/login"})
    assert "data-text" not in _root(browser.get("/login"))
    assert "look" not in browser.cookies


def test_each_choice_leaves_the_others_as_they_are(shared_site: People) -> None:
    browser = Browser(cookies={"session": shared_site.token("owner")})
    for fields in ({"text": "large"}, {"colours": "dark"}, {"pages": "simple"}, {"colours": "light"}):
        browser.post("/look", fields)
    assert _root(browser.get("/me")) == (
        '<html lang="zh-CN" data-text="large" data-pages="simple" data-theme="light">'
    )


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "\\evil", ""])
def test_choosing_a_look_leads_nowhere_else(shared_site: People, back: str) -> None:
    assert Browser().post("/look", {"text": "large", "back": back}).headers["location"] == "/me"


def test_another_site_cannot_change_how_the_portal_looks(shared_site: People) -> None:
    page = Browser().send("POST", "/look", b"text=large", {"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    assert not page.cookies


def test_the_simple_start_page_has_five_places_and_only_what_waits(shared_site: People) -> None:
    browser = Browser(cookies={"session": shared_site.token("owner"), "look": "simple"})
    page = browser.get("/")
    assert page.text.count('class="door') - page.text.count('class="doors"') == 5
    assert 'class="bar"' not in page.text
    assert 'href="/me"' in page.text, "the way back to the usual pages"
    assert 'class="bar"' in browser.get("/issues").text


def test_simple_pages_leave_the_desk_as_it_is(shared_site: People) -> None:
    browser = Browser(cookies={"session": shared_site.token("clerk"), "look": "simple"})
    assert 'href="/desk/board"' in browser.get("/desk").text
