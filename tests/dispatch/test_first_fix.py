"""Fixed the first time, reported again, reopened: who sees it, and who is told."""

from datetime import timedelta
from typing import Any

from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.issues import repeat_store
from chalicelib.issues.rules import fixed_first_time
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_issue, owner_step, report, step

DAY = timedelta(days=1)


def test_one_repair_that_lasts_is_a_first_time_fix_and_a_reopened_one_never_is() -> None:
    assert fixed_first_time(make_issue(status="closed", resolutions=1)) is True
    assert fixed_first_time(make_issue(status="resolved", resolutions=1)) is None
    assert fixed_first_time(make_issue(status="closed", resolutions=2, reopened=1)) is False
    assert fixed_first_time(make_issue(status="cancelled")) is None


def test_the_same_home_and_kind_within_thirty_days_is_a_repeat(portal: Portal, people: People) -> None:
    old = report(portal=portal, by=people.owner, now=NOW - 31 * DAY)
    recent = report(portal=portal, by=people.owner, now=NOW - 29 * DAY)
    report(portal=portal, by=people.owner, now=NOW - DAY, category_id="electrical")
    report(portal=portal, by=people.neighbour, now=NOW - DAY, unit_id="maple-1-102")
    report(portal=portal, by=people.owner, now=NOW - DAY, area="public", location="大堂")
    now = report(portal=portal, by=people.owner)
    found = repeat_store.earlier(portal.db, now.issue)
    assert [one.number for one in found] == [recent.issue.number]
    assert [one.number for one in repeat_store.earlier(portal.db, recent.issue)] == [old.issue.number]


def test_the_desk_sees_a_repeat_with_a_link_when_it_is_reported(
    portal: Portal, people: People, signed_in: Any
) -> None:
    first = report(portal=portal, by=people.owner, now=NOW - DAY)
    second = report(portal=portal, by=people.owner)
    shown = signed_in("clerk").get(f"/desk/issues/{second.issue.id}").text
    assert f"/desk/issues/{first.issue.id}" in shown


def test_reopened_work_tells_whoever_had_it_the_front_desk_and_the_manager_at_once(
    portal: Portal, people: People
) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    outbox.sweep(portal, NOW + DAY)
    before = {name: _texts(portal, people, name) for name in ("technician", "clerk", "manager")}
    owner_step(portal=portal, by=people.owner, file=file, action="reopen", now=NOW + DAY / 2)
    outbox.sweep(portal, NOW + DAY)
    for name, texts in before.items():
        new = _texts(portal, people, name)[: -len(texts) or None]
        assert [text for text in new if "reopened" in text], name
    other = bring_to(portal=portal, people=people, status="resolved")
    step(portal=portal, by=people.clerk, file=other, to="reopened", note="还在漏")
    outbox.sweep(portal, NOW + DAY)
    assert "reopened" in _texts(portal, people, "technician")[0]
    assert "reopened" in _texts(portal, people, "manager")[0]


def _texts(portal: Portal, people: People, name: str) -> list[str]:
    items, _ = inbox.read(portal, getattr(people, name), 50, None, "en", NOW)
    return [one.text for one in items]


def test_the_desk_shows_how_often_it_was_reopened_and_whether_one_repair_was_enough(
    portal: Portal, people: People, signed_in: Any, caller: Any
) -> None:
    file = bring_to(portal=portal, people=people, status="closed")
    browser = signed_in("clerk")
    assert "Fixed the first time" in browser.get(f"/desk/issues/{file.issue.id}?lang=en").text
    assert caller("clerk").api("GET", f"/desk/issues/{file.issue.id}").json["first_time_fix"] is True
    owner_step(portal=portal, by=people.owner, file=file, action="reopen")
    assert "Reopened 1 time" in browser.get(f"/desk/issues/{file.issue.id}?lang=en").text
