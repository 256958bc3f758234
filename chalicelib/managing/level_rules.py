"""What a policy or calendar must be like to be kept. Pure; each function raises Invalid, naming the field."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib import zones
from chalicelib.errors import N_, Invalid
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing.policy import (
    CALL_BACKS,
    HARD_DEPARTMENTS,
    MAX_DIGEST,
    MAX_EXCEPTIONS,
    MAX_GOAL,
    MAX_PAUSE,
    MAX_REMINDERS,
    MAX_RUNGS,
    WARN_PERCENT,
)
from chalicelib.service_levels.calendar_models import Calendar
from chalicelib.service_levels.models import ComplaintPolicy, Goal, Policy, ServiceClass, Span
from chalicelib.service_levels.policy import DEFAULT_POLICY

_ZERO = timedelta()
_CLASSES = N_("There are three classes: L1, L2 and L3.")
_LENGTH = N_("Give a time between a minute and a year.")
_RESOLVE = N_("Until when it is fixed has to be promised.")
_RUNGS = N_("The ladder has one to four levels, each later than the one before, and each tells somebody.")
_CATEGORY = N_("There is no such category.")
_PAUSE = N_("Give a time of at most three months for each reason.")
_WARN = N_("Give a share between 1 and 99 percent.")
_DAYS = N_("Give a time of at least a minute, and of at most a year.")
_PLANS = N_("A plan is for one of the classes of delay.")
_COMPLAINT = N_("Every step of a complaint has a time.")
_CALL_BACKS = N_("Give a share between 0 and 100 percent.")
_HARD = N_("Give a number of departments between 2 and 5.")
_DELAYS = N_("Each class of delay is longer than the one before, and the last has no end.")
_WALL = N_("Give a time of day, such as 22:00.")
_DIGEST = N_("Give at most twelve hours.")
_REMINDERS = N_("At most four reminders, each before the visit.")
_EXCEPTIONS = N_("These are too many exceptions. Take out those that are over.")


def check_policy(policy: Policy) -> None:
    """Raises Invalid for the first thing that can't be promised."""
    if set(policy.classes) != set(DEFAULT_POLICY.classes):
        raise Invalid.field("classes", "wrong_classes", _CLASSES)
    for name, one in policy.classes.items():
        _check_class(name, one)
    for category_id, goals in policy.categories.items():
        _check_category(category_id, goals)
    _check_times(policy)


def _check_class(name: str, one: ServiceClass) -> None:
    for goal, span in one.goals.items():
        _check_span(f"{name}_{goal}", span)
    if "resolve" not in one.goals:
        raise Invalid.field(f"{name}_resolve", "missing", _RESOLVE)
    after = [rung.after.wall for rung in one.ladder]
    rising = after == sorted(after) and (not after or after[-1] <= MAX_GOAL)
    if not 1 <= len(after) <= MAX_RUNGS or not rising or not all(rung.told for rung in one.ladder):
        raise Invalid.field(f"{name}_ladder", "wrong_ladder", _RUNGS)


def _check_category(category_id: str, goals: Mapping[Goal, Span | None]) -> None:
    if category_id not in CATEGORIES:
        raise Invalid.field("categories", "unknown_category", _CATEGORY)
    for goal, span in goals.items():
        if span is not None:
            _check_span(f"{category_id}_{goal}", span)
        elif goal == "resolve":
            raise Invalid.field(f"{category_id}_resolve", "missing", _RESOLVE)


def _check_span(field: str, span: Span) -> None:
    if not _ZERO < span.wall <= MAX_GOAL:
        raise Invalid.field(field, "out_of_range", _LENGTH)


def _check_times(policy: Policy) -> None:
    pauses = policy.pauses
    if set(pauses) != set(DEFAULT_POLICY.pauses) or not all(_ZERO < m <= MAX_PAUSE for m in pauses.values()):
        raise Invalid.field("pauses", "out_of_range", _PAUSE)
    if policy.warn_percent not in WARN_PERCENT:
        raise Invalid.field("warn_percent", "out_of_range", _WARN)
    for field in ("unresolved", "ask_again"):
        if not _ZERO < getattr(policy, field) <= MAX_GOAL:
            raise Invalid.field(field, "out_of_range", _DAYS)
    if policy.quiet.start.tzinfo or policy.quiet.end.tzinfo:
        raise Invalid.field("quiet_start", "not_a_time", _WALL)
    if not _ZERO <= policy.quiet.digest <= MAX_DIGEST:
        raise Invalid.field("digest", "out_of_range", _DIGEST)
    _check_delays(policy)
    _check_complaints(policy.complaints)


def _check_complaints(by: ComplaintPolicy) -> None:
    for goal in DEFAULT_POLICY.complaints.goals:
        if goal not in by.goals:
            raise Invalid.field(f"complaint_{goal}", "missing", _COMPLAINT)
        _check_span(f"complaint_{goal}", by.goals[goal])
    if by.call_back_percent not in CALL_BACKS:
        raise Invalid.field("call_back_percent", "out_of_range", _CALL_BACKS)
    if not _ZERO < by.hard_after <= MAX_GOAL:
        raise Invalid.field("hard_after", "out_of_range", _DAYS)
    if by.hard_departments not in HARD_DEPARTMENTS:
        raise Invalid.field("hard_departments", "out_of_range", _HARD)


def _check_delays(policy: Policy) -> None:
    ends = [end for end, _ in policy.delays[:-1]]
    known = [end for end in ends if end is not None]
    if not policy.delays or len(known) < len(ends) or known != sorted(known) or policy.delays[-1][0]:
        raise Invalid.field("delays", "wrong_delays", _DELAYS)
    if not set(policy.plans) <= {name for _, name in policy.delays}:
        raise Invalid.field("plans", "unknown_delay", _PLANS)
    if len(policy.reminders) > MAX_REMINDERS or not all(_ZERO < r <= MAX_GOAL for r in policy.reminders):
        raise Invalid.field("reminders", "out_of_range", _REMINDERS)


def check_calendar(calendar: Calendar) -> None:
    """Raises Invalid for a calendar that can't be kept; what its model refuses never gets here."""
    zones.check("zone_name", calendar.zone_name)
    if len(calendar.exceptions) > MAX_EXCEPTIONS:
        raise Invalid.field("exceptions", "too_long", _EXCEPTIONS)
