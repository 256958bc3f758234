"""A resolved issue closes by itself after seven quiet days."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.desk import talking
from chalicelib.desk.models import StaffMessage
from chalicelib.due.look import look_at
from chalicelib.inbox import outbox
from chalicelib.issues import following, service, store, timers
from chalicelib.issues.models import Issue, WriteMessage
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, owner_step, report, step
from tests.recording import Meanwhile, RecordingClient

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
CLOSED = "auto_close"


@pytest.fixture
def resolved(portal: Portal, people: People) -> str:
    """A resolved issue's id, in a portal whose clock has been ticking."""
    timers.run_due(portal, NOW)
    return bring_to(portal=portal, people=people, status="resolved").issue.id


def _issue(portal: Portal, issue_id: str) -> Issue:
    issue = store.get(portal.db, portal.keys, issue_id)
    assert issue is not None
    return issue


def test_it_closes_after_seven_days_and_not_a_second_before(portal: Portal, resolved: str) -> None:
    assert timers.run_due(portal, NOW + WEEK - SECOND)[CLOSED] == 0
    assert _issue(portal, resolved).status == "resolved"
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 1
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 0
    issue = _issue(portal, resolved)
    assert (issue.status, issue.closed_at) == ("closed", NOW + WEEK)


def test_it_closes_also_when_the_clock_stood_still_for_weeks(portal: Portal, resolved: str) -> None:
    late = NOW + timedelta(days=30)
    assert timers.run_due(portal, late)[CLOSED] == 1
    assert _issue(portal, resolved).closed_at == late


def test_the_owner_is_told_that_it_closed_by_itself(portal: Portal, people: People, resolved: str) -> None:
    timers.run_due(portal, NOW + WEEK)
    file = store.load(portal.db, portal.keys, resolved)
    assert file is not None
    assert (file.timeline[-1].actor.role, file.timeline[-1].to) == ("system", "closed")
    rows = [row for n in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(n)).items]
    assert [(row["event"], row["owners"]) for row in rows][-1] == ("auto_closed", [people.owner.id])


@pytest.mark.parametrize("writer", ["owner", "clerk"])
def test_a_message_begins_the_quiet_days_anew(
    portal: Portal, people: People, resolved: str, writer: str
) -> None:
    day_six = NOW + timedelta(days=6)
    if writer == "owner":
        service.message(portal, people.owner, resolved, WriteMessage(text="再看看"), None, day_six)
    else:
        talking.message(portal, people.clerk, resolved, StaffMessage(text="好了吗"), None, day_six)
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 0
    assert timers.run_due(portal, day_six + WEEK - SECOND)[CLOSED] == 0
    assert timers.run_due(portal, day_six + WEEK)[CLOSED] == 1


def test_an_internal_note_does_not_break_the_quiet(portal: Portal, people: People, resolved: str) -> None:
    note = StaffMessage(text="已电话回访", internal=True)
    talking.message(portal, people.clerk, resolved, note, None, NOW + timedelta(days=6))
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 1


def test_what_was_reopened_and_resolved_again_has_its_own_seven_days(
    portal: Portal, people: People, resolved: str
) -> None:
    file = store.load(portal.db, portal.keys, resolved)
    assert file is not None
    later = NOW + timedelta(days=3)
    tech = people.technician
    at: Any = {"portal": portal, "now": later}
    file = owner_step(by=people.owner, file=file, action="reopen", reason="还在漏", **at)
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 0
    file = assign(by=tech, file=file, to=tech, **at)
    file = step(by=tech, file=file, to="in_progress", **at)
    step(by=tech, file=file, to="resolved", **at)
    assert timers.run_due(portal, later + WEEK - SECOND)[CLOSED] == 0
    assert timers.run_due(portal, later + WEEK)[CLOSED] == 1


def test_a_confirmed_issue_is_left_alone(portal: Portal, people: People, resolved: str) -> None:
    file = store.load(portal.db, portal.keys, resolved)
    assert file is not None
    owner_step(portal=portal, by=people.owner, file=file, action="confirm")
    assert timers.run_due(portal, NOW + WEEK)[CLOSED] == 0
    assert _issue(portal, resolved).closed_at == NOW


def test_a_message_that_is_quicker_than_the_closing_keeps_it_open(
    portal: Portal, people: People, resolved: str, engine_client: RecordingClient
) -> None:
    owner = people.owner

    def write() -> None:
        service.message(portal, owner, resolved, WriteMessage(text="还在漏"), None, NOW + WEEK)

    with engine_client.failing(Meanwhile("transact_write_items", write)):
        assert not look_at(portal, resolved, NOW + WEEK).handled[CLOSED]
    assert _issue(portal, resolved).status == "resolved"
    assert timers.run_due(portal, NOW + WEEK + WEEK)[CLOSED] == 1


def test_it_closes_also_when_somebody_ceases_to_follow_at_that_moment(
    portal: Portal, people: People, resolved: str, engine_client: RecordingClient
) -> None:
    """The clock forgets the moment once it has looked, so it must not give up over somebody who changes nothing."""
    portal.db.write(store.follow(people.neighbour.id, resolved))
    gone = Meanwhile(
        "transact_write_items",
        lambda: following.unfollow(portal, people.neighbour, resolved, NOW + WEEK),
    )
    with engine_client.failing(gone):
        timers.run_due(portal, NOW + WEEK)
    assert gone.done
    assert _issue(portal, resolved).status == "closed"


def test_whoever_is_merged_in_while_a_message_is_written_gets_it(
    portal: Portal, people: People, resolved: str, engine_client: RecordingClient
) -> None:
    other = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")
    merged = Meanwhile(
        "transact_write_items",
        lambda: step(portal=portal, by=people.clerk, file=other, to="merged", merge_into=resolved),
    )
    with engine_client.failing(merged):
        service.message(portal, people.owner, resolved, WriteMessage(text="还在漏"), None, NOW)
    rows = [row for n in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(n)).items]
    (told,) = [row for row in rows if row["event"] == "message"]
    assert told["owners"] == [people.neighbour.id]
