"""What became of each promise, from an issue's history alone: due when, met or missed, by how much. No I/O, no clock.

What has ended is judged by what was known when it ended: later rows, policies, calendars and holidays change nothing.
What is still to be done follows a new policy from the moment on from which that holds, and is never late by it earlier.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.issues.rules import WORK
from chalicelib.service_levels import calendars
from chalicelib.service_levels.history import Event, History, Round, pauses
from chalicelib.service_levels.models import (
    Goal,
    Levels,
    Outcome,
    Pause,
    PauseReason,
    Policy,
    PolicyVersion,
    Span,
    State,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something to be done from `start` on: when it was, or when it was no longer to be done."""

    goal: Goal
    turn: int
    start: datetime
    done: datetime | None = None
    void: datetime | None = None

    @property
    def ended(self) -> datetime | None:
        """When there was nothing left to do."""
        return self.done or self.void


def outcomes(history: History, levels: Levels, now: datetime) -> list[Outcome]:
    """All promises of an issue and how they stand at `now`, round by round."""
    found: list[Outcome] = []
    for one in history.rounds:
        following = history.rounds[one.number + 1 :]
        end = following[0].start if following else None
        found += [_outcome(history, one, promise, levels, now) for promise in _promises(one, end)]
    return found


def promised(history: History, levels: Levels, now: datetime) -> Outcome:
    """The promise that an owner is shown: until when the issue is resolved, as it came or came back last."""
    last = [one for one in outcomes(history, levels, now) if one.goal == "resolve"]
    return last[-1]


def _promises(one: Round, end: datetime | None) -> Iterator[Promise]:
    """What a round promises; the owner's cancelling, or going on elsewhere, ends it without its being kept."""
    over = one.over
    void = over.at if over else end
    if one.by_owner:
        answer = next((step for step in one.steps if step.by_staff), None)
        yield _promise("acknowledge", one, answer, void)
    yield _promise("on_site", one, one.first("in_progress", "resolved"), void)
    yield from _updates(one, end)
    yield _promise("resolve", one, one.first("resolved"), void)


def _promise(goal: Goal, one: Round, done: Event | None, void: datetime | None) -> Promise:
    return Promise(goal, 0, one.start, done.at if done else None, None if done else void)


def _updates(one: Round, end: datetime | None) -> Iterator[Promise]:
    """From one sign of life that the owner gets to the next, as long as there is work. Before the first of them the
    acknowledgement is what they wait for."""
    start: datetime | None = None
    turn, working = 0, True
    for event in one.events:
        working = event.to in WORK if event.to else working
        if start is not None and (event.by_staff or not working):
            told = event.told_at
            yield Promise("next_update", turn, start, *((told, None) if event.by_staff else (None, told)))
            start, turn = None, turn + 1
        if event.by_staff and working:
            start = event.told_at
    if start is not None:
        yield Promise("next_update", turn, start, None, end)


def _outcome(history: History, one: Round, promise: Promise, levels: Levels, now: datetime) -> Outcome:
    stood = pauses_of(one.until(promise.ended), levels)
    due, span, policy = _due(history, promise, levels, stood)
    state = _state(promise, due, now)
    margin = None
    if due is not None and span is not None and state != "not_applicable":
        margin = _margin(levels, span, promise.ended or now, due, stood, promise.ended)
    contained = [p for p in stood if due is not None and p.until > promise.start and p.start < due]
    return Outcome(
        promise.goal, one.number, promise.turn, promise.start, state, due, promise.ended, margin,
        tuple(contained), span, policy,
    )  # fmt: skip


def pauses_of(one: Round, levels: Levels) -> tuple[Pause, ...]:
    """The pauses of a round, each with the maximum of the policy under which it began."""

    def longest(reason: PauseReason, at: datetime) -> timedelta:
        return in_force(levels.policies, at).policy.pauses[reason]

    return pauses(one, longest)


def in_force(versions: Sequence[PolicyVersion], at: datetime) -> PolicyVersion:
    """The version that holds at a moment."""
    for one in reversed(versions):
        if one.valid_from <= at:
            return one
    return versions[0]


Judged = tuple[datetime | None, Span | None, Policy]


def _due(history: History, promise: Promise, levels: Levels, stood: Sequence[Pause]) -> Judged:
    """When a promise is due, its length, and the policy that says so: the one under which it began, and each that came
    into force before it was due; by that one it is due at once at the earliest."""
    ended = promise.ended
    known = [one for n, one in enumerate(levels.policies) if n == 0 or ended is None or one.made_at <= ended]
    first = in_force(known, promise.start)
    found = _reach(history, promise, levels, stood, first.policy)
    for version in known:
        if version is first or version.valid_from <= promise.start:
            continue
        if found[0] is not None and version.valid_from > found[0]:
            break
        due, span, policy = _reach(history, promise, levels, stood, version.policy)
        found = (max(due, version.valid_from) if due else None, span, policy)
    return found


def _reach(
    history: History, promise: Promise, levels: Levels, stood: Sequence[Pause], policy: Policy
) -> Judged:
    span = policy.goal(history.service_class, history.category_id, promise.goal)
    if span is None:
        return None, None, policy
    return due_at(levels, span, promise.start, stood, promise.ended), span, policy


def due_at(
    levels: Levels,
    span: Span,
    start: datetime,
    stood: Sequence[Pause] = (),
    known: datetime | None = None,
    percent: int = 100,
) -> datetime:
    """When a span that began at `start` is over, on its clock and less the pauses; or a part of it.

    Works for anything that begins at a moment: steps of an SOP, the clocks of a complaint, an escalation. A clock that
    always runs and never stood still, as most do, needs no calendar."""
    if span.clock == "always" and not stood:
        return start.astimezone(UTC) + span.wall * percent // 100
    calendar = calendars.in_force(levels.calendars, start, known).calendar
    length = span.on(calendar) * percent // 100
    return calendars.after(_runs(levels, span, start, stood, known), start, length)


def _runs(
    levels: Levels, span: Span, start: datetime, stood: Sequence[Pause], known: datetime | None
) -> Iterator[calendars.Stretch]:
    stops = [(pause.start, pause.until) for pause in stood]
    return calendars.running(levels.calendars, span.clock, start, stops, known)


def _state(promise: Promise, due: datetime | None, now: datetime) -> State:
    if due is None:
        return "not_applicable"
    if promise.ended is None:
        return "missed" if now > due else "pending"
    if promise.ended > due:
        return "missed"
    return "met" if promise.done else "not_applicable"


def _margin(
    levels: Levels, span: Span, at: datetime, due: datetime, stood: Sequence[Pause], known: datetime | None
) -> timedelta:
    """What was left of the clock's time, or by how much of it a promise was missed: pauses no longer help then."""
    if span.clock == "always" and (at > due or not stood):
        return due - at
    if at <= due:
        return calendars.between(_runs(levels, span, at, stood, known), due)
    return -calendars.between(_runs(levels, span, due, (), known), at)


def delay_class(outcome: Outcome, now: datetime) -> str | None:
    """The policy's word for how late it is or was, in days that an owner counts (all of them); None when it is not."""
    if outcome.state != "missed" or outcome.due is None:
        return None
    return delay_of(outcome.policy, (outcome.ended or now) - outcome.due)


def delay_of(policy: Policy, late: timedelta) -> str:
    """The policy's word for a delay."""
    ended = (name for longest, name in policy.delays if longest is None or late <= longest)
    return next(ended, policy.delays[-1][1])
