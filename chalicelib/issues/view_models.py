"""Issues as the API answers with them; field by field what `contract` promises, and a little more."""

from typing import Literal

from pydantic import Field

from chalicelib.accounts.models import Role
from chalicelib.base import Base
from chalicelib.due.view_models import SlaView
from chalicelib.issues.models import Holder, Kind, PauseReason, Ref, Status
from chalicelib.photos.models import PhotoView
from chalicelib.sops.models import DeskSopView, SopView


class ActorView(Base):
    """Who did something."""

    name: str
    role: Role | Literal["system"]


class SopMarkView(Base):
    """A step of an SOP that was done."""

    id: str
    number: int
    name: str
    measurement: str


class EntryView(Base):
    """A row of the timeline."""

    id: str
    at: str
    kind: Kind
    actor: ActorView
    from_: Status | None = Field(None, serialization_alias="from", validation_alias="from")
    to: Status | None = None
    text: str | None = None
    photos: list[PhotoView] = []
    assignee: Holder | None = None
    pause_reason: PauseReason | None = None
    visit_at: str | None = None
    #: When it was really done, where that is known only later than `at`.
    taken_at: str | None = None
    sop: SopMarkView | None = None


class RatingView(Base):
    """A rating."""

    professionalism: int
    attitude: int
    efficiency: int
    comment: str | None = None
    at: str


class WindowView(Base):
    """A visit window."""

    start: str
    end: str


class IssueSummary(Base):
    """An issue in a list."""

    id: str
    number: str
    unit_id: str | None
    unit_label: str | None
    community_id: str
    category_id: str
    description: str
    location: str | None
    area: Literal["unit", "public"]
    place_id: str | None
    status: Status
    version: int
    created_at: str
    promised_at: str
    overdue: bool
    visit_at: str | None
    pause_reason: PauseReason | None
    assignee: Holder | None
    merged_into: Ref | None
    rating: RatingView | None
    #: How the caller stands to it: who reported it, who follows it, a neighbour who may, or staff.
    relation: Literal["reporter", "follower", "neighbour", "staff"]
    allowed_actions: list[str]


class HandoffView(Base):
    """Who held it from when to when."""

    stage: Literal["report", "dispatch", "handle", "call_back"]
    holder: Holder | None
    started_at: str
    ended_at: str | None


class ReporterView(Base):
    """Who reported it, as the desk sees them before asking for the full number."""

    name_masked: str


class IssueView(IssueSummary):
    """One issue with its photos and its timeline."""

    visit_windows: list[WindowView]
    photos: list[PhotoView]
    timeline: list[EntryView]
    #: Until when it is on hold at the latest, and until when the owner hears from us again.
    paused_until: str | None
    next_word_by: str | None
    #: The steps in which it is repaired, and how far they are; None where its category has none.
    sop: SopView | None


class DeskIssueView(IssueView):
    """One issue with what staff may see: internal notes, hand-offs, who reported it (masked)."""

    reporter: ReporterView
    handoffs: list[HandoffView]
    followers: int
    reopened: int
    #: One repair was enough; null as long as that is not known.
    first_time_fix: bool | None
    #: The owner's marks for each repair, oldest first; `rating` is the last.
    ratings: list[RatingView]
    #: What was promised and became of it.
    sla: SlaView
    sop: DeskSopView | None


class SimilarList(Base):
    """Open issues of one category at one public place, the newest few."""

    items: list[IssueSummary]


class IssueList(Base):
    """A page of issues."""

    items: list[IssueSummary]
    next_cursor: str | None
