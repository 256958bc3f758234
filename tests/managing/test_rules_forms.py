"""Forms of rules: what is shown is what is kept, and what can't be kept is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.duty import form as duty_form
from chalicelib.duty.models import Change, Duty, Roster
from chalicelib.errors import Invalid
from chalicelib.managing import calendar_form, policy_form, rules, spans
from chalicelib.managing.level_rules import check_policy
from chalicelib.managing.models import Version
from chalicelib.service_levels.calendar_models import Calendar, Frame
from chalicelib.service_levels.models import ComplaintPolicy, Policy, QuietHours, Rung, Span
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar
from chalicelib.sops import form as sop_form
from chalicelib.sops.models import Sop, SopStep, Words
from chalicelib.sops.policy import BUILT_IN

CALENDAR = default_calendar("Asia/Shanghai")
SPANS = st.builds(
    Span,
    st.sampled_from(["always", "working"]),
    st.integers(0, 60),
    st.integers(0, 100),
    st.integers(0, 100),
)
GOALS = st.dictionaries(st.sampled_from(policy_form.GOALS), st.one_of(st.none(), SPANS), min_size=1)


@given(SPANS)
def test_a_span_that_is_shown_and_sent_again_is_the_same(span: Span) -> None:
    typed = spans.typed(span)
    again = spans.read("x", typed.amount, typed.unit)
    assert again is not None
    assert (again.days, again.hours, again.minutes) == (span.days, span.hours, span.minutes)
    assert again.clock == span.clock or span.wall == timedelta()


TOLD = st.lists(st.sampled_from(policy_form.TOLD), min_size=1, unique=True).map(
    lambda told: tuple(sorted(told, key=policy_form.TOLD.index))
)
PLANS = st.dictionaries(st.sampled_from(["slight", "general", "serious"]), TOLD)
COMPLAINTS = st.builds(
    ComplaintPolicy,
    st.fixed_dictionaries(dict.fromkeys(policy_form.COMPLAINT_GOALS, SPANS.filter(lambda span: span.wall))),
    st.integers(0, 100),
    st.integers(1, 9_999).map(lambda hours: timedelta(hours=hours)),
    st.integers(2, 5),
)


@given(
    st.dictionaries(st.sampled_from(["plumbing", "noise", "lift"]), GOALS),
    st.integers(1, 99),
    PLANS,
    COMPLAINTS,
)
def test_a_policy_that_is_shown_and_sent_again_is_the_same(
    categories: Any, percent: int, plans: Any, complaints: ComplaintPolicy
) -> None:
    policy = replace(
        DEFAULT_POLICY, categories=categories, warn_percent=percent, plans=plans, complaints=complaints
    )
    assert _sorted(policy_form.read(policy_form.fields(policy), policy)) == _sorted(policy)


def _sorted(policy: Policy) -> Policy:
    """Whom a rung tells first, is all the same."""
    classes = {
        name: replace(one, ladder=tuple(replace(rung, told=tuple(sorted(rung.told))) for rung in one.ladder))
        for name, one in policy.classes.items()
    }
    return replace(policy, classes=classes)


FRAMES = st.lists(st.integers(0, 1440), unique=True, max_size=6).map(
    lambda times: tuple(Frame(a, b) for a, b in list(pairwise(sorted(times)))[::2])
)
WEEKS = st.tuples(*[FRAMES] * 7).filter(any)


@given(WEEKS, FRAMES.filter(bool), st.dictionaries(st.dates(date(2026, 1, 1)), FRAMES), st.booleans())
def test_a_calendar_that_is_shown_and_sent_again_is_the_same(
    week: Any, workday: Any, exceptions: Any, chinese: bool
) -> None:
    calendar = Calendar("Asia/Shanghai", workday, week, chinese, exceptions)
    assert calendar_form.read(calendar_form.fields(calendar), "Asia/Shanghai") == calendar


@pytest.mark.parametrize(
    "text",
    ["8:30-12:00,13:30-18:00", "08:30–12:00、13:30至18:00", " 08：30-12：00；13:30 ~ 18:00 "],
)
def test_opening_hours_are_read_as_people_write_them(text: str) -> None:
    assert calendar_form.read_frames("workday", text) == CALENDAR.workday


@pytest.mark.parametrize(
    "wrong",
    [
        {"workday": "9-5"},
        {"workday": "12:00-08:00"},
        {"day_0": "08:00-12:00, 11:00-14:00"},
        {"day_0": "08:00-12:75"},
        {"workday": ""},
        {f"day_{n}": "" for n in range(7)},
        {"exceptions": "sometime"},
        {"exceptions": "2026-02-30 closed"},
    ],
)
def test_hours_that_can_not_be_are_refused_beside_their_field(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        calendar_form.read({**calendar_form.fields(CALENDAR), **wrong}, "Asia/Shanghai")
    assert caught.value.errors[0].field in (*wrong, "workday")


@given(
    st.lists(
        st.builds(Duty, st.sampled_from("ab"), st.just((0, 4)), st.integers(0, 1439), st.integers(0, 1439)),
        max_size=4,
    ),
    st.integers(0, 1439),
)
def test_a_roster_that_is_shown_and_sent_again_is_the_same(weekly: list[Duty], start: int) -> None:
    today = date(2026, 11, 25)
    changes = (Change(date(2026, 11, 24), "a"), Change(date(2026, 11, 26), "b", start, 420))
    roster = Roster("Asia/Shanghai", tuple(weekly), changes)
    assert duty_form.read(duty_form.fields(roster, today), "Asia/Shanghai") == roster


def test_changes_that_are_over_are_no_longer_shown() -> None:
    roster = Roster(changes=(Change(date(2026, 11, 23), "a"), Change(date(2026, 11, 25), "b")))
    assert [one.account_id for one in duty_form.coming(roster, date(2026, 11, 25))] == ["b"]


@pytest.mark.parametrize("category_id", BUILT_IN)
def test_an_sop_that_is_shown_and_sent_again_is_the_same(category_id: str) -> None:
    assert sop_form.read(sop_form.fields(BUILT_IN[category_id])) == BUILT_IN[category_id]


def test_steps_are_put_in_order_taken_out_and_added_with_ids_of_their_own() -> None:
    sop = Sop((SopStep("a", Words("一")), SopStep("s3", Words("二"))))
    fields = sop_form.fields(sop) | {"zh_3": "三", "place_3": "1", "zh_1": "", "en_1": ""}
    assert [(step.id, step.name.zh) for step in sop_form.read(fields).steps] == [("s4", "三"), ("s3", "二")]


def _class(name: str, **changes: Any) -> Policy:
    one = replace(DEFAULT_POLICY.classes[name], **changes)
    return replace(DEFAULT_POLICY, classes={**DEFAULT_POLICY.classes, name: one})


def _complaints(**changes: Any) -> Policy:
    return replace(DEFAULT_POLICY, complaints=replace(DEFAULT_POLICY.complaints, **changes))


HOUR = Span("always", hours=1)
_DAY = timedelta(hours=1)
_RUNG = Rung(HOUR, ("manager",))


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (replace(DEFAULT_POLICY, classes={}), "classes"),
        (_class("L1", goals={"acknowledge": HOUR}), "L1_resolve"),
        (_class("L2", goals={"resolve": Span("always")}), "L2_resolve"),
        (_class("L2", ladder=()), "L2_ladder"),
        (_class("L2", ladder=(_RUNG,) * 5), "L2_ladder"),
        (_class("L2", ladder=(Rung(HOUR, ()),)), "L2_ladder"),
        (_class("L2", ladder=(_RUNG, Rung(Span("always"), ("expert",)))), "L2_ladder"),
        (replace(DEFAULT_POLICY, categories={"moon": {}}), "categories"),
        (replace(DEFAULT_POLICY, categories={"lift": {"resolve": None}}), "lift_resolve"),
        (replace(DEFAULT_POLICY, pauses={}), "pauses"),
        (replace(DEFAULT_POLICY, warn_percent=100), "warn_percent"),
        (replace(DEFAULT_POLICY, unresolved=timedelta()), "unresolved"),
        (replace(DEFAULT_POLICY, quiet=QuietHours(time(22, tzinfo=UTC), time(7), _DAY)), "quiet_start"),
        (replace(DEFAULT_POLICY, delays=((timedelta(days=3), "slight"),)), "delays"),
        (replace(DEFAULT_POLICY, plans={"hopeless": ("manager",)}), "plans"),
        (_complaints(goals={"start": HOUR}), "complaint_investigate"),
        (_complaints(goals=dict.fromkeys(policy_form.COMPLAINT_GOALS, Span("working"))), "complaint_start"),
        (_complaints(call_back_percent=101), "call_back_percent"),
        (_complaints(hard_after=timedelta()), "hard_after"),
        (_complaints(hard_departments=1), "hard_departments"),
        (replace(DEFAULT_POLICY, reminders=(timedelta(hours=1),) * 5), "reminders"),
    ],
)
def test_what_can_not_be_promised_is_named(policy: Policy, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_policy(policy)
    assert [error.field for error in caught.value.errors] == [field]


def test_the_default_policy_can_be_promised() -> None:
    check_policy(DEFAULT_POLICY)


_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6), st.integers(0, 100))
def test_a_version_made_later_never_changes_what_held_before_it_was_made(
    made: list[tuple[int, int]], at: int
) -> None:
    """Each is made at an hour and holds some hours later."""
    versions = [
        Version(n + 1, _BEGIN + timedelta(hours=hour + ahead), _BEGIN + timedelta(hours=hour), "m", n)
        for n, (hour, ahead) in enumerate(sorted(made))
    ]
    moment = _BEGIN + timedelta(hours=at)
    known = [one for one in versions if one.made_at <= moment]
    assert rules.in_force(versions, moment) == rules.in_force(known, moment)
