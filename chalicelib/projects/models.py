"""Decoration projects: what is kept, and what comes in."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, PlaceName, Text
from chalicelib.projects.policy import MOST_PHOTOS, MOST_STAGES

#: A month such as "2026-11".
Month = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class Stage(Base):
    """A part of the work: when it is planned to begin and end (both included), and when it did."""

    model_config = ConfigDict(frozen=True)

    name: PlaceName
    planned_from: Day | None = None
    planned_until: Day | None = None
    began: Day | None = None
    done: Day | None = None


class Project(Base):
    """A home's decoration as kept; names in the clear only in memory. It has the home's id: there is one for each."""

    model_config = ConfigDict(frozen=True)

    unit_id: str
    unit_label: str
    building: str
    community_id: str
    designer_id: str
    designer_name: str
    stages: tuple[Stage, ...]
    #: The first month that is reported on, and the day on which the work was over.
    first_month: str
    ended: date | None = None
    version: int = 1
    created_at: datetime


class Report(Base):
    """A month's progress report; written once, and never changed."""

    model_config = ConfigDict(frozen=True)

    month: str
    at: datetime
    author_id: str
    text: str
    photo_ids: tuple[str, ...] = ()


class Comment(Base):
    """What somebody said about a report."""

    model_config = ConfigDict(frozen=True)

    id: str
    month: str
    at: datetime
    author_id: str
    author_name: str
    role: Literal["owner", "staff"]
    text: str


class ProjectFile(Base):
    """A project with all that belongs to it: reports newest first, comments in their order, photos by their ids."""

    project: Project
    reports: list[Report]
    comments: list[Comment]
    photos: dict[str, dict[str, object]]


class StartProject(Input):
    """`POST /api/v1/desk/projects`: without a designer, whoever sends it; without stages, the usual ones."""

    unit_id: Id
    community_id: Id
    designer_id: Id | None = None
    stages: list[Stage] | None = Field(None, min_length=1, max_length=MOST_STAGES)


class SaveStages(Input):
    """`PUT /api/v1/desk/projects/{unit_id}`: `ended` closes the project; without it, it goes on."""

    version: int = Field(ge=1, le=2**31)
    stages: list[Stage] = Field(min_length=1, max_length=MOST_STAGES)
    ended: Day | None = None


class WriteReport(Input):
    """`POST /api/v1/desk/projects/{unit_id}/reports`"""

    month: Month
    text: Text
    photo_ids: list[Id] = Field([], max_length=MOST_PHOTOS)


class Say(Input):
    """`POST /api/v1/projects/{unit_id}/reports/{month}/comments`"""

    text: Text
