"""Filters that a person keeps, and what is new at the desk."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from chalicelib.desk import live, own_store
from chalicelib.desk.own_models import SavedFilter, Shelf
from chalicelib.desk.policy import MAX_FILTERS
from chalicelib.inbox import outbox
from chalicelib.issues.policy import ALARM_FOR
from chalicelib.portal import Portal
from tests.factories import NOW, People, report, step

KEEP = {"key": "form-key-1", "name": "我的漏水", "choice": "category=plumbing&cursor=x&evil=1"}


def test_a_choice_of_the_queue_is_kept_under_a_name(people: People, signed_in: Any) -> None:
    clerk = signed_in("clerk")
    page = clerk.post("/desk/filters", KEEP)
    assert page.headers["location"] == "/desk?category=plumbing"
    assert 'href="/desk?category=plumbing" aria-current="page"' in clerk.get("/desk?category=plumbing").text
    assert "我的漏水" not in signed_in("manager").get("/desk").text
    clerk.post("/desk/filters", {**KEEP, "key": "form-key-2", "choice": "status=paused"})
    text = clerk.get("/desk").text
    assert 'href="/desk?status=paused"' in text
    assert text.count('name="delete"') == 1


def test_the_queue_opens_with_ones_own_choice_and_shows_all_when_asked(
    people: People, signed_in: Any
) -> None:
    clerk = signed_in("clerk")
    clerk.post("/desk/filters", {**KEEP, "start": "1"})
    assert clerk.get("/desk").headers["location"] == "/desk?category=plumbing"
    assert clerk.get("/desk?lang=en").status == 303
    assert clerk.get("/desk?community_id=maple").status == 200
    clerk.post("/desk/filters", {"delete": "form-key-1"})
    assert clerk.get("/desk").status == 200


def test_filters_are_bounded_and_ones_own_communities_only(people: People, signed_in: Any) -> None:
    clerk = signed_in("clerk")
    for number in range(MAX_FILTERS):
        assert (
            clerk.post("/desk/filters", {**KEEP, "key": f"form-{number}", "name": f"第{number}"}).status
            == 303
        )
    assert clerk.post("/desk/filters", KEEP).status == 422
    assert clerk.post("/desk/filters", {**KEEP, "choice": "community_id=cedar"}).status == 404
    assert clerk.post("/desk/filters", {**KEEP, "choice": "status=moon"}).status == 422
    assert clerk.post("/desk/filters", {**KEEP, "name": "x" * 31}).status == 422


def test_the_mark_changes_with_whatever_is_announced_and_each_minute(portal: Portal, people: People) -> None:
    clerk = people.clerk
    file = report(portal=portal, by=people.owner)
    marks = [live.mark(portal, clerk, NOW)]
    for to in ("acknowledged", "rejected"):
        file = step(portal=portal, by=clerk, file=file, to=to, note="原因")
        outbox.sweep(portal, NOW + timedelta(minutes=1))
        marks.append(live.mark(portal, clerk, NOW))
    marks.append(live.mark(portal, clerk, NOW + timedelta(minutes=1)))
    assert len(set(marks)) == 4
    assert live.mark(portal, clerk, NOW + timedelta(seconds=59)) == marks[2]
    assert live.mark(portal, people.cedar_clerk, NOW) == live.mark(portal, people.cedar_clerk, NOW)


def test_urgent_reports_of_the_last_minutes_raise_an_alarm(portal: Portal, people: People) -> None:
    def alarms(now: datetime = NOW) -> list[str]:
        return [one.id for one in live.alarms(portal, people.clerk, now)]

    old = NOW - ALARM_FOR - timedelta(seconds=1)
    report(portal=portal, by=people.owner, category_id="gas", now=old)
    report(portal=portal, by=people.owner, category_id="noise")
    report(portal=portal, by=people.owner, category_id="noise", now=NOW - timedelta(days=6))
    report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201", category_id="gas")
    gas = report(portal=portal, by=people.owner, category_id="gas")
    lift = report(portal=portal, by=people.owner, category_id="lift").issue.id
    assert alarms() == [gas.issue.id, lift]
    assert alarms(NOW + ALARM_FOR) == [gas.issue.id, lift]
    step(portal=portal, by=people.clerk, file=gas, to="acknowledged")
    assert alarms() == [lift]
    assert alarms(NOW + ALARM_FOR + timedelta(seconds=1)) == []


def test_the_live_part_tells_rows_numbers_and_what_others_did(
    portal: Portal, people: People, signed_in: Any
) -> None:
    now = datetime.now(UTC)
    file = report(portal=portal, by=people.owner, now=now)
    seen = file.timeline[-1].id
    clerk = signed_in("clerk")
    path = f"/desk/live?rows=1&open={file.issue.id}&seen={seen}&lang=en"
    found = clerk.get(path).json
    assert f'data-id="{file.issue.id}"' in found["html"]
    assert (found["news"], [one["id"] for one in found["alarms"]]) == (None, [file.issue.id])
    step(portal=portal, by=people.manager, file=file, to="acknowledged", now=now + timedelta(seconds=1))
    outbox.sweep(portal, now + timedelta(minutes=1))
    found = clerk.get(path).json
    assert found["news"] == {"by": "赵经理", "what": "Acknowledged"}
    assert found["counts"]["acknowledged"] == 1
    assert "王秀英" not in clerk.get(path).text
    hidden = signed_in("cedar_clerk").get(path)
    assert (hidden.json["news"], hidden.json["alarms"]) == (None, [])
    assert file.issue.id not in hidden.text
    odd = clerk.get(f"/desk/live?open={quote('../x')}&rows=1&status=moon")
    assert odd.status == 422


def test_a_kept_choice_that_leads_nowhere_never_shuts_anybody_out_of_the_queue(
    people: People, signed_in: Any, site: Portal
) -> None:
    """One that says nothing would lead to itself; one of a community that somebody has left, to nothing."""
    clerk = signed_in("clerk")
    clerk.post("/desk/filters", {**KEEP, "choice": "", "start": "1"})
    assert clerk.get("/desk").status == 200
    shelf = Shelf(filters=[SavedFilter(id="old", name="雪松里", query="community_id=cedar")], start="old")
    key = own_store.own_key(people.clerk.id)
    own_store.write(site.db, key, own_store.from_item(site.db.get(key)), shelf)
    page = clerk.get("/desk")
    assert (page.status, "雪松里" in page.text) == (200, True)
