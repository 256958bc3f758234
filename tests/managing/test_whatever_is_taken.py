"""Whatever the checks let through can be judged, previewed and shown."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib import zones
from chalicelib.duty import form as duty_form
from chalicelib.duty import rules as duty_rules
from chalicelib.duty.models import Change, Duty, Roster
from chalicelib.errors import Invalid
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import calendar_form, policy_form
from chalicelib.managing.calendar_rules import check_calendar
from chalicelib.managing.level_rules import check_policy
from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion
from chalicelib.service_levels.calendars import unknown_year
from chalicelib.service_levels.models import Levels, Policy, PolicyVersion
from chalicelib.service_levels.moments import due_moments
from chalicelib.service_levels.policy import CALENDAR_AHEAD, DEFAULT_POLICY, default_calendar
from chalicelib.service_levels.preview import preview
from chalicelib.service_levels.rules import delay_of, outcomes
from chalicelib.service_levels.telling import tell_at
from chalicelib.sops import editing
from chalicelib.sops import form as sop_form
from chalicelib.sops.models import Sop
from chalicelib.sops.moments import sop_moments
from chalicelib.sops.policy import BUILT_IN
from chalicelib.sops.rules import states_of
from tests.service_levels.lives import DAY, LEVELS, SHANGHAI, at, life, row

Body = TypeVar("Body")
START, LATER = at("11-01 12:00"), at("11-20 12:00")
CALENDAR = replace(default_calendar("Asia/Shanghai"), exceptions={START.date(): ()})
ROSTER = Roster("Asia/Shanghai", (Duty("li", (0, 1), 480, 1320),), (Change(START.date(), "li", 0, 60),))
#: What people and programs send where something else is meant.
ODD: list[Any] = [
    0, 1, -1, 7, 60, 1440, 8_784, 3_660, 10**6, 10**12, 10**30, 1.5, True, None, "", " ", "x", "a.b", "😀", "\x00",
    "P1D", "PT1S", "PT0S", "-P1D", "P366D", "P999999999D", "PT59.999999S", "00:00", "23:59:59.999999", "22:00:00Z",
    "9999-12-31", "0001-01-01", "UTC", "Etc/GMT-14", "Mars/Olympus", "America/Havana", "working", "always", "step", [],
    {}, [[]],
]  # fmt: skip


def _places(tree: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, one in inner:
        yield from _places(one, (*way, name))


def _at(tree: Any, way: tuple[Any, ...]) -> Any:
    for name in way:
        tree = tree[name]
    return tree


def _changed(draw: st.DrawFn, tree: Any) -> Any:
    """The same with one place that is something else, another place's, gone, or there twice."""
    tree = copy.deepcopy(tree)
    *way, last = draw(st.one_of([st.sampled_from(list(_places(tree[name], (name,)))) for name in tree]))
    inner = _at(tree, tuple(way))
    change = draw(st.sampled_from(["odd", "odd", "odd", "other", "gone", "twice"]))
    if change == "odd":
        alike = [one for one in ODD if type(one) is type(inner[last])]
        inner[last] = draw(st.sampled_from(alike or ODD) | st.sampled_from(ODD))
    elif change == "other":
        inner[last] = copy.deepcopy(_at(tree, draw(st.sampled_from(list(_places(tree))))))
    elif change == "gone":
        del inner[last]
    elif isinstance(inner, list):
        inner.append(copy.deepcopy(inner[last]))
    return tree


def taken(draw: st.DrawFn, start: Body, check: Callable[[Body], object]) -> Body:
    """What comes of `start` by several changes, of those that are let through."""
    adapter = TypeAdapter(type(start))
    tree = whole = json.loads(adapter.dump_json(start))
    found = start
    for _ in range(draw(st.integers(1, 12))):
        changed = _changed(draw, tree or whole)
        try:
            body = adapter.validate_json(json.dumps(changed))
            check(body)
        except (ValidationError, Invalid):
            continue
        tree, found = changed, body
    return found


def judge(levels: Levels) -> None:
    """Everything that is worked out about issues, under levels that hold from the start."""
    given_out = [row("11-02 11:00", "acknowledged"), row("11-02 11:00", "assigned")]
    visited = [*given_out, row("11-02 12:00", "paused", pause_reason="appointment", visit="11-09 10:00")]
    fixed = [
        *given_out,
        row("11-02 12:00", "in_progress"),
        row("11-04 12:00", "resolved"),
        row("11-06 12:00", "reopened"),
    ]
    for category_id, service_class in (("gas", "L1"), ("noise", "L2"), ("contract", "L3")):
        for timeline in ([], visited, fixed):
            history = life("11-02 10:00", *timeline, service_class=service_class, category=category_id)
            found = outcomes(history, levels, LATER)
            moments = due_moments(history, levels, found)
            assert len({one.id for one in moments}) == len(moments)
            preview([history], LEVELS, levels, LATER)
    for days in (0, 1, 40, 4_000):
        assert delay_of(levels.policies[-1].policy, timedelta(days=days))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    own = {"gas": {"acknowledge": None, "resolve": DEFAULT_POLICY.classes["L1"].goals["resolve"]}}
    return taken(draw, replace(DEFAULT_POLICY, categories=own), check_policy)  # type: ignore[arg-type]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return taken(draw, CALENDAR, check_calendar)


@st.composite
def sops(draw: st.DrawFn) -> Sop:
    return taken(draw, BUILT_IN["plumbing"], partial(editing.check, "plumbing"))


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    return taken(draw, ROSTER, lambda one: zones.check("zone_name", one.zone_name))


@settings(max_examples=60, deadline=None)
@given(policies(), calendars())
def test_every_policy_and_calendar_that_are_taken_can_be_judged(policy: Policy, calendar: Calendar) -> None:
    judge(Levels((PolicyVersion(START, START, policy),), (CalendarVersion(START, START, calendar),)))
    unknown_year(calendar, LATER, CALENDAR_AHEAD)
    for hour in range(24):
        assert tell_at(policy.quiet, SHANGHAI, START + timedelta(hours=hour)) <= START + 3 * DAY
    assert policy_form.fields(policy)
    assert calendar_form.read(calendar_form.fields(calendar), calendar.zone_name).week == calendar.week


@settings(max_examples=60, deadline=None)
@given(sops(), policies(), calendars())
def test_every_sop_that_is_taken_can_be_judged(sop: Sop, policy: Policy, calendar: Calendar) -> None:
    levels = Levels((PolicyVersion(START, START, policy),), (CalendarVersion(START, START, calendar),))
    history = life(
        "11-02 10:00", row("11-02 11:00", "assigned"), service_class=CATEGORIES["plumbing"].sla_class
    )
    states = states_of(sop, history.rounds[-1], [], levels)
    moments = sop_moments(states, history, levels)
    assert len({one.id for one in moments}) == len(moments)
    assert sop_form.read(sop_form.fields(sop)).proof == sop.proof


@settings(max_examples=60, deadline=None)
@given(rosters())
def test_every_roster_that_is_taken_says_whose_turn_it_is(roster: Roster) -> None:
    for moment in (START, LATER):
        assert set(duty_rules.on_duty(roster, moment)) <= duty_rules.people(roster)
    duty_rules.turns(roster, START.date(), 7)
    duty_rules.gaps(roster, START.date(), 7)
    duty_form.fields(roster, START.date())
