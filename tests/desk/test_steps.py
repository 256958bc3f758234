"""Steps that a phone kept while it was out of reach: in order, each once, each answered by itself."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.accounts.models import Person
from chalicelib.desk import batch, steps
from chalicelib.desk.models import Refused
from chalicelib.desk.step_models import TakenStep
from chalicelib.errors import Unavailable
from chalicelib.issues import store
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import MAX_STEPS, STEPS_KEPT_FOR
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from tests.factories import NOW, People, assign, bring_to, step
from tests.racing import race
from tests.recording import Once, RecordingClient, refusal

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=3)
_ids = itertools.count(1)


def taken(file: IssueFile, **fields: Any) -> TakenStep:
    """A step as a phone sends it, taken ten minutes after what it had seen."""
    given = {"id": f"kept-step-{next(_ids)}", "issue_id": file.issue.id, "at": NOW + 10 * MINUTE}
    return TakenStep.model_validate(given | fields)


def send(portal: Portal, by: Person, *kept: TakenStep, now: datetime = LATER) -> list[batch.Outcome]:
    return [outcome for outcome, _ in steps.take(portal, by, list(kept), "en", now)]


def codes(outcomes: list[batch.Outcome]) -> list[str]:
    return [one.code if isinstance(one, Refused) else one.status for one in outcomes]


def now_of(portal: Portal, file: IssueFile) -> IssueFile:
    found = store.load(portal.db, portal.keys, file.issue.id)
    assert found is not None
    return found


@pytest.fixture
def job(portal: Portal, people: People) -> IssueFile:
    """A job of the technician's."""
    return bring_to(portal=portal, people=people, status="assigned")


def three(file: IssueFile) -> list[TakenStep]:
    """Start, put on hold, go on, say something, resolve: each after the one before."""
    first = taken(file, to="in_progress", version=file.issue.version)
    second = taken(file, to="paused", after=first.id, pause_reason="waiting_parts", at=NOW + 20 * MINUTE)
    third = taken(file, to="in_progress", after=second.id, at=NOW + 30 * MINUTE)
    words = taken(file, message="配件到了", at=NOW + 31 * MINUTE)
    last = taken(file, to="resolved", after=third.id, note="换了阀芯", at=NOW + 40 * MINUTE)
    return [first, second, third, words, last]


def test_steps_taken_one_after_the_other_all_apply_with_their_times(
    portal: Portal, people: People, job: IssueFile
) -> None:
    outcomes = send(portal, people.technician, *three(job))
    assert codes(outcomes) == ["in_progress", "paused", "in_progress", "in_progress", "resolved"]
    after = now_of(portal, job)
    rows = after.timeline[-5:]
    assert [row.taken_at for row in rows] == [NOW + n * MINUTE for n in (10, 20, 30, 31, 40)]
    assert {row.at for row in rows} == {LATER}
    assert (after.issue.resolved_at, after.issue.quiet_since) == (NOW + 40 * MINUTE, LATER)


def test_sending_them_again_in_whatever_parts_does_nothing_twice(
    portal: Portal, people: People, job: IssueFile
) -> None:
    """The answer to a call got lost, so the phone does not know which version a step led to."""
    kept = three(job)
    first = send(portal, people.technician, *kept[:2])
    assert send(portal, people.technician, *kept[:2], now=LATER + MINUTE) == first
    rest = send(portal, people.technician, *kept[2:], now=LATER + MINUTE)
    assert codes(rest) == ["in_progress", "in_progress", "resolved"]
    rows = now_of(portal, job).timeline
    send(portal, people.technician, *kept, now=LATER + 2 * MINUTE)
    assert now_of(portal, job).timeline == rows


def test_two_tabs_that_send_the_same_at_once_do_it_once(
    portal: Portal, people: People, job: IssueFile
) -> None:
    kept, by = three(job), people.technician
    results = race([lambda: send(portal, by, *kept)] * 4)
    assert all(codes(result) == codes(results[0]) for result in results)
    assert len(now_of(portal, job).timeline) == len(job.timeline) + 5


def test_a_refused_step_refuses_those_that_build_on_it_and_no_others(
    portal: Portal, people: People, job: IssueFile
) -> None:
    other = bring_to(portal=portal, people=people, status="assigned")
    assign(portal=portal, by=people.clerk, file=job, to=people.other_technician)
    elsewhere = taken(other, to="in_progress", version=other.issue.version)
    outcomes = send(portal, people.technician, *three(job), elsewhere)
    assert codes(outcomes) == [
        "version_conflict", "earlier_step_refused", "earlier_step_refused", "assigned", "earlier_step_refused",
        "in_progress",
    ]  # fmt: skip
    assert now_of(portal, job).timeline[-1].text == "配件到了"


def test_a_step_after_one_that_never_came_is_refused(portal: Portal, people: People, job: IssueFile) -> None:
    other = bring_to(portal=portal, people=people, status="assigned")
    first = taken(other, to="in_progress", version=other.issue.version)
    send(portal, people.technician, first)
    strangers = [taken(job, to="in_progress", after=name) for name in ("never-was-sent", first.id)]
    assert codes(send(portal, people.technician, *strangers)) == ["earlier_step_refused"] * 2


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (LATER + timedelta(days=400), None),  # a clock that is ahead
        (LATER - MINUTE, None),  # as good as now
        (NOW + 10 * MINUTE, NOW + 10 * MINUTE),
        (NOW - timedelta(days=2), NOW),  # a clock that is behind: not before what the phone had seen
    ],
)
def test_the_time_of_a_step_stays_between_what_was_seen_and_now(
    portal: Portal, people: People, job: IssueFile, at: datetime, expected: datetime | None
) -> None:
    send(portal, people.technician, taken(job, to="in_progress", version=job.issue.version, at=at))
    assert now_of(portal, job).timeline[-1].taken_at == expected


