"""Complaints, suggestions and praise: what comes in."""

from pydantic import Field

from chalicelib.complaints.models import Matrix, StaffStep, Stage
from chalicelib.complaints.policy import MAX_PHOTOS, CategoryId, Department, Kind
from chalicelib.inputs import Id, Input, OptionalText, PageQuery, Text, Version


class FileComplaint(Input):
    """`POST /api/v1/complaints`: an owner names one of their homes, staff with a suggestion their community."""

    kind: Kind
    category: CategoryId
    content: Text
    unit_id: Id | None = None
    community_id: Id | None = None
    issue_id: Id | None = None
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)


class ListComplaints(PageQuery):
    """`GET /api/v1/complaints`"""


class OwnerMove(Input):
    """`POST /api/v1/complaints/{complaint_id}/withdraw`, `/accept`, `/dissent`"""

    version: Version
    reason: OptionalText | None = None


class Words(Input):
    """`POST /api/v1/complaints/{complaint_id}/messages`, and the desk's `/notes`"""

    text: Text


class DeskQuery(PageQuery):
    """`GET /api/v1/desk/complaints`: without a stage, everything that is open."""

    community_id: str | None = Field(None, max_length=64)
    stage: Stage | None = None
    overdue: bool = False


class OfCommunity(Input):
    """A community of one's own, else the first."""

    community_id: str | None = Field(None, max_length=64)


class Step(Input):
    """`POST /api/v1/desk/complaints/{complaint_id}/step`: `text` are findings, opinion, reply, answer or result;
    `decision` comes with the opinion."""

    step: StaffStep
    version: Version
    text: OptionalText | None = None
    decision: OptionalText | None = None


class Give(Input):
    """`POST /api/v1/desk/complaints/{complaint_id}/assign`"""

    version: Version
    departments: list[Department] = Field(min_length=1, max_length=5)
    handler_id: Id | None = None


class Link(Input):
    """`POST /api/v1/desk/complaints/{complaint_id}/link`: the other one's number."""

    version: Version
    number: str = Field(min_length=1, max_length=32)


class CalledBack(Input):
    """`POST /api/v1/desk/complaints/{complaint_id}/call-back`"""

    version: Version
    satisfied: bool
    text: OptionalText | None = None


class SetMatrix(Matrix, Input):
    """`PUT /api/v1/desk/complaint-departments`: `version` is the one that was read."""

    community_id: Id
    version: int = Field(0, ge=0, le=2**31)
