"""Who is told what when a moment of an issue has come.

Staff of an urgent (L1) issue are told at any hour (`urgent`); for everybody else the channels wait for the morning,
while the message stands in the inbox at once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.due.plan import Terms
from chalicelib.inbox.models import DESK, Event, Notice
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.issues.notices import notice, owners_of, sealed_name, staff_of
from chalicelib.issues.policy import category_of
from chalicelib.portal import Portal
from chalicelib.service_levels import rules
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import Told
from chalicelib.service_levels.moments import STEP, Moment
from chalicelib.sops.models import StepState
from chalicelib.sops.moments import step_of
from chalicelib.sops.rules import states_of

_URGENT = "L1"


def of(portal: Portal, file: IssueFile, moment: Moment, terms: Terms, now: datetime) -> list[Notice]:
    """The notices of a moment; none of a breach, whose level 1 tells of it."""
    say = _Say(portal, file, moment, terms, now)
    return _BY_KIND[moment.kind](say) if moment.kind in _BY_KIND else []


class _Say:
    """Makes the notices of one moment."""

    def __init__(self, portal: Portal, file: IssueFile, moment: Moment, terms: Terms, now: datetime) -> None:
        self.file, self.issue, self.moment, self.now = file, file.issue, moment, now
        self._portal = portal
        self._terms = terms
        self.step = _step(file, moment, terms)
        guides = self.step is not None and not self.step.step.promised  # such a step wakes nobody
        self.urgent = category_of(file.issue.category_id).sla_class == _URGENT and not guides

    def owners(self, event: Event, **more: Any) -> Notice:
        """A notice for those who follow as owners; by day."""
        return self._notice(event, urgent=False, owners=owners_of(self.file, ""), **more)

    def staff(self, event: Event, told: tuple[Told, ...], *, by_day: bool = False, **more: Any) -> Notice:
        """A notice for those of the staff who are named as on a ladder."""
        given = {"staff": _staff(self.issue, told), "roles": _roles(self.issue, told)}
        return self._notice(event, urgent=self.urgent and not by_day, **given, **more)

    def _notice(self, event: Event, *, urgent: bool, **fields: Any) -> Notice:
        return notice(
            self.issue,
            event,
            urgent=urgent,
            step=self.step.step.name.both() if self.step else None,
            who=sealed_name(self._portal.keys, self.issue.assignee),
            visit_at=self.issue.visit_at if event == "visit_soon" else None,
            **fields,
        )

    def due_of(self, goal: str) -> datetime | None:
        """When the running promise of a goal, or the step, is due; None when there is none."""
        if self.step:
            return self.step.due
        found = rules.outcomes(history_of(self.file), self._terms.levels, self.now)
        return next((one.due for one in reversed(found) if one.goal == goal and one.ended is None), None)


def _step(file: IssueFile, moment: Moment, terms: Terms) -> StepState | None:
    """How the step stands that a moment is about."""
    named = step_of(moment.id)
    if named is None:
        return None
    states = states_of(terms.sop, history_of(file).rounds[-1], file.timeline, terms.levels)
    return next((state for state in states if state.step.id == named), None)


def _staff(issue: Issue, told: tuple[Told, ...]) -> tuple[str, ...]:
    return staff_of(issue, "") if "assignee" in told else ()


def _roles(issue: Issue, told: tuple[Told, ...]) -> tuple[str, ...]:
    """The roles to tell; where nobody has the issue, the front desk stands for who would have it."""
    named = tuple(role for role in dict.fromkeys(told) if role != "assignee")
    return named or (() if issue.assignee else (DESK,))


def _warn(say: _Say) -> list[Notice]:
    """Whoever has it is told while there is time; and of the repair the owner, before the promise is missed."""
    goal = say.moment.detail
    due = say.due_of(goal)
    found = [say.staff("due_soon", ("assignee",), goal=goal, due_at=due)]
    if goal == STEP and say.step and say.step.step.promised:
        found.append(say.owners("step_late", goal=goal, due_at=due))
    if goal == "resolve":
        event: Event = "running_late" if say.issue.assignee else "running_late_unassigned"
        word = say.due_of("next_update")
        found.append(say.owners(event, due_at=due, until=word if word and word > say.now else None))
    return found


def _escalate(say: _Say) -> list[Notice]:
    moment = say.moment
    return [
        say.staff(
            "escalated",
            (*moment.told, *_passed_on(say.file, moment)),
            goal=moment.detail,
            level=moment.level,
            due_at=say.due_of(moment.detail),
        )
    ]


def _passed_on(file: IssueFile, moment: Moment) -> list[Told]:
    """Whom lower levels of the same promise have left to this one to tell."""
    stem = moment.id.rpartition(".")[0]
    below = (file.done.get(f"{stem}.{level}", {}) for level in range(1, moment.level))
    return [role for row in below for role in row.get("passed_on", ())]


def _delay(say: _Say) -> list[Notice]:
    """What is late for days wakes nobody: it is planned by day. Its owner hears who sees to it, and when they hear."""
    due, word = say.due_of("resolve"), say.due_of("next_update")
    return [
        say.staff("delayed", say.moment.told, by_day=True, goal=say.moment.detail, due_at=due),
        say.owners("still_late", until=word if word and word > say.now else None),
    ]


def _unresolved(say: _Say) -> list[Notice]:
    return [say.staff("unresolved", ("manager",))]


def _pause_end(say: _Say) -> list[Notice]:
    events: dict[str, Event] = {
        "waiting_owner": "pause_over_waiting_owner",
        "waiting_parts": "pause_over_waiting_parts",
        "appointment": "pause_over_appointment",
    }
    return [say.owners(events[say.moment.detail]), say.staff("pause_over", ("assignee",))]


def _follow_up(say: _Say) -> list[Notice]:
    return [say.owners("ask_confirm" if say.moment.detail == "confirm" else "ask_answer")]


def _appointment(say: _Say) -> list[Notice]:
    return [say.owners("visit_soon"), say.staff("visit_soon", ("assignee",))]


def _auto_close(say: _Say) -> list[Notice]:
    return [say.owners("auto_closed")]


_BY_KIND: dict[str, Callable[[_Say], list[Notice]]] = {
    "warn": _warn,
    "escalate": _escalate,
    "delay": _delay,
    "unresolved": _unresolved,
    "pause_end": _pause_end,
    "follow_up": _follow_up,
    "appointment": _appointment,
    "auto_close": _auto_close,
}
