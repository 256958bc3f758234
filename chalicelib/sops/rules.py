"""How far an issue is with its SOP, and what is still missing. No I/O, no clock.

A reopened issue begins its list anew: what was done before did not hold.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from chalicelib.errors import N_, FieldError, Forbidden, IllegalTransition, Invalid
from chalicelib.issues.models import Entry, Issue, SopMark
from chalicelib.issues.rules import ASSIGNEE_ROLES, check_version
from chalicelib.service_levels import rules as levels_rules
from chalicelib.service_levels.history import Round
from chalicelib.service_levels.models import Levels, Pause
from chalicelib.sops.models import Sop, SopStep, StepState, Tick, TickStep

#: States in which steps are ticked: somebody has the issue, and it is not done.
TICKABLE = frozenset({"assigned", "in_progress", "paused"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_NOT_YOURS = N_("Only the person who has this issue, or a manager, takes this step.")
_UNKNOWN = N_("This step is not one of this issue's.")
_NEEDS_PHOTO = N_("This step asks for a photo.")
_NEEDS_MEASUREMENT = N_("This step asks for a measurement.")
_NEEDS_PROOF = N_("This category asks for a photo of the finished work.")
_NEEDS_STEPS = N_("Steps of the SOP that must be done first: %(limit)s.")


def ticks(timeline: Iterable[Entry]) -> dict[str, Tick]:
    """The steps that are done since the issue began, or began anew by a reopening that holds; by the step's id."""
    found: dict[str, Tick] = {}
    former: list[dict[str, Tick]] = []
    for row in timeline:
        if row.kind == "status" and row.to == "reopened":
            former.append(found)
            found = {}
        elif row.kind == "undone" and row.from_status == "reopened":
            found = former.pop()
        elif row.sop:
            found.pop(row.sop.id, None)
            if row.kind == "sop_done":
                found[row.sop.id] = _tick(row, row.sop)
    return found


def _tick(row: Entry, mark: SopMark) -> Tick:
    at = (row.taken_at or row.at).astimezone(UTC)
    return Tick(mark.id, at, row.actor, tuple(row.photo_ids), mark.measurement)


def progress(
    sop: Sop, begin: datetime, done: dict[str, Tick], levels: Levels, stood: Iterable[Pause] = ()
) -> tuple[StepState, ...]:
    """Where an issue that began at `begin` is with each step. Clocks stand still during the pauses `stood`."""
    pauses = tuple(stood)
    states: list[StepState] = []
    former: datetime | None = begin
    for number, step in enumerate(sop.steps, 1):
        tick = done.get(step.id)
        start = begin if step.since == "begin" else former
        states.append(StepState(step, number, _due(step, start, levels, pauses), tick))
        former = tick.at if tick else None
    return tuple(states)


def _due(step: SopStep, start: datetime | None, levels: Levels, stood: tuple[Pause, ...]) -> datetime | None:
    if step.due is None or start is None:
        return None
    return levels_rules.due_at(levels, step.due, start, stood)


def states_of(sop: Sop, one: Round, timeline: Iterable[Entry], levels: Levels) -> tuple[StepState, ...]:
    """Where an issue is with its steps in a round of its history."""
    stood = levels_rules.pauses_of(one, levels)
    return progress(sop, one.start, ticks(timeline), levels, stood)


def current(states: Iterable[StepState]) -> StepState | None:
    """The step that comes next: the first that is not done."""
    return next((state for state in states if state.done is None), None)


def is_id(text: str) -> bool:
    """Whether this can be a step's id: it goes along with forms and calls."""
    return bool(_ID.fullmatch(text))


def step_of(sop: Sop, step_id: str) -> tuple[int, SopStep]:
    """A step and its number from 1; raises Invalid when the SOP has none of this id."""
    for number, step in enumerate(sop.steps, 1):
        if step.id == step_id:
            return number, step
    raise Invalid.field("step_id", "unknown_step", _UNKNOWN)


def may_tick(issue: Issue, roles: frozenset[str], account_id: str) -> bool:
    """Whether this person ticks steps of the issue now: whoever has it, or a manager."""
    has_it = issue.assignee is not None and issue.assignee.id == account_id
    return bool(roles & ASSIGNEE_ROLES) and issue.status in TICKABLE and ("manager" in roles or has_it)


def check_tick(issue: Issue, sop: Sop, body: TickStep, roles: frozenset[str], account_id: str) -> None:
    """Raises Forbidden, VersionConflict, IllegalTransition or Invalid when this person may not tick this step so:
    in the order in which steps of an issue are judged (`issues.rules`)."""
    if not roles & ASSIGNEE_ROLES:
        raise Forbidden
    check_version(issue, body.version)
    if issue.status not in TICKABLE:
        raise IllegalTransition
    if not may_tick(issue, roles, account_id):
        raise Forbidden(_NOT_YOURS)
    _, step = step_of(sop, body.step_id)
    if body.done and step.photo and not body.photo_ids:
        raise Invalid.field("photo_ids", "photo_missing", _NEEDS_PHOTO)
    if body.done and step.measurement and not body.measurement:
        raise Invalid.field("measurement", "measurement_missing", _NEEDS_MEASUREMENT)


def check_resolved(sop: Sop, done: dict[str, Tick], photo_ids: list[str], locale: str = "zh-CN") -> None:
    """Raises Invalid when an issue can't be reported as fixed yet: a required step is not done, or there is no photo
    of the result where the SOP asks for one. The photo of the last step that asks for one is that, if it is there."""
    missing = [step.name.in_(locale) for step in sop.steps if step.required and step.id not in done]
    if missing:
        error = FieldError("sop", "sop_steps_missing", _NEEDS_STEPS, " · ".join(missing))
        raise Invalid(_NEEDS_STEPS % {"limit": " · ".join(missing)}, errors=(error,))
    shown = [step.id for step in sop.steps if step.photo][-1:]
    if sop.proof and not photo_ids and not any(done[name].photo_ids for name in shown if name in done):
        raise Invalid.field("photo_ids", "proof_missing", _NEEDS_PROOF)
