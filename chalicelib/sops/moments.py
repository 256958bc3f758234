"""When something is to be done about the steps of an issue's SOP. No I/O, no clock.

A step that is not done is warned of and is late as a service level is, under a name of its own: `<round>.step.<step>`.
"""

from collections.abc import Iterator, Sequence

from chalicelib.issues.rules import WORK
from chalicelib.service_levels import rules as levels_rules
from chalicelib.service_levels.history import History
from chalicelib.service_levels.models import Levels, Pause, Policy, Span
from chalicelib.service_levels.moments import STEP, Moment
from chalicelib.sops.models import StepState
from chalicelib.times import rfc3339


def sop_moments(states: Sequence[StepState], history: History, levels: Levels) -> list[Moment]:
    """The moments of the steps that are still to be done, as `service_levels.moments` has those of promises."""
    last = history.rounds[-1]
    if not states or last.status not in WORK:
        return []
    stood = levels_rules.pauses_of(last, levels)
    policy = levels_rules.in_force(levels.policies, last.start).policy
    return [
        moment
        for n, state in enumerate(states)
        for moment in _of_step(history, state, states[n - 1] if n else None, levels, stood, policy)
    ]


def _of_step(
    history: History,
    state: StepState,
    former: StepState | None,
    levels: Levels,
    stood: tuple[Pause, ...],
    policy: Policy,
) -> Iterator[Moment]:
    step, due = state.step, state.due
    if state.done or due is None or step.due is None:
        return
    last = history.rounds[-1]
    name = f"{last.number}.{STEP}.{step.id}"
    since = former.done.at if former and former.done and step.since == "former" else last.start
    early = levels_rules.due_at(levels, step.due, since, stood, None, policy.warn_percent)
    yield Moment(min(early, due), "warn", STEP, f"{name}.warn.{rfc3339(due)}")
    yield Moment(due, "breach", STEP, f"{name}.breach")
    ladder = policy.classes[history.service_class].ladder
    for level, rung in enumerate(ladder if step.promised else ladder[:1], 1):
        after: Span = rung.after
        at = levels_rules.due_at(levels, after, due, stood)
        yield Moment(at, "escalate", STEP, f"{name}.escalate.{level}", level, rung.told)


def step_of(moment_id: str) -> str | None:
    """The step that a moment is about, by its identity; None for one of a promise, a pause or a visit."""
    parts = moment_id.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == STEP else None
