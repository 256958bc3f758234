"""What a policy must be like to be kept. Pure; each function raises Invalid, naming the field."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise

from chalicelib.errors import N_, FieldError, Invalid
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing.policy import (
    CALL_BACKS,
    HARD_DEPARTMENTS,
    MAX_DELAY_NAME,
    MAX_DELAYS,
    MAX_DIGEST,
    MAX_GOAL,
    MAX_PAUSE,
    MAX_REMINDERS,
    MAX_RUNGS,
    MIN_LENGTH,
    WARN_PERCENT,
)
from chalicelib.service_levels.models import ComplaintPolicy, Goal, Policy, ServiceClass, Span, Told
from chalicelib.service_levels.policy import DEFAULT_POLICY

_ZERO = timedelta()
_NAME = re.compile(rf"[\w-]{{1,{MAX_DELAY_NAME}}}")
#: What comes before the repair, or with it.
_BEFORE: tuple[Goal, ...] = ("acknowledge", "on_site")
_CLASSES = N_("There are three classes: L1, L2 and L3.")
_LENGTH = N_("Give a time between a minute and a year.")
_RESOLVE = N_("%(limit)s: how long until it is fixed is missing.")
_RESOLVE_KIND = N_("A kind that differs from its class needs a time until it is fixed, too.")
_RUNGS = N_("The ladder has one to four levels, each later than the one before, and each tells somebody.")
_CATEGORY = N_("There is no such category.")
_PAUSE = N_("Give a time between a minute and three months for each reason.")
_WARN = N_("Give a share between 1 and 99 percent.")
_DAYS = N_("Give a time of at least a minute, and of at most a year.")
_PLANS = N_("A plan is for one of the classes of delay.")
_COMPLAINT = N_("Every step of a complaint has a time.")
_CALL_BACKS = N_("Give a share between 0 and 100 percent.")
_HARD = N_("Give a number of departments between 2 and 5.")
_DELAYS = N_("Each class of delay is longer than the one before, and the last has no end.")
_DELAY_NAMES = N_("Give each class of delay a name of its own: at most 20 letters or digits.")
_MANY_DELAYS = N_("There are at most eight classes of delay.")
_TOLD_ONCE = N_("Name each of those who are told once.")
_LATER = N_("This is later than the repair. Promise it for then, or sooner.")
_LATEST = N_("This is later than the very latest reply.")
_WALL = N_("Give a time of day, such as 22:00.")
_DIGEST = N_("Give at most twelve hours.")
_REMINDERS = N_("At most four reminders, each at another time before the visit.")
_QUIET = N_("The quiet hours end at another time than they begin.")


def check_policy(policy: Policy) -> None:
    """Raises Invalid for the first thing that can't be promised."""
    if set(policy.classes) != set(DEFAULT_POLICY.classes):
        raise Invalid.field("classes", "wrong_classes", _CLASSES)
    for name, one in policy.classes.items():
        _check_class(name, one)
    for category_id, goals in policy.categories.items():
        _check_category(category_id, goals)
        _check_order(category_id, policy)
    _check_times(policy)
    _check_delays(policy)
    _check_complaints(policy.complaints)


def _check_class(name: str, one: ServiceClass) -> None:
    for goal, span in one.goals.items():
        _check_span(f"{name}_{goal}", span)
    if "resolve" not in one.goals:
        raise Invalid(errors=(FieldError(f"{name}_resolve", "missing", _RESOLVE, name),))
    for goal in _BEFORE:
        if goal in one.goals and _surely_longer(one.goals[goal], one.goals["resolve"]):
            raise Invalid.field(f"{name}_{goal}", "after_resolve", _LATER)
    after = [rung.after.wall for rung in one.ladder]
    rising = _rises(after) and (not after or after[-1] <= MAX_GOAL)
    if not 1 <= len(after) <= MAX_RUNGS or not rising or not all(rung.told for rung in one.ladder):
        raise Invalid.field(f"{name}_ladder", "wrong_ladder", _RUNGS)
    _check_told(f"{name}_ladder", (rung.told for rung in one.ladder))


def _rises(lengths: list[timedelta]) -> bool:
    return all(a < b for a, b in pairwise(lengths))


def _check_told(field: str, told: Iterable[tuple[Told, ...]]) -> None:
    if any(len(set(one)) < len(one) for one in told):
        raise Invalid.field(field, "twice", _TOLD_ONCE)


def _check_category(category_id: str, goals: Mapping[Goal, Span | None]) -> None:
    if category_id not in CATEGORIES:
        raise Invalid.field("categories", "unknown_category", _CATEGORY)
    for goal, span in goals.items():
        if span is not None:
            _check_span(f"{category_id}_{goal}", span)
        elif goal == "resolve":
            raise Invalid.field(f"{category_id}_resolve", "missing", _RESOLVE_KIND)


