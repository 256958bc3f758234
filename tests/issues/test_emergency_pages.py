"""Danger to life: the number first, one form, one tap, one issue; and what the page says afterwards."""

import re
from typing import Any

import pytest

from chalicelib.inbox import outbox
from chalicelib.issues import store
from chalicelib.issues.models import Issue
from chalicelib.portal import Portal
from tests.browser import Browser, Page
from tests.factories import NOW, PHONES, People, import_people, make_place, report

SENT = {"category_id": "gas", "where": "maple-1-101", "key": "danger-key-1"}


def _made(portal: Portal, page: Page) -> Issue:
    found = re.fullmatch(r"/issues/(\w+)\?sent=1", page.headers["location"])
    assert found
    issue = store.get(portal.db, portal.keys, found[1])
    assert issue
    return issue


@pytest.mark.parametrize("category", ["gas", "electric_shock", "lift_trapped", "fire", "flooding"])
def test_the_number_stands_before_the_form(signed_in: Any, category: str) -> None:
    page = signed_in("owner").get(f"/issues/new?category={category}")
    text = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert text.index('href="tel:400-800-0119"') < text.index('action="/issues/emergency"')
    assert "/issues/new/" not in text


def test_one_tap_makes_the_issue_and_alerts_whoever_is_on_duty(
    signed_in: Any, site: Portal, people: People
) -> None:
    issue = _made(site, signed_in("owner").post("/issues/emergency", SENT))
    assert (issue.category_id, issue.area, issue.unit_id) == ("gas", "unit", "maple-1-101")
    assert issue.description in ("Gas smell or leak", "燃气泄漏")
    rows = [row for shard in range(outbox.SHARDS) for row in site.db.query_all(outbox.outbox_pk(shard))]
    assert [(row["staff_event"], row["roles"]) for row in rows] == [("emergency", ["office"])]


def test_two_taps_make_one_issue_whatever_was_typed_between(
    signed_in: Any, site: Portal, people: People
) -> None:
    owner: Browser = signed_in("owner")
    first = _made(site, owner.post("/issues/emergency", SENT))
    second = _made(site, owner.post("/issues/emergency", {**SENT, "description": "厨房", "location": "厨房"}))
    assert first.id == second.id
    assert _made(site, owner.post("/issues/emergency", {**SENT, "key": "danger-key-2"})).id != first.id
    assert len(store.own_issues(site.db, people.owner.id, 10, None).items) == 2


def test_a_shared_place_needs_no_words_in_danger(signed_in: Any, site: Portal) -> None:
    owner: Browser = signed_in("owner")
    issue = _made(site, owner.post("/issues/emergency", {**SENT, "where": "public"}))
    assert (issue.area, issue.location, issue.place) == ("public", None, "1-101")
    other = {
        **SENT,
        "where": "public",
        "location": "三层楼道",
        "description": "有煤气味",
        "key": "danger-key-3",
    }
    issue = _made(site, owner.post("/issues/emergency", other))
    assert (issue.location, issue.description) == ("三层楼道", "有煤气味")


@pytest.mark.parametrize("where", ["maple-1-102", "cedar-2-201", "x" * 500, "<b>"])
def test_somebody_elses_home_is_refused_beside_its_field_with_the_number_still_first(
    signed_in: Any, where: str
) -> None:
    page = signed_in("owner").post("/issues/emergency", {**SENT, "where": where, "description": "有煤气味"})
    assert (page.status, "f-where-why" in page.text, "有煤气味" in page.text) == (422, True, True)
    assert "tel:400-800-0119" in page.text


def test_what_is_no_emergency_goes_the_usual_way(signed_in: Any, site: Portal) -> None:
    for category in ("plumbing", "nothing", ""):
        page = signed_in("owner").post("/issues/emergency", {**SENT, "category_id": category})
        assert page.headers["location"] == "/issues/new"


def test_somebody_signed_out_goes_on_with_the_place_and_the_words(
    signed_in: Any, site: Portal, people: People
) -> None:
    place = make_place(portal=site)
    browser = Browser()
    form = browser.get(f"/p/{place.id}?category=lift_trapped")
    text = form.text[form.text.index("<main") :]
    assert text.index("tel:400-800-0119") < text.index('action="/issues/emergency"')
    fields = {
        "category_id": "lift_trapped",
        "place_id": place.id,
        "description": "两个人",
        "key": form.value("key"),
    }
    asked = browser.post("/issues/emergency", fields)
    assert (asked.status, asked.value("next")) == (401, "/issues/new")
    resumed = {f"resume.{name}": value for name, value in fields.items()}
    from chalicelib.messages.notifier import MemoryNotifier

    assert isinstance(site.notifier, MemoryNotifier)
    browser.post("/login", {"phone": "+8613800000001", "next": "/issues/new", **resumed})
    code = site.notifier.sent[-1].code
    enter = {"phone": "+8613800000001", "next": "/issues/new", "step": "code", "code": code, **resumed}
    page = browser.post("/login", enter, follow=True)
    assert "两个人" in page.text
    assert (page.value("place_id"), page.value("key")) == (place.id, fields["key"])
    issue = _made(site, browser.post("/issues/emergency", fields))
    assert (issue.place_id, issue.location, issue.description) == (place.id, "1 号楼电梯", "两个人")


def test_people_from_elsewhere_are_told_to_call(signed_in: Any, site: Portal) -> None:
    place = make_place(portal=site)
    fields = {"category_id": "fire", "place_id": place.id, "description": "有烟", "key": "danger-key-4"}
    page = signed_in("cedar_owner").post("/issues/emergency", fields)
    assert (page.status, "有烟" in page.text, "tel:400-800-0119" in page.text) == (422, True, True)


def test_the_second_to_report_hears_that_it_is_known(signed_in: Any, site: Portal, people: People) -> None:
    place = make_place(portal=site)
    report(
        portal=site,
        by=people.neighbour,
        unit_id="maple-1-102",
        category_id="fire",
        place_id=place.id,
        now=NOW,
    )
    known = ("Neighbours have reported it, too", "也有邻居报过")
    owner: Browser = signed_in("owner")
    second = owner.post(
        "/issues/emergency", {"category_id": "fire", "place_id": place.id, "key": "danger-key-5"}, follow=True
    )
    assert any(words in second.text for words in known)
    first = owner.post("/issues/emergency", SENT, follow=True)
    assert not any(words in first.text for words in known)


def test_a_shared_place_is_that_of_the_community_which_was_chosen(
    signed_in: Any, site: Portal, people: People
) -> None:
    """Somebody with homes in two communities says which one's staff must come."""
    second = f"cedar,2,202,cedar-2-202,王秀英,{PHONES['owner']},owner"
    import_people(portal=site, text=f"community_id,building,unit,unit_id,name,phone,role\n{second}\n")
    owner: Browser = signed_in("owner")
    form = owner.get("/issues/new?category=gas").text
    assert [name in form for name in ('value="public@maple"', 'value="public@cedar"')] == [True, True]
    for number, community_id in enumerate(("maple", "cedar")):
        where = {"where": f"public@{community_id}", "key": f"danger-two-{number}"}
        issue = _made(site, owner.post("/issues/emergency", {**SENT, **where}))
        assert (issue.community_id, issue.area) == (community_id, "public")
    nowhere = owner.post("/issues/emergency", {**SENT, "where": "public@pine"})
    assert (nowhere.status, "tel:400-800-0119" in nowhere.text) == (422, True)
