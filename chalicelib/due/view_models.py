"""What staff see of an issue's service levels, as the API answers with it."""

from chalicelib.base import Base
from chalicelib.issues.models import Status
from chalicelib.service_levels.models import Clock, Goal, PauseReason, State
from chalicelib.service_levels.moments import MomentKind


class TargetView(Base):
    """One promise: `margin_minutes` are what is left on its clock, or below zero how late; None for none."""

    goal: Goal
    clock: Clock
    #: 0 since the report, n since the n-th reopening.
    round: int
    due_at: str | None
    state: State
    margin_minutes: int | None
    #: Whether its clock stands still now.
    paused: bool


class PauseView(Base):
    """A time in which the clocks stood still; `until` is in the future while it lasts."""

    reason: PauseReason
    start: str
    until: str


class NextView(Base):
    """What the clock does next."""

    at: str
    kind: MomentKind
    detail: str
    level: int
    #: The name of the SOP's step that it is about, in the reader's language; empty for all else.
    step: str = ""


class RiskView(Base):
    """An issue that has been open for very long: `since` is when it became a risk."""

    issue_id: str
    number: str
    category_id: str
    status: Status
    created_at: str
    promised_at: str
    since: str
    assignee_id: str | None


class RiskList(Base):
    """A community's risks, the oldest first."""

    items: list[RiskView]


class AlertView(Base):
    """Something that staff were told of, and who has said that they know."""

    id: str
    kind: MomentKind
    detail: str
    level: int
    step: str = ""
    at: str
    seen_by: str | None
    seen_at: str | None


class SlaView(Base):
    """An issue's service levels: what was promised and became of it, what comes next, and how late it is."""

    targets: list[TargetView]
    pauses: list[PauseView]
    next: NextView | None
    delay_class: str | None
    alerts: list[AlertView]
