"""What a poster's QR code opens: words first, the phone number last, and nothing typed is lost."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.issues import drafts, store
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.places import service
from chalicelib.places.models import ChangePlace, Place
from chalicelib.portal import Portal
from tests.browser import Browser, Page
from tests.factories import NOW, PHONES, People, make_place, report

WORDS = "电梯里的灯坏了 <b>&amp;\n第二行"


@pytest.fixture
def place(site: Portal, people: People) -> Place:
    return make_place(portal=site)


def _sign_in(browser: Browser, site: Portal, page: Page, who: str) -> Page:
    """Sign in from a page that asks for it, taking along whatever it holds."""
    assert isinstance(site.notifier, MemoryNotifier)
    asked = browser.post("/login", {**_hidden(page), "phone": PHONES[who]})
    code = site.notifier.sent[-1].code
    return browser.post("/login", {**_hidden(asked), "code": code})


def _hidden(page: Page) -> dict[str, list[str]]:
    from html import unescape

    found: dict[str, list[str]] = {}
    form = re.search(r'<form class="card".*?</form>', page.text, re.S)
    assert form
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0]):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def _write(browser: Browser, place: Place, **more: str) -> Page:
    form = browser.get(f"/p/{place.id}?category=lift")
    fields = {"category_id": "lift", "draft_id": form.value("draft_id"), "description": WORDS, **more}
    return browser.post(f"/p/{place.id}", fields)


def test_somebody_not_signed_in_comes_from_words_to_photos_with_a_number_in_between(
    site: Portal, people: People, place: Place
) -> None:
    browser = Browser()
    assert "1 号楼电梯" in browser.get(f"/p/{place.id}").text
    asked = _write(browser, place)
    assert (asked.status, 'name="phone"' in asked.text) == (401, True)
    entered = _sign_in(browser, site, asked, "owner")
    assert entered.headers["location"] == f"/p/{place.id}?kept=1"
    check = browser.get(entered.headers["location"], follow=True)
    assert check.url.startswith("/issues/new/")
    assert "电梯里的灯坏了 &lt;b&gt;&amp;amp;" in check.text
    assert browser.get(f"/p/{place.id}?kept=1").headers["location"] == check.url, (
        "a reload makes no second draft"
    )
    sent = browser.post(f"{check.url}/send", {}, follow=True)
    again = browser.post(f"{check.url}/send", {}, follow=True)
    assert sent.url == again.url
    issue = store.get(site.db, site.keys, sent.url.split("/")[2].split("?")[0])
    assert issue
    assert (issue.place_id, issue.location, issue.area, issue.category_id) == (
        place.id,
        "1 号楼电梯",
        "public",
        "lift",
    )
    assert issue.description == WORDS


def test_words_are_judged_before_the_number_is_asked_for(site: Portal, place: Place) -> None:
    browser = Browser()
    refused = _write(browser, place, description="  ")
    assert (refused.status, "f-description-why" in refused.text) == (422, True)
    long = _write(browser, place, description="长" * 2001)
    assert (long.status, "长" * 2001 in long.text) == (422, True)
    assert browser.post(f"/p/{place.id}", {"category_id": "contract", "description": WORDS}).status == 200


def test_another_number_takes_the_words_along(site: Portal, place: Place) -> None:
    browser = Browser()
    asked = _write(browser, place)
    coded = browser.post("/login", {**_hidden(asked), "phone": PHONES["owner"]})
    back = browser.post("/login", {**_hidden(coded), "another": "1"})
    assert (back.status, 'type="tel"' in back.text) == (200, True)
    assert _hidden(back)["resume.description"] == [WORDS]


def test_two_taps_make_one_draft(signed_in: Any, site: Portal, people: People, place: Place) -> None:
    owner: Browser = signed_in("owner")
    form = owner.get(f"/p/{place.id}?category=lift")
    fields = {"category_id": "lift", "draft_id": form.value("draft_id"), "description": WORDS}
    first, second = owner.post(f"/p/{place.id}", fields), owner.post(f"/p/{place.id}", fields)
    assert first.headers["location"] == second.headers["location"]
    changed = owner.get(f"/issues/new?draft={form.value('draft_id')}")
    assert changed.headers["location"] == f"/p/{place.id}?draft={form.value('draft_id')}"
    assert WORDS[:8] in owner.get(changed.headers["location"]).text


def test_somebody_without_a_home_there_is_told_whom_to_call_and_keeps_the_words(
    site: Portal, people: People, place: Place
) -> None:
    browser = Browser()
    entered = _sign_in(browser, site, _write(browser, place), "cedar_owner")
    page = browser.get(entered.headers["location"], follow=True)
    assert page.url.startswith(f"/p/{place.id}")
    assert "电梯里的灯坏了" in page.text
    assert "400-800-0000" in page.text
    assert "枫林苑" in page.text


@pytest.mark.parametrize("code", ["abcdefgh", "x", "%00", "A" * 300, "..%2F..%2Fetc", "<script>", "电梯"])
def test_an_unknown_code_leads_to_the_usual_way(site: Portal, code: str) -> None:
    page = Browser().get(f"/p/{quote(code, safe='%')}")
    assert (page.status, "/issues/new" in page.text) == (404, True)
    assert Browser().post(f"/p/{quote(code, safe='%')}", {"description": "x"}).status == 404


def test_a_retired_place_leads_to_the_usual_way_and_what_was_begun_there_can_be_sent(
    signed_in: Any, site: Portal, people: People, place: Place
) -> None:
    owner: Browser = signed_in("owner")
    check = _write(owner, place).headers["location"]
    body = ChangePlace(version=1, name=place.name, act="retire")
    service.change(site, people.manager, place.id, body, NOW)
    assert Browser().get(f"/p/{place.id}").status == 404
    sent = owner.post(f"{check}/send", {}, follow=True)
    issue = store.get(site.db, site.keys, sent.url.split("/")[2].split("?")[0])
    assert issue
    assert (issue.place_id, issue.location) == (None, place.name)


def test_the_signed_out_and_people_from_elsewhere_learn_nothing_of_residents(
    signed_in: Any, site: Portal, people: People, place: Place
) -> None:
    report(portal=site, by=people.owner, category_id="lift", place_id=place.id, description="秘密的描述")
    for browser in (Browser(), signed_in("cedar_owner"), signed_in("designer")):
        for path in (
            f"/p/{place.id}",
            f"/p/{place.id}?category=lift",
            f"/p/{place.id}?category=lift&kept=1&draft=x",
        ):
            text = browser.get(path).text
            assert not [one for one in ("秘密的描述", "王秀英", "1-101", "13800000001") if one in text]
    assert "秘密的描述" in signed_in("neighbour").get(f"/p/{place.id}?category=lift").text


def test_a_draft_of_somebody_elses_is_not_opened_by_a_poster(
    signed_in: Any, site: Portal, people: People, place: Place
) -> None:
    owner, neighbour = signed_in("owner"), signed_in("neighbour")
    draft_id = _write(owner, place).headers["location"].rsplit("/", 1)[1]
    assert neighbour.get(f"/p/{place.id}?category=lift&draft={draft_id}").status == 404
    theirs = _write(neighbour, place, draft_id=draft_id).headers["location"]
    assert drafts.get(site, people.neighbour, theirs.rsplit("/", 1)[1]).report.unit_id == "maple-1-102"
    assert drafts.get(site, people.owner, draft_id).report.unit_id == "maple-1-101"