def test_what_is_older_than_a_key_is_remembered_is_not_done_blindly(
    portal: Portal, people: People, job: IssueFile
) -> None:
    late = NOW + 11 * MINUTE + STEPS_KEPT_FOR
    old = [taken(job, to="in_progress", version=job.issue.version), taken(job, message="马上到")]
    assert codes(send(portal, people.technician, *old, now=late)) == ["step_too_old"] * 2
    assert now_of(portal, job).timeline == job.timeline


def test_a_visit_that_is_over_when_the_step_arrives_was_a_promise_when_it_was_taken(
    portal: Portal, people: People, job: IssueFile
) -> None:
    fields = {"to": "paused", "version": job.issue.version, "pause_reason": "appointment"}
    kept = taken(job, visit_at=NOW + timedelta(hours=1), **fields)
    assert codes(send(portal, people.technician, kept)) == ["paused"]


def test_what_a_step_lacks_is_told_field_by_field(portal: Portal, people: People) -> None:
    job = bring_to(portal=portal, people=people, status="in_progress", category_id="wall_seepage")
    found = steps.take(
        portal, people.technician, [taken(job, to="resolved", version=job.issue.version)], "en", LATER
    )
    outcome, errors = found[0]
    assert codes([outcome]) == ["invalid"]
    assert [(error.field, error.code) for error in errors] == [("photo_ids", "proof_missing")]
    photo = photos.start_plain(portal, people.technician, LATER)
    again = taken(job, to="resolved", version=job.issue.version, photo_ids=[photo])
    assert codes(send(portal, people.technician, again)) == ["resolved"]


def test_a_table_that_is_away_refuses_nothing_and_loses_nothing(
    portal: Portal, people: People, job: IssueFile, engine_client: RecordingClient
) -> None:
    kept, by = three(job), people.technician
    away = Once("transact_write_items", refusal("InternalServerError"), at=2)
    with engine_client.failing(away), pytest.raises(Unavailable):
        send(portal, by, *kept)
    assert codes(send(portal, by, *kept))[-1] == "resolved"
    assert len(now_of(portal, job).timeline) == len(job.timeline) + 5


def test_nobody_was_quicker_than_somebody_who_did_it_on_another_device(
    caller: Any, people: People, portal: Portal
) -> None:
    job = bring_to(portal=portal, people=people, status="assigned")
    step(portal=portal, by=people.technician, file=job, to="in_progress")
    body = {"id": "kept-step-y", "issue_id": job.issue.id, "at": "2026-11-20T02:10:00Z"}
    kept = {"steps": [{**body, "to": "in_progress", "version": job.issue.version}]}
    (item,) = caller("technician").api("POST", "/desk/steps", kept).json["items"]
    assert item["code"] == "version_conflict"
    assert "quicker" not in item["detail"]


def test_who_did_what_meanwhile_is_said_in_words(caller: Any, people: People, portal: Portal) -> None:
    job = bring_to(portal=portal, people=people, status="assigned")
    step(portal=portal, by=people.clerk, file=job, to="rejected", note="请找开发商")
    body = {"id": "kept-step-x", "issue_id": job.issue.id, "at": "2026-11-20T02:10:00Z"}
    kept = {"steps": [{**body, "to": "in_progress", "version": job.issue.version}]}
    page = caller("technician").api("POST", "/desk/steps", kept, **{"Accept-Language": "zh-CN"})
    assert page.status == 200
    (item,) = page.json["items"]
    assert (item["result"], item["code"]) == ("refused", "version_conflict")
    assert item["issue"] == {"status": "rejected", "version": job.issue.version + 1}
    assert "李静" in item["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"to": "in_progress"},
        {"to": "in_progress", "version": 1, "after": "kept-step-0"},
        {"to": "in_progress", "version": 1, "message": "x"},
        {"message": " "},
        {"id": "short", "message": "x"},
        {"at": "2026-11-20T02:10:00", "message": "x"},
    ],
)
def test_a_call_that_makes_no_sense_is_refused_whole(
    caller: Any, people: People, portal: Portal, wrong: dict[str, Any]
) -> None:
    job = bring_to(portal=portal, people=people, status="assigned")
    given = {"id": "kept-step-y", "issue_id": job.issue.id, "at": "2026-11-20T02:10:00Z"} | wrong
    answer = caller("technician").api("POST", "/desk/steps", {"steps": [given]})
    assert answer.status == 422
    assert now_of(portal, job).timeline == job.timeline


def test_a_call_takes_no_more_than_fifty(caller: Any, people: People) -> None:
    one = {"id": "kept-step-z", "issue_id": "x", "at": "2026-11-20T02:10:00Z", "message": "x"}
    tech = caller("technician")
    assert tech.api("POST", "/desk/steps", {"steps": []}).status == 422
    assert tech.api("POST", "/desk/steps", {"steps": [one] * (MAX_STEPS + 1)}).status == 422


def test_another_communitys_job_is_not_there(portal: Portal, people: People, job: IssueFile) -> None:
    kept = taken(job, to="in_progress", version=job.issue.version)
    assert codes(send(portal, people.cedar_clerk, kept, taken(job, message="x"))) == ["not_found"] * 2


def test_a_step_is_never_internal_as_its_note_is_for_the_owner(job: IssueFile) -> None:
    """Whoever sends both must not learn later that the owner has read it."""
    with pytest.raises(ValidationError):
        taken(job, to="in_progress", version=3, note="业主难缠", internal=True)
