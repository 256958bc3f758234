"""The pure rules of complaints, suggestions and praise: stages, clocks, who may do what."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.complaints import rules
from chalicelib.complaints.models import DONE, CallBack, Complaint
from chalicelib.complaints.policy import CATEGORIES, DEPARTMENTS, REPEAT_WITHIN
from chalicelib.errors import Forbidden, IllegalTransition, Invalid, PortalError, VersionConflict
from chalicelib.issues.models import Actor, Ref
from chalicelib.service_levels.models import ComplaintGoal, Levels, PolicyVersion, Span
from chalicelib.service_levels.policy import COMPLAINTS, DEFAULT_POLICY, default_levels
from tests.factories import NOW

LEVELS = default_levels("Asia/Shanghai")
CLOCKS: tuple[ComplaintGoal, ...] = ("start", "investigate", "opinion")
MANAGER, CLERK = frozenset({"manager"}), frozenset({"front_line"})
#: Part 5: the way of a complaint, and the shorter one of suggestions and praise.
WAYS = {
    "accepted": {"investigating", "withdrawn"},
    "investigating": {"opinion", "withdrawn"},
    "opinion": {"opinion", "replied", "withdrawn"},
    "replied": {"mediation", "closed", "withdrawn"},
    "mediation": {"arbitration", "closed", "withdrawn"},
    "arbitration": {"litigation", "closed", "withdrawn"},
    "litigation": {"closed", "withdrawn"},
    "received": {"answered", "closed", "withdrawn"},
    "answered": set(),
    "closed": set(),
    "withdrawn": set(),
}
ACTS = [*rules.MOVES, *rules.OWNER_MOVES]


def make(**changes: Any) -> Complaint:
    """A complaint that is in no table."""
    fields: dict[str, Any] = {
        "id": "01K00000000000000000000000",
        "number": "C261120-0001",
        "kind": "complaint",
        "community_id": "maple",
        "category": "service",
        "content": "等了三天",
        "person": Actor(id="p", name="王秀英", role="owner"),
        "created_at": NOW,
        "since": NOW,
        "stage": "accepted",
    }
    return rules.timed(Complaint(**{**fields, **changes}), NOW, LEVELS)


def _do(complaint: Complaint, act: str, now: datetime, roles: frozenset[str] = MANAGER) -> Complaint:
    """Take a step as the services do."""
    if act in rules.MOVES:
        rules.check_step(complaint, act, complaint.version, roles, "好", "好")
        also = {"decided_at": now} if act == "decide" else {"replied_at": now} if act == "reply" else {}
        return rules.moved(complaint, rules.MOVES[act].to, now, LEVELS, **also)
    rules.check_owner(complaint, act, complaint.version, "不同意")
    return rules.moved(complaint, rules.OWNER_MOVES[act], now, LEVELS)


@given(
    st.sampled_from(["complaint", "suggestion", "praise"]),
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 10_000)), max_size=25),
)
def test_whatever_is_tried_a_complaint_goes_its_way_and_its_clocks_go_with_it(kind: Any, tries: Any) -> None:
    complaint, now = make(kind=kind, stage=rules.first_stage(kind)), NOW
    for act, minutes in tries:
        now += timedelta(minutes=minutes)
        allowed = {*rules.staff_actions(complaint, MANAGER), *rules.owner_actions(complaint)}
        before = complaint
        try:
            complaint = _do(complaint, act, now)
        except IllegalTransition:
            assert act not in allowed
            continue
        assert act in allowed
        assert complaint.stage in WAYS[before.stage]
        assert complaint.version == before.version + 1
        assert (complaint.closed_at == now) == (complaint.stage in DONE)
        _check_clock(complaint, now)
    if complaint.stage in DONE:
        assert rules.owner_actions(complaint) == []
        assert set(rules.staff_actions(complaint, MANAGER)) <= {"note", "link", "call_back"}


def _check_clock(complaint: Complaint, now: datetime) -> None:
    assert complaint.since == now
    clocked = complaint.stage in ("accepted", "investigating", "opinion", "received")
    assert (complaint.clock is not None) == clocked
    if not clocked:
        assert (complaint.due_at, complaint.warn_at, complaint.latest_at) == (None, None, None)
        assert rules.moments(complaint) == []
        return
    assert complaint.due_at
    assert complaint.warn_at
    assert now < complaint.warn_at < complaint.due_at
    if complaint.clock == "reply":
        assert complaint.latest_at
        assert complaint.due_at <= complaint.latest_at
    else:
        assert complaint.latest_at is None


@given(st.integers(0, 2 * 365 * 24 * 60))
def test_each_stage_of_a_complaint_takes_no_longer_than_the_service_levels_say(minutes: int) -> None:
    now = datetime(2025, 1, 1, tzinfo=NOW.tzinfo) + timedelta(minutes=minutes)
    complaint = rules.timed(make(), now, LEVELS)
    spans = []
    for act in ("start", "conclude", "decide"):
        spans.append(complaint.due_at - complaint.since if complaint.due_at else None)
        complaint = _do(complaint, act, now)
    assert spans == [COMPLAINTS.goals[name].wall for name in CLOCKS]
    assert complaint.due_at == now + COMPLAINTS.goals["reply"].wall
    assert complaint.latest_at is not None
    assert complaint.latest_at >= now + COMPLAINTS.goals["reply_latest"].wall - timedelta(days=1)


def test_a_reply_decided_on_a_friday_has_until_wednesday_at_the_latest() -> None:
    friday = datetime(2026, 11, 20, 2, 0, tzinfo=NOW.tzinfo)  # 10:00 in Shanghai
    complaint = make(stage="opinion")
    decided = _do(complaint, "decide", friday)
    assert decided.latest_at == friday + timedelta(days=5)
    assert decided.due_at == friday + timedelta(days=1)


@pytest.mark.parametrize("act", rules.MOVES)
def test_nobody_outside_the_office_takes_a_step(act: str) -> None:
    for role in ("technician", "auditor", "designer"):
        with pytest.raises(Forbidden):
            rules.check_step(make(), act, 1, frozenset({role}), "好", "好")
        assert rules.staff_actions(make(), frozenset({role})) == []


@pytest.mark.parametrize("act", ["decide", "mediate", "arbitrate", "litigate"])
def test_what_binds_the_company_is_the_managers(act: str) -> None:
    with pytest.raises(Forbidden):
        rules.check_step(make(stage="opinion"), act, 1, CLERK, "好", "好")


@given(st.sampled_from(list(rules.MOVES)), st.integers(2, 9), st.sampled_from(list(WAYS)))
def test_a_stale_version_is_told_before_anything_that_the_stage_forbids(
    act: str, seen: int, stage: Any
) -> None:
    with pytest.raises(VersionConflict):
        rules.check_step(make(stage=stage), act, seen, MANAGER, None, None)


@pytest.mark.parametrize(
    ("act", "stage", "missing"),
    [("conclude", "investigating", "text"), ("decide", "opinion", "text"), ("close", "replied", "text")],
)
def test_a_step_does_not_go_without_its_words(act: str, stage: Any, missing: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.check_step(make(stage=stage), act, 1, MANAGER, None, "加强培训")
    assert [row.field for row in caught.value.errors] == [missing]


def test_a_decision_is_made_once_and_before_the_reply() -> None:
    complaint = make(stage="opinion")
    assert "reply" not in rules.staff_actions(complaint, MANAGER)
    decided = _do(complaint, "decide", NOW)
    assert "decide" not in rules.staff_actions(decided, MANAGER)
    assert "reply" in rules.staff_actions(decided, CLERK)


def test_who_does_not_agree_says_why() -> None:
    with pytest.raises(Invalid):
        rules.check_owner(make(stage="replied"), "dissent", 1, None)
    rules.check_owner(make(stage="replied"), "dissent", 1, "还是没人来")


def test_a_complaint_is_called_back_once_and_after_its_reply() -> None:
    assert not rules.may_call_back(make())
    replied = make(stage="replied", replied_at=NOW)
    assert rules.may_call_back(replied)
    done = replied.model_copy(update={"called_back": CallBack(at=NOW, satisfied=True)})
    with pytest.raises(IllegalTransition):
        rules.check_action(done, "call_back", 1, CLERK)


@given(st.integers(-120, 120), st.sampled_from(list(CATEGORIES)), st.sampled_from(list(CATEGORIES)))
def test_only_the_same_trouble_within_its_time_may_be_a_repeat(days: int, one: Any, other: Any) -> None:
    at = NOW + timedelta(days=days)
    found = rules.may_repeat("complaint", one, NOW, "complaint", other, at)
    assert found == (one == other and abs(timedelta(days=days)) <= REPEAT_WITHIN)
    assert not rules.may_repeat("complaint", one, NOW, "praise", one, NOW)


def test_a_case_is_hard_when_it_is_open_for_long_or_of_two_departments() -> None:
    complaint = make()
    week = COMPLAINTS.hard_after
    assert not rules.is_hard(complaint, COMPLAINTS, NOW + week)
    assert rules.is_hard(complaint, COMPLAINTS, NOW + week + timedelta(minutes=1))
    both = make(departments=["legal", "property"])
    assert rules.is_hard(both, COMPLAINTS, NOW)
    assert not rules.is_hard(make(stage="closed", departments=["legal", "property"]), COMPLAINTS, NOW)
    assert not rules.is_hard(both, replace(COMPLAINTS, hard_departments=3), NOW)
    assert rules.is_hard(complaint, replace(COMPLAINTS, hard_after=week / 2), NOW + week)


def _from(moment: datetime, made: datetime) -> Levels:
    """From a moment on everything takes an hour, and half of it is the warning."""
    goals = dict.fromkeys(COMPLAINTS.goals, Span("always", hours=1))
    quick = replace(DEFAULT_POLICY, complaints=replace(COMPLAINTS, goals=goals), warn_percent=50)
    return replace(LEVELS, policies=(*LEVELS.policies, PolicyVersion(moment, made, quick)))


def test_a_new_policy_holds_for_the_clocks_that_begin_under_it_and_rewrites_none_that_runs() -> None:
    complaint, change = make(), NOW + timedelta(hours=2)
    levels = _from(change, NOW)
    assert rules.timed(complaint, NOW, levels) == complaint
    begun = rules.moved(complaint, "investigating", change, levels)
    assert begun.due_at == change + timedelta(hours=1)
    assert begun.warn_at == change + timedelta(minutes=30)
    again = rules.moved(make(stage="investigating"), "opinion", change, levels, decided_at=change)
    assert (again.clock, again.due_at, again.latest_at) == ("reply", begun.due_at, begun.due_at)
    answer = rules.timed(make(kind="suggestion", stage="received"), change, levels)
    assert (answer.clock, answer.due_at) == ("answer", begun.due_at)


def test_a_moment_of_a_clock_that_was_stopped_means_nothing() -> None:
    complaint = make()
    late = NOW + timedelta(days=2)
    assert rules.tells(complaint, "start", NOW, "breach", late)
    assert not rules.tells(complaint, "start", NOW, "warn", late), "it is late already, which is told"
    started = _do(complaint, "start", NOW + timedelta(hours=1))
    assert not rules.tells(started, "start", NOW, "breach", late)


def test_every_category_has_its_departments() -> None:
    told = {one.id: set(one.departments) for one in CATEGORIES.values()}
    assert told == {
        "service": {"customer_service"},
        "product": {"engineering", "property"},
        "environment": {"property"},
        "other": {"legal", "administration"},
    }
    assert set().union(*told.values()) == set(DEPARTMENTS)


@given(st.sampled_from(list(WAYS)), st.sampled_from(["assign", "link", "call_back"]))
def test_every_action_that_is_offered_is_taken_and_no_other(stage: Any, action: str) -> None:
    complaint = make(stage=stage, links=[Ref(id="x", number="C1")])
    try:
        rules.check_action(complaint, action, 1, CLERK)
        taken = True
    except PortalError:
        taken = False
    assert taken == (action in rules.staff_actions(complaint, CLERK))
