"""The moments at which something is to be done about an issue, from its history alone. No I/O, no clock.

Each has an identity, so that handling it twice is handling it once. A breach and each level of its ladder happen once
for a promise. A warning names the moment that it warns of: when a pause has moved that, it is due again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.issues.policy import CLOSE_AFTER
from chalicelib.issues.rules import WORK
from chalicelib.service_levels import rules
from chalicelib.service_levels.history import History, Round, quiet_since, visit_at
from chalicelib.service_levels.models import Levels, Outcome, Pause, Policy, Told
from chalicelib.times import rfc3339

#: In this order when they fall on one moment.
MomentKind = Literal[
    "pause_end", "warn", "breach", "escalate", "delay", "unresolved", "appointment", "follow_up", "auto_close"
]
_ORDER = (
    "pause_end",
    "warn",
    "breach",
    "escalate",
    "delay",
    "unresolved",
    "appointment",
    "follow_up",
    "auto_close",
)
_PLACES = {kind: place for place, kind in enumerate(_ORDER)}
#: The goal that a moment names when it is about a step of the issue's SOP (`sops.moments`).
STEP = "step"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to be done at a moment. `id` is its identity within the issue.

    `detail` says more: the goal of a warning, breach or escalation, or `STEP`; the class of a delay; the reason of a
    pause; what an owner is asked again (to `confirm` a repair, to `answer`); how many minutes before a visit. `over`
    are breaches and escalations of what has been done since: they are to be recorded, but nobody needs to be told.
    """

    at: datetime
    kind: MomentKind
    detail: str
    id: str
    level: int = 0
    told: tuple[Told, ...] = ()
    over: bool = False


def due_moments(
    history: History,
    levels: Levels,
    outcomes: Iterable[Outcome] | None = None,
    also: Iterable[Moment] = (),
) -> list[Moment]:
    """All moments of an issue that its rows know of, in time order: those to come, and those that have been. Whoever
    has worked out the issue's outcomes gives them, and those of its SOP's steps are `also` among them."""
    known = rules.outcomes(history, levels, history.created_at) if outcomes is None else outcomes
    found = [moment for outcome in known for moment in _of_promise(history, outcome, levels)]
    last = history.rounds[-1]
    policy = rules.in_force(levels.policies, last.start).policy
    found += [*_of_pauses(last, policy, levels), *_of_owner(last, policy), *_of_visit(last, policy)]
    if last.status in WORK:
        at = max(history.created_at + policy.unresolved, last.start)
        found.append(Moment(at, "unresolved", "", f"{last.number}.unresolved"))
    return in_order([*found, *also])


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    """Moments in time order; those of one time in that of their kinds."""
    return sorted(moments, key=lambda moment: (moment.at, _PLACES[moment.kind], moment.id))


def _of_promise(history: History, outcome: Outcome, levels: Levels) -> Iterator[Moment]:
    due, span, policy, ended = outcome.due, outcome.span, outcome.policy, outcome.ended
    if due is None or span is None:
        return
    name, goal = f"{outcome.round}.{outcome.goal}.{outcome.turn}", outcome.goal
    if ended is None:
        early = rules.due_at(levels, span, outcome.start, outcome.pauses, None, policy.warn_percent)
        yield Moment(min(early, due), "warn", goal, f"{name}.warn.{rfc3339(due)}")
    if ended is not None and ended <= due:
        return
    over = ended is not None
    yield Moment(due, "breach", goal, f"{name}.breach", over=over)
    if goal == "resolve" and ended is None:
        yield from _of_delay(outcome.round, due, policy)
    stood = rules.pauses_of(history.rounds[outcome.round].until(ended), levels)
    for level, rung in enumerate(policy.classes[history.service_class].ladder, 1):
        at = rules.due_at(levels, rung.after, due, stood, ended)
        if ended is None or at < ended:
            yield Moment(at, "escalate", goal, f"{name}.escalate.{level}", level, rung.told, over)


def _of_delay(number: int, due: datetime, policy: Policy) -> Iterator[Moment]:
    """The moments at which what is late gets into a class of delay that has a plan."""
    since = timedelta()
    for longest, name in policy.delays:
        told = policy.plans.get(name, ())
        if told:
            yield Moment(due + since, "delay", name, f"{number}.delay.{name}", told=told)
        since = longest or since


def _of_pauses(one: Round, policy: Policy, levels: Levels) -> Iterator[Moment]:
    """The end of the pause that runs, and the question to an owner for whom we wait."""
    if one.status != "paused":
        return
    pause: Pause = rules.pauses_of(one, levels)[-1]
    start = rfc3339(pause.start)
    yield Moment(pause.until, "pause_end", pause.reason, f"{one.number}.pause_end.{start}")
    asks = pause.start + policy.ask_again
    if pause.reason == "waiting_owner" and asks < pause.until:
        yield Moment(asks, "follow_up", "answer", f"{one.number}.follow_up.answer.{start}")


def _of_owner(one: Round, policy: Policy) -> Iterator[Moment]:
    quiet = quiet_since(one)
    if quiet is None:
        return
    closes, since = quiet + CLOSE_AFTER, rfc3339(quiet)
    yield Moment(closes, "auto_close", "", f"{one.number}.auto_close.{since}")
    if policy.ask_again < CLOSE_AFTER:
        asks = quiet + policy.ask_again
        yield Moment(asks, "follow_up", "confirm", f"{one.number}.follow_up.confirm.{since}")


def _of_visit(one: Round, policy: Policy) -> Iterator[Moment]:
    """Reminders of an agreed visit, but for those whose time was over when it was agreed."""
    agreed = visit_at(one)
    if agreed is None:
        return
    visit, since = agreed
    for before in policy.reminders:
        minutes = before // timedelta(minutes=1)
        if visit - before > since:
            name = f"{one.number}.appointment.{rfc3339(visit)}.{minutes}"
            yield Moment(visit - before, "appointment", str(minutes), name)
