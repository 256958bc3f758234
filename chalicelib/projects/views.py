"""Decoration projects as the API writes them."""

from datetime import date, datetime
from typing import Any

from chalicelib.base import Base
from chalicelib.photos import service as photos
from chalicelib.photos.models import PhotoView
from chalicelib.portal import Portal
from chalicelib.projects import rules
from chalicelib.projects.models import Comment, Project, ProjectFile, Report, Stage
from chalicelib.times import rfc3339


class StageView(Stage):
    """A stage; `state` is `planned`, `under_way`, `late` or `done`."""

    state: str


class CommentView(Base):
    """What somebody said about a report; `role` is `owner` or `staff`."""

    id: str
    at: str
    name: str
    role: str
    text: str

    @classmethod
    def of(cls, one: Comment, reader_role: str) -> "CommentView":
        """As one side sees it: owners' names are shown to owners only."""
        shown = one.author_name if one.role == "staff" or reader_role == "owner" else ""
        return cls(id=one.id, at=rfc3339(one.at), name=shown, role=one.role, text=one.text)


class ReportView(Base):
    """A month's progress report."""

    month: str
    at: str
    text: str
    photos: list[PhotoView]
    comments: list[CommentView]


class Designer(Base):
    """Who looks after a project."""

    id: str
    name: str


class ProjectView(Base):
    """A home's decoration, the newest report first. `owed` are months that are over without a report."""

    unit_id: str
    unit_label: str
    community_id: str
    designer: Designer
    version: int
    stages: list[StageView]
    ended: date | None
    reports: list[ReportView]
    owed: list[str]


class ProjectLine(Base):
    """A project in a list."""

    unit_id: str
    unit_label: str
    designer_id: str
    ended: date | None = None


class ProjectList(Base):
    """A community's; tens at most, so in one piece."""

    items: list[ProjectLine]


class OwnProject(Base):
    """A home's project without its reports."""

    unit_id: str
    unit_label: str
    designer: Designer
    stages: list[StageView]
    ended: date | None


class OwnProjects(Base):
    """Those of one's own homes."""

    items: list[OwnProject]


def stages_of(project: Project, today: date) -> list[StageView]:
    """The stages, each with how it stands."""
    return [StageView(**one.model_dump(), state=rules.state_of(one, today)) for one in project.stages]


def own(project: Project, today: date) -> OwnProject:
    """A project in its owner's list."""
    return OwnProject(
        unit_id=project.unit_id, unit_label=project.unit_label, stages=stages_of(project, today),
        designer=Designer(id=project.designer_id, name=project.designer_name), ended=project.ended,
    )  # fmt: skip


def view(
    portal: Portal, file: ProjectFile, role: str, today: date, origin: str | None, now: datetime
) -> ProjectView:
    """A project as one side sees it."""

    def report(one: Report) -> ReportView:
        rows: list[Any] = [file.photos[photo] for photo in one.photo_ids if photo in file.photos]
        said = [CommentView.of(word, role) for word in file.comments if word.month == one.month]
        shown = [photos.view(portal, row, origin, now) for row in rows]
        return ReportView(month=one.month, at=rfc3339(one.at), text=one.text, photos=shown, comments=said)

    project = file.project
    return ProjectView(
        **own(project, today).model_dump(), community_id=project.community_id, version=project.version,
        reports=[report(one) for one in file.reports], owed=rules.owed(project, file.reports, today),
    )  # fmt: skip
