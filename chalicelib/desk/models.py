"""The desk: what staff send and get."""

from typing import Literal, Self

from pydantic import Field, model_validator

from chalicelib.base import Base
from chalicelib.desk.policy import MAX_BULK
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


class Undo(Input):
    """`POST /api/v1/desk/issues/{issue_id}/undo`: the version that one's own step has led to."""

    version: Version


class BulkStep(Input):
    """One of several steps: to a state that needs no further words, or into somebody's hands."""

    issue_id: Id
    version: Version
    to: Literal["acknowledged", "assigned", "in_progress"] | None = None
    assignee_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.to is None) == (self.assignee_id is None):
            raise ValueError("either `to` or `assignee_id`")
        return self

    def step(self) -> Transition | Assign:
        """The step as one by itself is sent."""
        if self.assignee_id is not None:
            return Assign(assignee_id=self.assignee_id, version=self.version)
        assert self.to is not None, "one of both"
        return Transition(to=self.to, version=self.version)


class Bulk(Input):
    """`POST /api/v1/desk/bulk`"""

    steps: list[BulkStep] = Field(min_length=1, max_length=MAX_BULK)


class Done(Base):
    """A step that was taken, and where the issue stands since."""

    issue_id: str
    status: Status
    version: int


class Refused(Base):
    """A step that was not taken: the code an answer of its own would have had, and what to do, in words."""

    issue_id: str
    code: str
    detail: str


class BulkResult(Base):
    """What became of each step, in the order sent."""

    items: list[Done | Refused]


class StaffMessage(Input):
    """`POST /api/v1/desk/issues/{issue_id}/messages`: `internal` is never shown to owners."""

    text: Text
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    internal: bool = False


class Contact(Base):
    """Whom to call; each look is written down."""

    name: str
    phone: str


class CountsQuery(Input):
    """`GET /api/v1/desk/counts`"""

    community_id: str | None = Field(None, max_length=64)


class Counts(Base):
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


class Problem(Base):
    """Something wrong with one field of a row."""

    field: str
    message: str


class RowResult(Base):
    """What became of one row; `line` counts the header as 1."""

    line: int
    result: Literal["created", "updated", "unchanged", "error"]
    summary: str
    problems: list[Problem] = []


class ImportResult(Base):
    """A row-by-row result."""

    preview: bool
    rows: list[RowResult]
    created: int
    updated: int
    unchanged: int
    errors: int


class StaffView(Base):
    """Somebody an issue can be given to."""

    id: str
    name: str
    roles: list[str]


class StaffList(Base):
    """A community's staff."""

    items: list[StaffView]
