"""Decoration projects over the JSON API."""

from typing import Literal

from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.input_models import FindConsultants
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.errors import NotFound
from chalicelib.once import asked_once
from chalicelib.projects import service, store, views
from chalicelib.projects.models import SaveStages, Say, StartProject, WriteReport
from chalicelib.projects.views import CommentView, OwnProjects, ProjectLine, ProjectList, ProjectView
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "projects")
Role = Literal["owner", "staff"]


def shown(call: Call, unit_id: str, role: Role) -> ProjectView:
    """A project as one side sees it; raises NotFound."""
    file = service.file_of(call.portal, call.person, unit_id, role)
    today = service.today_in(call.portal, file.project.community_id, call.now)
    return views.view(call.portal, file, role, today, call.storage_origin, call.now)


def _say(call: Call, unit_id: str, month: str, role: Role) -> CommentView:
    body = call.read(Say)
    project = service.file_of(call.portal, call.person, unit_id, role).project
    key = asked_once(call, f"projects/{unit_id}/{month}", body)
    done = service.comment(call.portal, call.person, project, role, month, body, key, call.now)
    return CommentView.of(done, role)


@routes.api("GET", "/api/v1/projects", SIGNED_IN, "Decoration of one's own homes", answer=OwnProjects)
def own(call: Call) -> OwnProjects:
    """The projects of the homes that one is linked to."""
    found = store.several(call.portal.db, call.portal.keys, [unit.id for unit in call.person.units])
    items = [views.own(one, service.today_in(call.portal, one.community_id, call.now)) for one in found]
    return OwnProjects(items=items)


@routes.api(
    "GET",
    "/api/v1/projects/{unit_id}",
    SIGNED_IN,
    "A home's decoration, with its reports",
    answer=ProjectView,
)
def show(call: Call, unit_id: str) -> ProjectView:
    """Stages with planned and real dates, reports with photos and what was said of them."""
    return shown(call, unit_id, "owner")


@routes.api(
    "POST",
    "/api/v1/projects/{unit_id}/reports/{month}/comments",
    SIGNED_IN,
    "Comment on a month's report",
    body=Say,
    answer=CommentView,
    status=201,
    once=True,
)
def say(call: Call, unit_id: str, month: str) -> CommentView:
    """The designer is told."""
    return _say(call, unit_id, month, "owner")


@routes.api(
    "GET",
    "/api/v1/desk/projects",
    CALENDAR,
    "A community's decoration projects: a designer's own, all for managers",
    query=FindConsultants,
    answer=ProjectList,
)
def of_community(call: Call) -> ProjectList:
    """Running ones and those that have ended."""
    community_id = call.read_query(FindConsultants).community_id
    return ProjectList(items=[ProjectLine.model_validate(row) for row in looked_after(call, community_id)])


def looked_after(call: Call, community_id: str) -> list[dict[str, object]]:
    """Pointers to the projects of a community that somebody looks after; raises NotFound."""
    roles = call.person.roles_in(community_id)
    if not roles & CALENDAR_ROLES:
        raise NotFound
    found = store.of_community(call.portal.db, community_id)
    return [row for row in found if "manager" in roles or row["designer_id"] == call.person.id]


@routes.api(
    "POST",
    "/api/v1/desk/projects",
    CALENDAR,
    "Begin a home's project",
    body=StartProject,
    answer=ProjectView,
    status=201,
    once=True,
)
def start(call: Call) -> ProjectView:
    """Those who live there are told."""
    body = call.read(StartProject)
    key = asked_once(call, "desk/projects", body)
    project = service.start(call.portal, call.person, body, key, call.now)
    return shown(call, project.unit_id, "staff")


@routes.api("GET", "/api/v1/desk/projects/{unit_id}", CALENDAR, "A project at the desk", answer=ProjectView)
def at_desk(call: Call, unit_id: str) -> ProjectView:
    """For its designer, and managers there."""
    return shown(call, unit_id, "staff")


@routes.api(
    "PUT",
    "/api/v1/desk/projects/{unit_id}",
    CALENDAR,
    "Change a project's stages and dates, or end it",
    body=SaveStages,
    answer=ProjectView,
    once=True,
)
def save(call: Call, unit_id: str) -> ProjectView:
    """The home is told."""
    body = call.read(SaveStages)
    key = asked_once(call, f"desk/projects/{unit_id}", body)
    service.save(call.portal, call.person, unit_id, body, key, call.now)
    return shown(call, unit_id, "staff")


@routes.api(
    "POST",
    "/api/v1/desk/projects/{unit_id}/reports",
    CALENDAR,
    "Write a month's progress report",
    body=WriteReport,
    answer=ProjectView,
    status=201,
    once=True,
)
def report(call: Call, unit_id: str) -> ProjectView:
    """With photos; the home is told."""
    body = call.read(WriteReport)
    key = asked_once(call, f"desk/projects/{unit_id}/reports", body)
    service.report(call.portal, call.person, unit_id, body, key, call.now)
    return shown(call, unit_id, "staff")


@routes.api(
    "POST",
    "/api/v1/desk/projects/{unit_id}/reports/{month}/comments",
    CALENDAR,
    "Answer a comment on a month's report",
    body=Say,
    answer=CommentView,
    status=201,
    once=True,
)
def answer(call: Call, unit_id: str, month: str) -> CommentView:
    """The home is told."""
    return _say(call, unit_id, month, "staff")
