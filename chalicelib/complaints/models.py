"""Complaints, suggestions and praise: what is kept and what comes in."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.complaints.policy import CategoryId, Clock, Department, Kind
from chalicelib.issues.models import Actor, Holder, Ref

Stage = Literal[
    "accepted", "investigating", "opinion", "replied", "mediation", "arbitration", "litigation",
    "received", "answered", "closed", "withdrawn",
]  # fmt: skip
StaffStep = Literal[
    "start", "conclude", "decide", "reply", "mediate", "arbitrate", "litigate", "answer", "close"
]
OwnerStep = Literal["withdraw", "accept", "dissent"]
RowKind = Literal["stage", "note", "message", "assigned", "linked", "called_back", "overdue", "photo_removed"]
DONE: frozenset[Stage] = frozenset({"answered", "closed", "withdrawn"})


class CallBack(Base):
    """That somebody has called, and whether the person was content."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    satisfied: bool


class Complaint(Base):
    """One row of the ledger: its present state. What happened is in the timeline."""

    id: str
    number: str
    kind: Kind
    origin: Literal["owner", "staff"] = "owner"
    community_id: str
    unit_id: str | None = None
    unit_label: str = ""
    category: CategoryId
    content: str
    issue: Ref | None = None
    person: Actor
    created_at: datetime
    stage: Stage
    version: int = 1
    #: The clock that runs, since when, until when, and when the desk is warned; none while nothing is promised.
    clock: Clock | None = None
    since: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None
    #: The limit that a written reply never passes.
    latest_at: datetime | None = None
    departments: list[Department] = []
    handler: Holder | None = None
    findings: str | None = None
    opinion: str | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    reply: str | None = None
    #: The reply as a PDF, by its id in the bucket.
    letter_id: str | None = None
    replied_at: datetime | None = None
    result: str | None = None
    closed_at: datetime | None = None
    links: list[Ref] = []
    called_back: CallBack | None = None

    @property
    def is_open(self) -> bool:
        """Not at its end."""
        return self.stage not in DONE


class Row(Base):
    """One row of the timeline; rows are only ever added."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    kind: RowKind
    actor: Actor
    from_stage: Stage | None = None
    to: Stage | None = None
    step: StaffStep | OwnerStep | Literal["file"] | None = None
    text: str | None = None
    photo_ids: list[str] = []
    departments: list[Department] = []
    handler: Holder | None = None
    link: Ref | None = None
    #: Of a row that tells of a missed time: which clock.
    clock: Clock | None = None


class ComplaintFile(Base):
    """Everything of one complaint, as one query reads it."""

    complaint: Complaint
    timeline: list[Row]
    photos: dict[str, dict[str, Any]]


class Pointer(Base):
    """A complaint in a person's own list, with what tells whether it may be the same trouble again."""

    id: str
    number: str
    kind: Kind
    category: CategoryId
    community_id: str
    at: datetime


class Matrix(Base):
    """Which departments answer for what in a community; the first of each is proposed."""

    service: list[Department] = Field(min_length=1, max_length=5)
    product: list[Department] = Field(min_length=1, max_length=5)
    environment: list[Department] = Field(min_length=1, max_length=5)
    other: list[Department] = Field(min_length=1, max_length=5)
    version: int = 0

    def of(self, category: CategoryId) -> list[Department]:
        """The departments of a category."""
        found: list[Department] = getattr(self, category)
        return found
