"""An issue's timeline as the deadlines' rules read it: steps that hold, in rounds, each with its pauses. Pure.

Steps that were taken back never were. Steps count from when they were really taken (`taken_at`); what an owner waits
for (the next update) counts from when they could know of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.issues.models import Entry, IssueFile, Status
from chalicelib.issues.policy import category_of
from chalicelib.issues.rules import WORK
from chalicelib.service_levels.models import Pause, PauseReason

_STAFF = frozenset({"front_line", "senior", "technician", "designer", "manager", "expert"})
_STEPS = frozenset({"status", "assigned"})
#: By which owners hear that something goes on, besides those.
_SIGNS = frozenset({"message", "sop_done"})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an issue: a step when `to` names a state, a message, or else news of a step that was
    taken back."""

    at: datetime
    told_at: datetime
    by_staff: bool
    to: Status | None = None
    reason: PauseReason | None = None
    visit_at: datetime | None = None
    message: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """From the report, or a reopening, to the next reopening."""

    number: int
    start: datetime
    #: Whether the owner began it: staff who reopen an issue know of it.
    by_owner: bool
    events: list[Event] = field(default_factory=list)

    @property
    def steps(self) -> list[Event]:
        """What moved the issue on."""
        return [event for event in self.events if event.to]

    @property
    def status(self) -> Status:
        """In which state the issue is at the end of it."""
        steps = self.steps
        first: Status = "reopened" if self.number else "submitted"
        return steps[-1].to or first if steps else first

    @property
    def over(self) -> Event | None:
        """The step after which nothing is left to do in it; None while there is work."""
        return self.first("cancelled", "rejected", "merged", "resolved", "closed")

    def until(self, end: datetime | None) -> "Round":
        """The round as it was known at `end`."""
        if end is None:
            return self
        return Round(self.number, self.start, self.by_owner, [e for e in self.events if e.at <= end])

    def first(self, *states: Status) -> Event | None:
        """The first step to one of these states."""
        return next((event for event in self.events if event.to in states), None)


@dataclass(frozen=True, slots=True)
class History:
    """One issue, as far as deadlines are concerned."""

    issue_id: str
    category_id: str
    service_class: str
    created_at: datetime
    rounds: tuple[Round, ...]


def history_of(file: IssueFile) -> History:
    """The history that an issue's rows tell."""
    issue = file.issue
    return History(
        issue.id,
        issue.category_id,
        category_of(issue.category_id).sla_class,
        issue.created_at.astimezone(UTC),
        rounds(issue.created_at, file.timeline),
    )


def rounds(created_at: datetime, timeline: Iterable[Entry]) -> tuple[Round, ...]:
    """The rounds of an issue: one, and one for each reopening that holds."""
    found = [Round(0, created_at.astimezone(UTC), by_owner=True)]
    for event in _events(timeline):
        if event.to == "reopened":
            found.append(Round(len(found), event.at, by_owner=not event.by_staff))
            if event.by_staff:
                found[-1].events.append(_said(event))
        elif event.to != "submitted":
            found[-1].events.append(event)
    return tuple(found)


def _events(timeline: Iterable[Entry]) -> list[Event]:
    """Steps and signs of life that the owner sees. Taking back takes the last step away (nothing else can be between
    them, or it would be refused), and tells the owner what holds."""
    found: list[Event] = []
    for row in timeline:
        if row.kind == "undone":
            last = max(n for n, event in enumerate(found) if event.to)
            del found[last]
            found.append(_event(row, step=False))
        elif row.kind in _STEPS or row.kind in _SIGNS:
            found.append(_event(row, step=row.kind in _STEPS))
    return found


def _event(row: Entry, *, step: bool) -> Event:
    return Event(
        at=(row.taken_at or row.at).astimezone(UTC),
        told_at=row.at.astimezone(UTC),
        by_staff=row.actor.role in _STAFF,
        to=row.to if step else None,
        reason=row.pause_reason if step and row.to == "paused" else None,
        visit_at=row.visit_at.astimezone(UTC) if step and row.visit_at else None,
        message=row.kind == "message",
    )


def _said(event: Event) -> Event:
    return Event(event.at, event.told_at, by_staff=True)


def pauses(one: Round, longest: Callable[[PauseReason, datetime], timedelta]) -> tuple[Pause, ...]:
    """The pauses of a round: each ends with the next step, when its reason's time is used up (`longest` says how much
    that is for a pause that begins then; a reason's pauses share it), or when the agreed visit comes."""
    found: list[Pause] = []
    used: dict[PauseReason, timedelta] = {}
    steps = one.steps
    for n, step in enumerate(steps):
        if step.to != "paused" or step.reason is None:
            continue
        left = max(longest(step.reason, step.at) - used.get(step.reason, timedelta()), timedelta())
        pause = _pause(step, step.reason, left, steps[n + 1].at if n + 1 < len(steps) else None)
        used[step.reason] = used.get(step.reason, timedelta()) + (pause.until - pause.start)
        found.append(pause)
    return tuple(found)


def _pause(step: Event, reason: PauseReason, left: timedelta, next_step: datetime | None) -> Pause:
    until, ended_by = step.at + left, "maximum"
    if reason == "appointment" and step.visit_at is not None and step.visit_at < until:
        until, ended_by = max(step.visit_at, step.at), "visit"
    if next_step is not None and next_step < until:
        until, ended_by = next_step, "step"
    return Pause(reason, step.at, until, ended_by)  # type: ignore[arg-type]


def quiet_since(one: Round) -> datetime | None:
    """Since when nobody has said anything about a repair that counts as done; None unless it does."""
    if one.status != "resolved":
        return None
    resolved = max(n for n, event in enumerate(one.events) if event.to == "resolved")
    return max(event.told_at for event in one.events[resolved:] if event.to or event.message)


def visit_at(one: Round) -> tuple[datetime, datetime] | None:
    """The visit that is agreed, and since when; None when there is none, or the work is done."""
    if one.status not in WORK:
        return None
    agreed = [(event.visit_at, event.told_at) for event in one.events if event.visit_at]
    if not agreed:
        return None
    visit = agreed[-1][0]
    return visit, next(at for when, at in agreed if when == visit)
