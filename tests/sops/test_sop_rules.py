"""SOPs: how far an issue is, what is due when, what "fixed" still needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.issues.models import Actor, Entry, SopMark
from chalicelib.issues.policy import CATEGORIES
from chalicelib.service_levels.history import History, rounds
from chalicelib.service_levels.models import Pause, Span
from chalicelib.service_levels.moments import Moment, in_order
from chalicelib.service_levels.policy import SEEPAGE, default_levels
from chalicelib.sops import rules
from chalicelib.sops.models import Sop, SopStep, Words
from chalicelib.sops.moments import sop_moments, step_of
from chalicelib.sops.policy import BUILT_IN, MAX_CRITERION, MAX_DAYS, MAX_NAME, MAX_STEPS, built_in

LEVELS = default_levels("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TECH = Actor(id="t", name="王师傅", role="technician")
THREE = Sop(
    (
        SopStep("a", Words("一", "One"), Span("always", hours=2), "begin"),
        SopStep("b", Words("二"), Span("always", hours=3)),
        SopStep("c", Words("三"), Span("always", days=1), "begin", required=True),
    )
)


def row(hours: float, kind: Any, step: str | None = None, **more: Any) -> Entry:
    """A row of a timeline, so many hours after the report."""
    at = NOW + hours * HOUR
    sop = SopMark(id=step, number=1) if step else None
    return Entry(id=f"{hours:09}", at=at, kind=kind, actor=TECH, sop=sop, **more)


def states(timeline: list[Entry], sop: Sop = THREE) -> Any:
    return rules.states_of(sop, rounds(NOW, timeline)[-1], timeline, LEVELS)


def test_a_step_is_due_from_the_begin_or_from_when_the_step_before_was_done() -> None:
    first, second, third = states([])
    assert (first.due, second.due, third.due) == (NOW + 2 * HOUR, None, NOW + 24 * HOUR)
    _, second, _ = states([row(5, "sop_done", "a")])
    assert second.due == NOW + 8 * HOUR
    assert (second.is_late(NOW + 8 * HOUR), second.is_late(NOW + 9 * HOUR)) == (False, True)


def test_clocks_of_steps_stand_still_while_the_issue_is_on_hold() -> None:
    paused = row(1, "status", from_status="assigned", to="paused", pause_reason="waiting_parts")
    going = row(4, "status", from_status="paused", to="in_progress")
    assert states([paused, going])[0].due == NOW + 5 * HOUR


def test_a_step_that_is_not_done_after_all_is_open_again() -> None:
    timeline = [row(1, "sop_done", "a"), row(2, "sop_opened", "a")]
    assert [state.done for state in states(timeline)] == [None] * 3
    done = states([*timeline, row(3, "sop_done", "a")])[0].done
    assert done.at == NOW + 3 * HOUR


def test_a_reopened_issue_begins_its_list_anew_unless_that_is_taken_back() -> None:
    timeline = [row(1, "sop_done", "a"), row(2, "status", to="resolved"), row(3, "status", to="reopened")]
    first = states(timeline)[0]
    assert (first.done, first.due) == (None, NOW + 5 * HOUR)
    back = [*timeline, row(3.001, "undone", from_status="reopened", to="resolved")]
    assert states(back)[0].done.at == NOW + HOUR


def test_fixed_needs_the_required_steps() -> None:
    with pytest.raises(Invalid) as caught:
        rules.check_resolved(THREE, {}, [])
    assert [(e.field, e.code, e.limit) for e in caught.value.errors] == [("sop", "sop_steps_missing", "三")]
    rules.check_resolved(THREE, rules.ticks([row(1, "sop_done", "c")]), [])


def test_a_photo_of_the_result_comes_along_or_with_the_last_step_that_asks_for_one() -> None:
    sop = built_in("wall_seepage")
    early = rules.ticks([row(1, "sop_done", "detect", photo_ids=["p1"])])
    for done in ({}, early):
        with pytest.raises(Invalid) as caught:
            rules.check_resolved(sop, done, [])
        assert [error.code for error in caught.value.errors] == ["proof_missing"]
    rules.check_resolved(sop, {}, ["p1"])
    rules.check_resolved(sop, rules.ticks([row(1, "sop_done", "finish", photo_ids=["p1"])]), [])


STEPS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=8)


@given(STEPS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_progress_is_what_was_said_last_of_each_step(ids: list[str], done: list[bool]) -> None:
    said = list(zip(ids, done, strict=False))
    timeline = [row(n + 1, "sop_done" if yes else "sop_opened", step) for n, (step, yes) in enumerate(said)]
    expected = {step for step in "abc" if dict(said).get(step)}
    found = states(timeline)
    assert {state.step.id for state in found if state.done} == expected
    ahead = rules.current(found)
    assert (ahead.step.id if ahead else None) == next((s for s in "abc" if s not in expected), None)


@given(STEPS, st.integers(0, 30), st.integers(0, 10))
def test_a_pause_never_makes_a_step_due_earlier(ids: list[str], start: int, length: int) -> None:
    done = rules.ticks([row(n + 1, "sop_done", step) for n, step in enumerate(ids)])
    pause = Pause("appointment", NOW + start * HOUR, NOW + (start + length) * HOUR, "step")
    plain = rules.progress(THREE, NOW, done, LEVELS)
    held = rules.progress(THREE, NOW, done, LEVELS, [pause])
    for one, other in zip(plain, held, strict=True):
        assert (one.due is None) == (other.due is None)
        if one.due and other.due:
            assert one.due <= other.due <= one.due + length * HOUR


def moments(timeline: list[Entry], sop: Sop = THREE) -> list[Moment]:
    history = History("issue", "noise", "L1", NOW, rounds(NOW, timeline))
    return in_order(sop_moments(states(timeline, sop), history, LEVELS))


def test_open_steps_have_moments_of_warning_and_breach_in_time_order() -> None:
    found = moments([])
    assert [(m.kind, step_of(m.id), (m.at - NOW) / HOUR) for m in found] == [
        ("warn", "a", 1.5), ("breach", "a", 2.0), ("escalate", "a", 2.0),
        ("warn", "c", 18.0), ("breach", "c", 24.0), ("escalate", "c", 24.0),
    ]  # fmt: skip
    assert len({moment.id for moment in found}) == 6
    after = [row(1, "sop_done", "a"), row(2, "sop_done", "b"), row(3, "sop_done", "c")]
    assert moments(after) == []
    assert moments([row(1, "status", from_status="submitted", to="rejected")]) == [], "nobody works on it"


def test_a_step_that_was_done_late_is_recorded_as_that_and_warned_of_no_more() -> None:
    promised = Sop((replace(THREE.steps[0], promised=True),))
    late = moments([row(2.75, "sop_done", "a")], promised)
    assert [(m.kind, m.level, (m.at - NOW) / HOUR, m.over) for m in late] == [
        ("breach", 0, 2.0, True), ("escalate", 1, 2.0, True), ("escalate", 2, 2.5, True),
    ]  # fmt: skip
    assert {m.id for m in late} <= {m.id for m in moments([], promised)}, (
        "what was told is not recorded again"
    )
    assert moments([row(2, "sop_done", "a")], promised) == []
    in_time = row(2.75, "sop_done", "a", taken_at=NOW + 1.5 * HOUR)
    assert moments([in_time], promised) == [], "it was sent late, but done in time"


def test_a_step_that_was_late_when_the_work_ended_without_it_is_recorded_as_that() -> None:
    one = Sop(THREE.steps[:1])
    fixed = row(2.75, "status", from_status="in_progress", to="resolved")
    assert [(m.kind, m.over) for m in moments([fixed], one)] == [("breach", True), ("escalate", True)]
    closed = row(90, "status", from_status="resolved", to="closed")
    assert moments([fixed, closed], one) == moments([fixed], one)
    assert moments([row(1.5, "status", from_status="in_progress", to="resolved")], one) == []


def test_a_promised_step_goes_up_the_whole_ladder_and_a_pause_has_it_warned_of_anew() -> None:
    promised = Sop((replace(THREE.steps[0], promised=True),))
    levels = [(m.level, (m.at - NOW) / HOUR) for m in moments([], promised) if m.kind == "escalate"]
    assert levels == [(1, 2.0), (2, 2.5), (3, 3.0), (4, 6.0)]
    stood = [
        row(0.5, "status", from_status="assigned", to="paused", pause_reason="waiting_parts"),
        row(3.5, "status", from_status="paused", to="in_progress"),
    ]
    before, after = (next(m for m in moments(rows, promised) if m.kind == "warn") for rows in ([], stood))
    assert after.at - before.at == 3 * HOUR
    assert after.id != before.id


@pytest.mark.parametrize("category_id", BUILT_IN)
def test_a_built_in_sop_is_short_named_twice_and_binds_nobody(category_id: str) -> None:
    steps = BUILT_IN[category_id].steps
    assert category_id in CATEGORIES
    assert 0 < len(steps) <= MAX_STEPS
    assert len({step.id for step in steps}) == len(steps)
    for step in steps:
        assert step.name.zh
        assert step.name.en
        assert step.criterion
        assert not step.required, "the promised API resolves without ticking"
        assert max(map(len, (step.name.zh, step.name.en))) <= MAX_NAME
        assert max(map(len, (step.criterion.zh, step.criterion.en))) <= MAX_CRITERION
        assert step.due is None or step.due.wall <= timedelta(days=MAX_DAYS)


def test_seepage_is_detected_and_planned_in_time() -> None:
    due = {step.id: (step.due, step.since) for step in built_in("wall_seepage").steps}
    assert due["detect"] == (SEEPAGE["detect"], "begin")
    assert due["plan"] == (SEEPAGE["plan"], "begin")
    assert [name for name in CATEGORIES if built_in(name).proof] == ["wall_seepage", "delivery_defect"]
