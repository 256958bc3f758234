"""A policy as the desk's form has it, and back. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Literal, get_args

from chalicelib.errors import N_, Invalid
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import spans
from chalicelib.managing.policy import MAX_RUNGS
from chalicelib.service_levels.models import (
    ComplaintGoal,
    ComplaintPolicy,
    Goal,
    PauseReason,
    Policy,
    QuietHours,
    Rung,
    ServiceClass,
    Span,
    Told,
)

Form = Mapping[str, str]
GOALS: tuple[Goal, ...] = get_args(Goal)
TOLD: tuple[Told, ...] = get_args(Told)
PAUSES: tuple[PauseReason, ...] = get_args(PauseReason)
COMPLAINT_GOALS: tuple[ComplaintGoal, ...] = get_args(ComplaintGoal)
#: Units of a category's goal besides those of a span: the class's own goal, and none at all.
AS_CLASS, NONE = "", "none"
_TIME = N_("Give a time of day, such as 22:00.")
_TELLS = N_("Say after how long, and who is told.")
_LENGTHS: tuple[Literal["unresolved", "ask_again"], ...] = ("unresolved", "ask_again")


def fields(policy: Policy) -> dict[str, str]:
    """The form's fields for a policy."""
    found: dict[str, str] = {}
    for name, one in policy.classes.items():
        for goal in GOALS:
            _put(found, f"{name}_{goal}", spans.typed(one.goals.get(goal)))
        for n, rung in enumerate(one.ladder, 1):
            _put(found, f"{name}_rung{n}", spans.typed(rung.after))
            found |= {f"{name}_rung{n}_{told}": "1" for told in rung.told}
    for category_id, goals in policy.categories.items():
        for goal, span in goals.items():
            _put(found, f"{category_id}_{goal}", spans.typed(span, NONE))
    for reason, length in policy.pauses.items():
        _put(found, f"pause_{reason}", spans.typed_length(length))
    for length_name in _LENGTHS:
        _put(found, length_name, spans.typed_length(getattr(policy, length_name)))
    for delay, plan in policy.plans.items():
        found |= {f"plan_{delay}_{told}": "1" for told in plan}
    _put(found, "digest", spans.typed_length(policy.quiet.digest))
    found |= _of_complaints(policy.complaints)
    quiet = {"quiet_start": f"{policy.quiet.start:%H:%M}", "quiet_end": f"{policy.quiet.end:%H:%M}"}
    return {**found, **quiet, "warn_percent": str(policy.warn_percent)}


def _of_complaints(by: ComplaintPolicy) -> dict[str, str]:
    found = {"call_back_percent": str(by.call_back_percent), "hard_departments": str(by.hard_departments)}
    for goal, span in by.goals.items():
        _put(found, f"complaint_{goal}", spans.typed(span))
    _put(found, "hard_after", spans.typed_length(by.hard_after))
    return found


def _put(found: dict[str, str], name: str, typed: spans.Typed) -> None:
    found |= {f"{name}_n": typed.amount, f"{name}_u": typed.unit}


def read(form: Form, before: Policy) -> Policy:
    """The policy that was typed; what the form does not show stays as `before`. Raises Invalid for a field."""
    digest = spans.read_length("digest", form.get("digest_n", ""), form.get("digest_u", ""))
    return replace(
        before,
        classes={name: _class(form, name) for name in before.classes},
        categories={name: goals for name in CATEGORIES if (goals := _category(form, name))},
        pauses={
            reason: spans.read_length(f"pause_{reason}", *_typed(form, f"pause_{reason}"))
            for reason in PAUSES
        },
        warn_percent=spans.number("warn_percent", form.get("warn_percent", "")),
        unresolved=spans.read_length("unresolved", *_typed(form, "unresolved")),
        ask_again=spans.read_length("ask_again", *_typed(form, "ask_again")),
        quiet=QuietHours(_time(form, "quiet_start"), _time(form, "quiet_end"), digest),
        plans={name: plan for _, name in before.delays if (plan := _told(form, f"plan_{name}"))},
        complaints=_complaints(form),
    )


def _complaints(form: Form) -> ComplaintPolicy:
    """What the form says about complaints; a goal that was left empty is missing, for `level_rules` to say so."""
    read = {
        goal: spans.read(f"complaint_{goal}", *_typed(form, f"complaint_{goal}")) for goal in COMPLAINT_GOALS
    }
    return ComplaintPolicy(
        goals={goal: span for goal, span in read.items() if span is not None},
        call_back_percent=spans.number("call_back_percent", form.get("call_back_percent", "")),
        hard_after=spans.read_length("hard_after", *_typed(form, "hard_after")),
        hard_departments=spans.number("hard_departments", form.get("hard_departments", "")),
    )


def _told(form: Form, name: str) -> tuple[Told, ...]:
    return tuple(one for one in TOLD if form.get(f"{name}_{one}"))


def _typed(form: Form, name: str) -> tuple[str, str]:
    return form.get(f"{name}_n", ""), form.get(f"{name}_u", "")


def _class(form: Form, name: str) -> ServiceClass:
    goals: dict[Goal, Span] = {}
    for goal in GOALS:
        span = spans.read(f"{name}_{goal}", *_typed(form, f"{name}_{goal}"))
        if span is not None:
            goals[goal] = span
    rungs = [_rung(form, f"{name}_rung{n}") for n in range(1, MAX_RUNGS + 1)]
    return ServiceClass(goals, tuple(rung for rung in rungs if rung is not None))


def _rung(form: Form, name: str) -> Rung | None:
    after = spans.read(name, *_typed(form, name))
    told = _told(form, name)
    if after is None and not told:
        return None
    if after is None or not told:
        raise Invalid.field(name, "missing", _TELLS)
    return Rung(after, told)


def _category(form: Form, category_id: str) -> dict[Goal, Span | None]:
    """The goals that a category has of its own."""
    found: dict[Goal, Span | None] = {}
    for goal in GOALS:
        name = f"{category_id}_{goal}"
        amount, unit = _typed(form, name)
        if unit == NONE:
            found[goal] = None
        elif unit != AS_CLASS or amount.strip():
            span = spans.read(name, amount or "?", unit)
            assert span is not None, "a number was asked for"
            found[goal] = span
    return found


def _time(form: Form, name: str) -> time:
    try:
        return time.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise Invalid.field(name, "not_a_time", _TIME) from error