def _check_order(category_id: str, policy: Policy) -> None:
    """What a category has of its own, together with what it has of its class."""
    own, service_class = policy.categories[category_id], CATEGORIES[category_id].sla_class
    resolve = policy.goal(service_class, category_id, "resolve")
    for goal in _BEFORE:
        span = policy.goal(service_class, category_id, goal)
        if own and span and resolve and _surely_longer(span, resolve):
            raise Invalid.field(
                f"{category_id}_{goal if goal in own else 'resolve'}", "after_resolve", _LATER
            )


def _surely_longer(one: Span, other: Span) -> bool:
    """Whether a time is longer than another by any calendar: how long a day of work is, is the calendar's matter."""
    if one.clock == other.clock == "working":
        more, rest = one.days - other.days, _hours(one) - _hours(other)
        return more >= 0 and rest >= _ZERO and (more > 0 or rest > _ZERO)
    if other.clock == "working":
        return False
    return (one.wall if one.clock == "always" else _hours(one)) > other.wall


def _hours(span: Span) -> timedelta:
    return timedelta(hours=span.hours, minutes=span.minutes)


def _check_span(field: str, span: Span) -> None:
    if not MIN_LENGTH <= span.wall <= MAX_GOAL:
        raise Invalid.field(field, "out_of_range", _LENGTH)


def _check_times(policy: Policy) -> None:
    pauses = policy.pauses
    if set(pauses) != set(DEFAULT_POLICY.pauses) or not all(
        MIN_LENGTH <= longest <= MAX_PAUSE for longest in pauses.values()
    ):
        raise Invalid.field("pauses", "out_of_range", _PAUSE)
    if policy.warn_percent not in WARN_PERCENT:
        raise Invalid.field("warn_percent", "out_of_range", _WARN)
    for field in ("unresolved", "ask_again"):
        if not MIN_LENGTH <= getattr(policy, field) <= MAX_GOAL:
            raise Invalid.field(field, "out_of_range", _DAYS)
    if policy.quiet.start.tzinfo or policy.quiet.end.tzinfo:
        raise Invalid.field("quiet_start", "not_a_time", _WALL)
    if policy.quiet.start == policy.quiet.end:
        raise Invalid.field("quiet_end", "same_time", _QUIET)
    if not _ZERO <= policy.quiet.digest <= MAX_DIGEST:
        raise Invalid.field("digest", "out_of_range", _DIGEST)
    _check_reminders(policy.reminders)


def _check_reminders(reminders: tuple[timedelta, ...]) -> None:
    """Each has its minute: that is what tells one from another once it was sent."""
    minutes = {one // MIN_LENGTH for one in reminders}
    fit = all(MIN_LENGTH <= one <= MAX_GOAL for one in reminders)
    if len(reminders) > MAX_REMINDERS or len(minutes) < len(reminders) or not fit:
        raise Invalid.field("reminders", "out_of_range", _REMINDERS)


def _check_complaints(by: ComplaintPolicy) -> None:
    for goal in DEFAULT_POLICY.complaints.goals:
        if goal not in by.goals:
            raise Invalid.field(f"complaint_{goal}", "missing", _COMPLAINT)
        _check_span(f"complaint_{goal}", by.goals[goal])
    if _surely_longer(by.goals["reply"], by.goals["reply_latest"]):
        raise Invalid.field("complaint_reply", "after_latest", _LATEST)
    if by.call_back_percent not in CALL_BACKS:
        raise Invalid.field("call_back_percent", "out_of_range", _CALL_BACKS)
    if not MIN_LENGTH <= by.hard_after <= MAX_GOAL:
        raise Invalid.field("hard_after", "out_of_range", _DAYS)
    if by.hard_departments not in HARD_DEPARTMENTS:
        raise Invalid.field("hard_departments", "out_of_range", _HARD)


def _check_delays(policy: Policy) -> None:
    if len(policy.delays) > MAX_DELAYS:
        raise Invalid.field("delays", "too_long", _MANY_DELAYS)
    ends, names = [end for end, _ in policy.delays], [name for _, name in policy.delays]
    known = [end for end in ends[:-1] if end is not None]
    measured = all(MIN_LENGTH <= end <= MAX_GOAL for end in known) and _rises(known)
    if not ends or ends[-1] is not None or len(known) < len(ends) - 1 or not measured:
        raise Invalid.field("delays", "wrong_delays", _DELAYS)
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise Invalid.field("delays", "wrong_name", _DELAY_NAMES)
    if not set(policy.plans) <= set(names):
        raise Invalid.field("plans", "unknown_delay", _PLANS)
    _check_told("plans", policy.plans.values())
