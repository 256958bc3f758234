"""Several people at one issue at the same moment, on a real engine."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.accounts.models import Person
from chalicelib.desk import service as desk
from chalicelib.desk.models import Transition
from chalicelib.errors import IllegalTransition
from chalicelib.inbox import outbox
from chalicelib.issues import service, store, timers
from chalicelib.issues.models import IssueFile, OwnerStep, RateIssue, WriteMessage
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, make_key, owner_step, report, step
from tests.racing import codes, race
from tests.recording import Meanwhile, RecordingClient


def _file(portal: Portal, file: IssueFile) -> IssueFile:
    found = store.load(portal.db, portal.keys, file.issue.id)
    assert found is not None
    return found


def test_a_report_sent_by_twenty_threads_with_one_key_makes_one_issue(portal: Portal, people: People) -> None:
    owner = people.owner
    key = make_key(of=owner)
    results = race([lambda: report(portal=portal, by=owner, once=key)] * 20)
    assert codes(results) == ["ok"] * 20
    assert len({file.issue.id for file in results}) == 1
    assert all(file == results[0] for file in results)
    assert len(store.own_issues(portal.db, owner.id, 100, None).items) == 1
    assert outbox.sweep(portal, NOW + timedelta(minutes=1)) == 1


def test_reports_without_a_key_are_as_many_as_were_sent(portal: Portal, people: People) -> None:
    owner = people.owner
    results = race([lambda: report(portal=portal, by=owner)] * 8)
    assert codes(results) == ["ok"] * 8
    assert len({file.issue.number for file in results}) == 8


def test_of_two_staff_on_one_step_one_is_told_about_the_other(portal: Portal, people: People) -> None:
    file = report(portal=portal, by=people.owner)
    clerk, manager = people.clerk, people.manager
    results = race(
        [
            lambda: step(portal=portal, by=clerk, file=file, to="acknowledged"),
            lambda: step(portal=portal, by=manager, file=file, to="acknowledged"),
            lambda: step(portal=portal, by=manager, file=file, to="rejected", note="不归我们管"),
        ]
    )
    assert codes(results) == ["ok", "version_conflict", "version_conflict"]
    after = _file(portal, file)
    assert (after.issue.version, len(after.timeline), len([h for h in after.handoffs if not h.ended_at])) in [
        (2, 2, 1),
        (2, 2, 0),
    ]


def test_steps_that_leave_the_issue_in_the_same_hands_conflict_too(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="assigned")
    tech, manager = people.technician, people.manager
    results = race(
        [
            lambda: step(portal=portal, by=tech, file=file, to="in_progress"),
            lambda: step(portal=portal, by=manager, file=file, to="paused", pause_reason="waiting_parts"),
        ]
    )
    assert codes(results) == ["ok", "version_conflict"]
    assert len(_file(portal, file).timeline) == len(file.timeline) + 1


def test_of_technicians_claiming_at_once_one_gets_it(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="acknowledged")
    both = [people.technician, people.other_technician] * 3

    def claim(person: Person) -> IssueFile:
        return assign(portal=portal, by=person, file=file, to=person)

    results = race([lambda p=p: claim(p) for p in both])  # type: ignore[misc]
    assert codes(results) == ["ok"] + ["version_conflict"] * 5
    after = _file(portal, file)
    winner = next(r for r in results if isinstance(r, IssueFile))
    assert after.issue.assignee == winner.issue.assignee
    assert [h.stage for h in after.handoffs] == ["report", "dispatch", "handle"]
    assert [h.ended_at is None for h in after.handoffs] == [False, False, True]


def test_confirming_at_once_with_one_key_closes_once(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    owner = people.owner
    key = make_key(of=owner)
    results = race([lambda: owner_step(portal=portal, by=owner, file=file, action="confirm", once=key)] * 8)
    assert codes(results) == ["ok"] * 8
    assert _file(portal, file).issue.version == file.issue.version + 1


def test_urging_at_once_counts_once_and_again_after_four_hours(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="assigned")
    owner, issue_id = people.owner, file.issue.id
    results = race([lambda: service.urge(portal, owner, issue_id, NOW)] * 8)
    assert codes(results) == ["illegal_transition"] * 7 + ["ok"]
    later = NOW + timedelta(hours=4)
    results = race([lambda: service.urge(portal, owner, issue_id, later)] * 4)
    assert codes(results) == ["illegal_transition"] * 3 + ["ok"]
    rows = [row for row in _file(portal, file).timeline if row.kind == "urged"]
    assert [row.at for row in rows] == [NOW, later]


@pytest.mark.parametrize("action", ["urge", "rate"])
def test_what_a_quicker_step_has_made_impossible_is_refused(
    portal: Portal, people: People, engine_client: RecordingClient, action: str
) -> None:
    """A colleague resolves before an urge is stored; the front desk reopens before a rating is."""
    owner, tech = people.owner, people.technician
    file = bring_to(portal=portal, people=people, status="in_progress" if action == "urge" else "resolved")
    by, to = (tech, "resolved") if action == "urge" else (people.clerk, "reopened")
    marks = RateIssue(professionalism=1, attitude=1, efficiency=1)
    quicker = Meanwhile("transact_write_items", lambda: step(portal=portal, by=by, file=file, to=to))
    presses: dict[str, Callable[[], object]] = {
        "urge": lambda: service.urge(portal, owner, file.issue.id, NOW),
        "rate": lambda: service.rate(portal, owner, file.issue.id, marks, NOW),
    }
    with engine_client.failing(quicker), pytest.raises(IllegalTransition):
        presses[action]()
    after = _file(portal, file)
    assert (after.issue.status, after.issue.urged_at, after.issue.rating) == (to, None, None)
    assert after.timeline[-1].to == to


def test_ratings_at_once_leave_one_that_is_whole(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    owner, issue_id = people.owner, file.issue.id

    def rate(mark: int) -> object:
        marks = RateIssue(professionalism=mark, attitude=mark, efficiency=mark)
        return service.rate(portal, owner, issue_id, marks, NOW)

    results = race([lambda m=m: rate(m) for m in (1, 2, 3, 4, 5)])  # type: ignore[misc]
    assert set(codes(results)) <= {"ok", "illegal_transition"}
    after = _file(portal, file)
    assert after.issue.rating is not None
    assert after.issue.rating in results
    rated = [row for row in after.timeline if row.kind == "rated"]
    assert len(rated) == codes(results).count("ok")


def test_messages_at_once_are_all_kept(portal: Portal, people: People) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    owner, issue_id = people.owner, file.issue.id

    def write(number: int) -> object:
        body = WriteMessage(text=f"第{number}条")
        return service.message(portal, owner, issue_id, body, None, NOW + timedelta(seconds=number))

    results = race([lambda n=n: write(n) for n in range(4)])  # type: ignore[misc]
    texts = {row.text for row in _file(portal, file).timeline if row.kind == "message"}
    assert codes(results) == ["ok"] * 4
    assert texts == {f"第{number}条" for number in range(4)}


def test_a_message_and_a_step_at_once_are_both_kept_or_the_step_is_seen(
    portal: Portal, people: People
) -> None:
    file = bring_to(portal=portal, people=people, status="resolved")
    owner, issue_id = people.owner, file.issue.id
    written, confirmed = race(
        [
            lambda: service.message(portal, owner, issue_id, WriteMessage(text="谢谢"), None, NOW),
            lambda: service.step(
                portal, owner, issue_id, "confirm", OwnerStep(version=file.issue.version), None, NOW
            ),
        ]
    )
    assert not isinstance(confirmed, Exception)
    after = _file(portal, file)
    assert after.issue.status == "closed"
    kept = any(row.kind == "message" for row in after.timeline)
    assert kept is not isinstance(written, Exception)


def test_merging_two_issues_into_each_other_at_once_leaves_one_open(portal: Portal, people: People) -> None:
    clerk, manager = people.clerk, people.manager
    a = report(portal=portal, by=people.owner)
    b = report(portal=portal, by=people.neighbour, unit_id="maple-1-102")

    def merge(person: Person, source: IssueFile, target: IssueFile) -> object:
        body = Transition(to="merged", version=1, merge_into=target.issue.id)
        return desk.transition(portal, person, source.issue.id, body, None, NOW)

    results = race([lambda: merge(clerk, a, b), lambda: merge(manager, b, a)])
    assert codes(results) in (["invalid", "ok"], ["ok", "version_conflict"])
    states = sorted(_file(portal, one).issue.status for one in (a, b))
    assert states == ["merged", "submitted"]


def test_a_message_at_the_moment_of_closing_is_never_followed_by_closing(
    portal: Portal, people: People
) -> None:
    owner = people.owner
    week = NOW + timedelta(days=7)
    for _ in range(5):
        file = bring_to(portal=portal, people=people, status="resolved")
        issue_id = file.issue.id
        written, closed = race(
            [
                lambda i=issue_id: service.message(portal, owner, i, WriteMessage(text="还在漏"), None, week),  # type: ignore[misc]
                lambda: timers.run_due(portal, week),
            ]
        )
        assert not isinstance(closed, Exception)
        status = _file(portal, file).issue.status
        assert status == ("closed" if isinstance(written, Exception) else "resolved")
