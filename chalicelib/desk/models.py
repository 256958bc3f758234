"""The desk: what staff send and get."""

from typing import Literal

from pydantic import BaseModel, Field

from chalicelib.inputs import Id, Input, Moment, OptionalText, PageQuery, Text, Version
from chalicelib.issues.models import PauseReason, Status
from chalicelib.issues.policy import MAX_PHOTOS


class Queue(PageQuery):
    """`GET /api/v1/desk/issues`: without a status, everything that still needs staff."""

    community_id: str | None = Field(None, max_length=64)
    status: Status | None = None
    #: An account's id, or `none` for what nobody has.
    assignee_id: str | None = Field(None, max_length=64)
    category_id: str | None = Field(None, max_length=64)
    building: str | None = Field(None, max_length=64)
    overdue: bool = False


class Transition(Input):
    """`POST /api/v1/desk/issues/{issue_id}/transition`"""

    to: Status
    version: Version
    note: OptionalText | None = None
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    visit_at: Moment | None = None
    pause_reason: PauseReason | None = None
    merge_into: str | None = Field(None, max_length=64)


class Assign(Input):
    """`POST /api/v1/desk/issues/{issue_id}/assign`"""

    assignee_id: Id
    version: Version
    visit_at: Moment | None = None


class StaffMessage(Input):
    """`POST /api/v1/desk/issues/{issue_id}/messages`: `internal` is never shown to owners."""

    text: Text
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    internal: bool = False


class Contact(BaseModel):
    """Whom to call; each look is written down."""

    name: str
    phone: str


class CountsQuery(Input):
    """`GET /api/v1/desk/counts`"""

    community_id: str | None = Field(None, max_length=64)


class Counts(BaseModel):
    """How many issues are in each state; `overdue` counts to 99 and then says 100."""

    submitted: int = 0
    acknowledged: int = 0
    assigned: int = 0
    in_progress: int = 0
    paused: int = 0
    resolved: int = 0
    reopened: int = 0
    overdue: int = 0


class ImportQuery(Input):
    """`POST /api/v1/desk/import?preview=true` says what would happen, and changes nothing."""

    preview: bool = False


class Problem(BaseModel):
    """Something wrong with one field of a row."""

    field: str
    message: str


class RowResult(BaseModel):
    """What became of one row; `line` counts the header as 1."""

    line: int
    result: Literal["created", "updated", "unchanged", "error"]
    summary: str
    problems: list[Problem] = []


class ImportResult(BaseModel):
    """A row-by-row result."""

    preview: bool
    rows: list[RowResult]
    created: int
    updated: int
    unchanged: int
    errors: int


class StaffView(BaseModel):
    """Somebody an issue can be given to."""

    id: str
    name: str
    roles: list[str]


class StaffList(BaseModel):
    """A community's staff."""

    items: list[StaffView]
