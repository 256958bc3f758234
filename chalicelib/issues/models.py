"""Issues: what is kept, what comes in, and what goes out."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, OptionalText, PageQuery, ShortText, Text, Version
from chalicelib.issues.policy import MAX_PHOTOS, MAX_VISIT_WINDOWS
from chalicelib.kept import made
from chalicelib.service_levels.names import PauseReason as PauseReason

Status = Literal[
    "submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened",
    "closed", "cancelled", "rejected", "merged",
]  # fmt: skip
Kind = Literal[
    "status", "assigned", "message", "internal", "urged", "rated", "photo_rejected", "photo_removed", "merged_in",
    "undone", "split", "sop_done", "sop_opened",
]  # fmt: skip
OPEN: frozenset[Status] = frozenset(
    {"submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened"}
)


class Actor(Base):
    """Who did something, and as what."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    role: Literal[
        "owner", "front_line", "senior", "technician", "designer", "manager", "expert", "auditor", "system"
    ]  # fmt: skip


SYSTEM = Actor(id="system", name="", role="system")


class Window(Base):
    """A stretch of time in which a visit suits the owner."""

    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.start < self.end:
            raise ValueError("end before start")
        return self


class Ref(Base):
    """Another issue, as one may name it."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: str


class Holder(Base):
    """Who has an issue now."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


class Rating(Base):
    """An owner's marks for one resolution, 1 (very poor) to 5 (very good)."""

    professionalism: int
    attitude: int
    efficiency: int
    comment: str | None = None
    at: datetime
    resolution: int


class Standing(Base):
    """Where an issue stands: what steps of staff change, and taking one back restores."""

    version: int = 1
    status: Status = "submitted"
    #: Id of the hand-off that is running.
    handoff: str
    promised_at: datetime
    assignee: Holder | None = None
    visit_at: datetime | None = None
    pause_reason: PauseReason | None = None
    paused_from: Status | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    quiet_since: datetime | None = None
    #: Work has been started once, so that cancelling is over, whoever has it now.
    begun: bool = False
    #: How often it was resolved; each resolution can be rated once. Reopenings are one fewer, or as many.
    resolutions: int = 0
    reopened: int = 0
    reject_note: str | None = None
    #: Steps of its SOP that are done since it began, or began anew, and until when the next one is due.
    ticked: list[str] = []
    step_due: datetime | None = None


class Issue(Standing):
    """One issue as kept: its present state. What happened is in the timeline and the hand-offs."""

    id: str
    number: str
    community_id: str
    unit_id: str
    unit_label: str
    building: str = ""
    area: Literal["unit", "public"] = "unit"
    category_id: str
    description: str
    location: str | None = None
    #: The public place that it is about, where it is one of the community's list.
    place_id: str | None = None
    visit_windows: list[Window] = []
    created_at: datetime
    reporter: Actor
    #: The marks for the last resolution that was rated, …
    rating: Rating | None = None
    #: … and those for each, oldest first.
    ratings: list[Rating] = []
    urged_at: datetime | None = None
    merged_into: Ref | None = None
    #: When something is to be done about it next: its row among what is due has this time.
    next_moment: datetime | None = None
    #: How often somebody began or ceased to follow it: steps that were judged before are judged anew.
    follows: int = 0
    #: Kept in an older shape, or under an older key: the next step brings the record up to date.
    outdated: bool = False

    @property
    def is_open(self) -> bool:
        """Still somebody's work, or waiting for the owner's word."""
        return self.status in OPEN

    @property
    def place(self) -> str:
        """Where it is, in the owner's words."""
        where = self.location or ""
        return (
            where if self.area == "public" and where else " · ".join(p for p in (self.unit_label, where) if p)
        )


class Before(Standing):
    """What a step of staff found: kept with its row, so that the step can be taken back."""

    model_config = ConfigDict(frozen=True)

    @staticmethod
    def of(issue: Issue) -> "Before":
        """What a step finds."""
        return made(Before, **{name: issue.__dict__[name] for name in Before.model_fields})


class SopMark(Base):
    """A step of an SOP in a row of the timeline: named as it was then, in one language or both."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: int
    zh: str = ""
    en: str = ""
    #: The version of the SOP that the issue goes by.
    version: int = 0
    measurement: str = ""

    def name(self, locale: str) -> str:
        """Its name in a locale, else in the other language."""
        return (self.en or self.zh) if locale == "en" else (self.zh or self.en)


class Entry(Base):
    """One row of the timeline; rows are only ever added."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    kind: Kind
    actor: Actor
    from_status: Status | None = None
    to: Status | None = None
    text: str | None = None
    photo_ids: list[str] = []
    assignee: Holder | None = None
    pause_reason: PauseReason | None = None
    visit_at: datetime | None = None
    #: When it was really done, where the phone could tell us only later; `at` is when we heard of it.
    taken_at: datetime | None = None
    before: Before | None = None
    #: Which step of its SOP was done, or is not done after all.
    sop: SopMark | None = None


class Handoff(Base):
    """Who held an issue from when to when; a front desk or the owner has no holder id."""

    id: str
    stage: Literal["report", "dispatch", "handle", "call_back"]
    holder: Holder | None
    started_at: datetime
    ended_at: datetime | None = None


class IssueFile(Base):
    """Everything of one issue, as one query reads it."""

    issue: Issue
    timeline: list[Entry]
    handoffs: list[Handoff]
    photos: dict[str, dict[str, Any]]
    followers: list[str]
    #: Rows that only some readers need, as kept, by the letter that their keys begin with.
    extras: dict[str, list[dict[str, Any]]] = {}
    #: The moments that have been handled, by their identity.
    done: dict[str, dict[str, Any]] = {}


class ReportIssue(Input):
    """`POST /api/v1/issues`"""

    unit_id: Id
    category_id: Id
    description: Text
    location: ShortText | None = None
    area: Literal["unit", "public"] = "unit"
    #: A public place of the home's community; it says where, whatever `area` and `location` say.
    place_id: Id | None = None
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    visit_windows: list[Window] = Field([], max_length=MAX_VISIT_WINDOWS)


class WriteMessage(Input):
    """`POST /api/v1/issues/{issue_id}/messages`"""

    text: Text
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)


class OwnerStep(Input):
    """`POST /api/v1/issues/{issue_id}/cancel`, `/confirm`, `/reopen`"""

    version: Version
    reason: OptionalText | None = None


class OwnerFollow(Input):
    """`POST /api/v1/issues/{issue_id}/follow`: says nothing but that."""


class RateIssue(Input):
    """`PUT /api/v1/issues/{issue_id}/rating`"""

    professionalism: int = Field(ge=1, le=5)
    attitude: int = Field(ge=1, le=5)
    efficiency: int = Field(ge=1, le=5)
    comment: OptionalText | None = None


class FindSimilar(Input):
    """`GET /api/v1/issues/similar`: the place by its id, else in words."""

    community_id: Id
    category_id: Id
    place_id: Id | None = None
    location: ShortText = ""


class ListIssues(PageQuery):
    """`GET /api/v1/issues`"""

    status: Status | None = None
