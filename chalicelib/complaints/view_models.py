"""Complaints, suggestions and praise as they go out."""

from pydantic import Field

from chalicelib.base import Base
from chalicelib.complaints.models import CallBack, Stage
from chalicelib.complaints.policy import CategoryId, Clock, Department, Kind
from chalicelib.issues.models import Holder, Ref
from chalicelib.issues.view_models import ActorView
from chalicelib.photos.models import PhotoView


class RowView(Base):
    """One row of the timeline."""

    id: str
    at: str
    kind: str
    actor: ActorView
    from_: Stage | None = Field(None, serialization_alias="from")
    to: Stage | None = None
    step: str | None = None
    text: str | None = None
    departments: list[Department] = []
    handler: Holder | None = None
    link: Ref | None = None
    clock: Clock | None = None
    photos: list[PhotoView] = []


class ComplaintSummary(Base):
    """One in a list. `due_at` is when the next step is promised by; none where nothing is."""

    id: str
    number: str
    kind: Kind
    category: CategoryId
    community_id: str
    unit_id: str | None
    content: str
    issue: Ref | None
    stage: Stage
    version: int
    created_at: str
    due_at: str | None
    overdue: bool
    handler: Holder | None
    result: str | None
    allowed_actions: list[str]


class ComplaintView(ComplaintSummary):
    """One, as the person sees it who sent it."""

    reply: str | None
    replied_at: str | None
    has_letter: bool
    photos: list[PhotoView]
    timeline: list[RowView]


class DeskSummary(ComplaintSummary):
    """One in the desk's list."""

    origin: str
    unit_label: str
    person_masked: str
    departments: list[Department]
    links: list[Ref]
    called_back: CallBack | None
    hard: bool


class DeskView(DeskSummary):
    """One, as the office sees it. `may_repeat` are earlier ones of the same person that nobody has linked."""

    findings: str | None
    opinion: str | None
    decision: str | None
    reply: str | None
    replied_at: str | None
    has_letter: bool
    may_repeat: list[Ref]
    photos: list[PhotoView]
    timeline: list[RowView]


class ComplaintList(Base):
    """A page of one's own, newest first."""

    items: list[ComplaintSummary]
    next_cursor: str | None


class DeskList(Base):
    """A page of a community's, the nearest deadline first. `call_back_percent` is of those closed last,
    `call_back_goal` what the community's policy wants it to be."""

    items: list[DeskSummary]
    next_cursor: str | None
    call_back_percent: int | None
    call_back_goal: int


class HardCases(Base):
    """The weekly list of hard cases, the oldest first."""

    items: list[DeskSummary]


class LetterLink(Base):
    """A short-lived link to the written reply."""

    url: str
