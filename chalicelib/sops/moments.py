"""When something is to be done about the steps of an issue's SOP. No I/O, no clock.

A step that is not done is warned of and is late as a service level is, under a name of its own: `<round>.step.<step>`.
One that was late when it was done, or when the work ended without it, is recorded as that, and told to nobody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.service_levels import rules as levels_rules
from chalicelib.service_levels.history import History
from chalicelib.service_levels.models import Levels, Pause, Policy, Span
from chalicelib.service_levels.moments import STEP, Moment
from chalicelib.sops.models import StepState
from chalicelib.times import rfc3339


def sop_moments(states: Sequence[StepState], history: History, levels: Levels) -> list[Moment]:
    """The moments of the steps that are still to be done, and of those that were late, as `service_levels.moments` has
    those of promises."""
    last = history.rounds[-1]
    if not states:
        return []
    stood = levels_rules.pauses_of(last, levels)
    policy = levels_rules.in_force(levels.policies, last.start).policy
    over = last.over
    return [
        moment
        for n, state in enumerate(states)
        for moment in _of_step(
            history, state, states[n - 1] if n else None, levels, stood, policy, over.at if over else None
        )
    ]


def _of_step(
    history: History,
    state: StepState,
    former: StepState | None,
    levels: Levels,
    stood: tuple[Pause, ...],
    policy: Policy,
    worked_until: datetime | None,
) -> Iterator[Moment]:
    step, due = state.step, state.due
    ended = state.done.at if state.done else worked_until
    if due is None or step.due is None or (ended is not None and ended <= due):
        return
    last, over = history.rounds[-1], ended is not None
    name = f"{last.number}.{STEP}.{step.id}"
    since = former.done.at if former and former.done and step.since == "former" else last.start
    if not over:
        early = levels_rules.due_at(levels, step.due, since, stood, None, policy.warn_percent)
        yield Moment(min(early, due), "warn", STEP, f"{name}.warn.{rfc3339(due)}")
    yield Moment(due, "breach", STEP, f"{name}.breach", over=over)
    ladder = policy.classes[history.service_class].ladder
    for level, rung in enumerate(ladder if step.promised else ladder[:1], 1):
        after: Span = rung.after
        at = levels_rules.due_at(levels, after, due, stood)
        if ended is None or at < ended:
            yield Moment(at, "escalate", STEP, f"{name}.escalate.{level}", level, rung.told, over)


def step_of(moment_id: str) -> str | None:
    """The step that a moment is about, by its identity; None for one of a promise, a pause or a visit."""
    parts = moment_id.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == STEP else None
