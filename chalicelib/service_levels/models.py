"""Service levels: what is promised, when work is done, and what became of it.

Plain frozen dataclasses: they are made by the thousand while deadlines are worked out, and cost a cold start nothing.
pydantic reads and writes them as they are (`TypeAdapter(Policy)`), which is how they are kept and come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion, check_in_order
from chalicelib.service_levels.names import Clock as Clock
from chalicelib.service_levels.names import ComplaintGoal as ComplaintGoal
from chalicelib.service_levels.names import Goal as Goal
from chalicelib.service_levels.names import PauseReason as PauseReason
from chalicelib.service_levels.names import State as State
from chalicelib.service_levels.names import Told as Told

#: What comes in is at most so long: numbers that no calendar reaches can't even be compared.
_YEARS = 10


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time on a clock. On the clock that always runs a day has 24 hours, on a calendar it is one
    ordinary working day. Raises ValueError when it is no time at all, or less."""

    clock: Clock
    days: Annotated[int, Field(le=_YEARS * 366)] = 0
    hours: Annotated[int, Field(le=_YEARS * 366 * 24)] = 0
    minutes: Annotated[int, Field(le=_YEARS * 366 * 24 * 60)] = 0

    def __post_init__(self) -> None:
        if min(self.days, self.hours, self.minutes) < 0:
            raise ValueError("time does not run backwards")

    def on(self, calendar: Calendar) -> timedelta:
        """How much of its clock's time it is."""
        day = calendar.day if self.clock == "working" else timedelta(days=1)
        return self.days * day + timedelta(hours=self.hours, minutes=self.minutes)

    @property
    def wall(self) -> timedelta:
        """The same in days of 24 hours, as long as no calendar is asked."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the escalation ladder: how long after a breach, on the clock of what was missed, who is told."""

    after: Span
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ServiceClass:
    """What one class (L1, L2, L3) promises: a goal that is missing is not promised. Of `ladder` the first is
    level 1."""

    goals: Mapping[Goal, Span]
    ladder: tuple[Rung, ...]


#: A time as the clock on the wall shows it, without a zone: JSON Schema's "time" has one.
WallTime = Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d(\.\d+)?)?$"})]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is written to who has no urgent duty; `start` may be later than `end`, and is then the evening
    before. Digests: at most one in `digest`."""

    start: WallTime
    end: WallTime
    digest: timedelta


@dataclass(frozen=True, slots=True)
class ComplaintPolicy:
    """What is promised to whoever complains, and what the desk goes by."""

    #: Each from the step before; the reply has two limits, `reply` and `reply_latest`, both from the decision.
    goals: Mapping[ComplaintGoal, Span]
    #: Of the complaints that were replied to, at least so many are called back, in percent.
    call_back_percent: int
    #: Open for longer than this, or with so many departments, a case is a hard one.
    hard_after: timedelta
    hard_departments: int


def _default_plans() -> "Mapping[str, tuple[Told, ...]]":
    """What a policy says that was kept before plans were part of it. Imported here, as the numbers are made of this
    module's classes."""
    from chalicelib.service_levels.policy import DEFAULT_POLICY

    return DEFAULT_POLICY.plans


def _default_complaints() -> ComplaintPolicy:
    """What a policy says that was kept before complaints were part of it."""
    from chalicelib.service_levels.policy import DEFAULT_POLICY

    return DEFAULT_POLICY.complaints


@dataclass(frozen=True, slots=True)
class Policy:
    """What is promised, and what happens when it is not kept."""

    classes: Mapping[str, ServiceClass]
    #: Category → goals that differ from its class's; None where the category does not promise it.
    categories: Mapping[str, Mapping[Goal, Span | None]]
    #: For how long a reason may stop the clocks, all its pauses since the report or reopening together.
    pauses: Mapping[PauseReason, timedelta]
    #: After which share of a goal's time its breach is warned of, in percent.
    warn_percent: int
    #: Unresolved for so long since the report: the manager is warned, and it is a risk.
    unresolved: timedelta
    #: How late an issue is, the class from its longest delay on: (longest delay, name), the last without end.
    delays: tuple[tuple[timedelta | None, str], ...]
    #: Before an agreed visit, how long before it both sides are reminded.
    reminders: tuple[timedelta, ...]
    #: After how much silence an owner is asked again: whether it is fixed, and what we wait for.
    ask_again: timedelta
    quiet: QuietHours
    #: Delay class → who sees to it from then on that it gets done (its response plan); its owner is told, too.
    plans: Mapping[str, tuple[Told, ...]] = field(default_factory=_default_plans)
    complaints: ComplaintPolicy = field(default_factory=_default_complaints)

    def goal(self, service_class: str, category_id: str, goal: Goal) -> Span | None:
        """What is promised for a goal in a category; None when nothing is."""
        own = self.categories.get(category_id, {})
        return own[goal] if goal in own else self.classes[service_class].goals.get(goal)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy from a moment on. It is made before it holds, so that it never rewrites what has happened: raises
    ValueError otherwise."""

    valid_from: datetime
    made_at: datetime
    policy: Policy

    def __post_init__(self) -> None:
        check_in_order(self.made_at, self.valid_from)


@dataclass(frozen=True, slots=True)
class Levels:
    """A community's service levels: all versions that ever held or will, by the moment from which they hold. The
    first holds for what was before it, too. Raises ValueError when there is none, or their order is another."""

    policies: tuple[PolicyVersion, ...]
    calendars: tuple[CalendarVersion, ...]

    def __post_init__(self) -> None:
        for versions in (self.policies, self.calendars):
            starts = [one.valid_from for one in versions]
            if not starts or starts != sorted(set(starts)):
                raise ValueError("there is a version, and each begins later than the one before")


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which clocks stood still. `until` is in the future while it lasts: it is when it ends by itself."""

    reason: PauseReason
    start: datetime
    until: datetime
    #: A step, its reason's maximum, or the agreed time of the visit.
    ended_by: Literal["step", "maximum", "visit"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One promise and what became of it."""

    goal: Goal
    #: 0 since the report, n since the n-th reopening.
    round: int
    #: Which of several in a round, for what is promised again and again (the next update).
    turn: int
    start: datetime
    state: State
    #: None when nothing is promised.
    due: datetime | None
    #: When it was done, or no longer to be done; None while it is still to be done.
    ended: datetime | None
    #: Time of its clock from `ended` (else now) to `due`: left over, or below zero how late.
    margin: timedelta | None
    pauses: tuple[Pause, ...]
    #: What was promised, and the policy that promises it (or does not).
    span: Span | None
    policy: Policy = field(repr=False)
