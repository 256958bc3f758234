"""An issue's SOP as owners and staff see it."""

from datetime import datetime
from typing import Any

from chalicelib.issues.models import IssueFile
from chalicelib.kept import made
from chalicelib.portal import Portal
from chalicelib.sops import standing
from chalicelib.sops.models import (
    DeskSopStepView,
    DeskSopView,
    Sop,
    SopStepView,
    SopView,
    StepState,
)
from chalicelib.sops.rules import current
from chalicelib.times import moment, rfc3339


def for_owners(portal: Portal, file: IssueFile, locale: str, now: datetime) -> SopView | None:
    """The steps by name, until when each is due, and when it was done; None where there are none."""
    version, states = standing.states_of(portal, file)
    if not states:
        return None
    steps = [made(SopStepView, **_fields(state, locale, now)) for state in states]
    return made(SopView, version=version.number, current=_current(states), steps=steps)


def for_staff(portal: Portal, file: IssueFile, locale: str, now: datetime) -> DeskSopView | None:
    """The same with what each step takes, and what was noted; None where there is nothing to heed."""
    version, states = standing.states_of(portal, file)
    if not states and not version.body.proof:
        return None
    steps = [desk_step(state, locale, now) for state in states]
    return made(
        DeskSopView,
        version=version.number,
        current=_current(states),
        steps=steps,
        proof=version.body.proof,
    )


def desk_step(state: StepState, locale: str, now: datetime) -> DeskSopStepView:
    """One step as staff see it."""
    return made(DeskSopStepView, **_fields(state, locale, now), **_more(state, locale))


def _current(states: tuple[StepState, ...]) -> int | None:
    ahead = current(states)
    return ahead.number if ahead else None


def _fields(state: StepState, locale: str, now: datetime) -> dict[str, Any]:
    return {
        "id": state.step.id,
        "number": state.number,
        "name": state.step.name.in_(locale),
        "due_at": rfc3339(state.due) if state.due else None,
        "late": state.is_late(now),
        "done_at": rfc3339(state.done.at) if state.done else None,
    }


def _more(state: StepState, locale: str) -> dict[str, Any]:
    step, done = state.step, state.done
    return {
        "criterion": step.criterion.in_(locale),
        "photo": step.photo,
        "measurement": step.measurement,
        "required": step.required,
        "promised": step.promised,
        "done_by": done.actor.name if done else None,
        "measured": done.measurement or None if done else None,
        "photos": list(done.photo_ids) if done else [],
    }


def on_page(view: SopView | None) -> dict[str, Any] | None:
    """A view as templates take it: moments instead of texts."""
    if view is None:
        return None
    steps = [{**step.model_dump(), **_moments(step)} for step in view.steps]
    return {**view.model_dump(exclude={"steps"}), "steps": steps}


def _moments(step: SopStepView) -> dict[str, datetime | None]:
    return {
        "due_at": moment(step.due_at) if step.due_at else None,
        "done_at": moment(step.done_at) if step.done_at else None,
    }


def in_a_list(sop: Sop, ticked: list[str], locale: str) -> list[dict[str, Any]]:
    """The steps as a job's card shows them."""
    ahead = next((step.id for step in sop.steps if step.id not in ticked), None)
    return [
        {
            "id": step.id,
            "number": number,
            "name": step.name.in_(locale),
            "done": step.id in ticked,
            "next": step.id == ahead,
            "plain": not step.photo and not step.measurement,
        }
        for number, step in enumerate(sop.steps, 1)
    ]
