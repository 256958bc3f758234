"""The desk over the JSON API."""

from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.desk import bulk, queue, service, step_views, steps, undo
from chalicelib.desk.models import (
    Assign,
    Bulk,
    BulkResult,
    Contact,
    Counts,
    CountsQuery,
    ImportQuery,
    ImportResult,
    Queue,
    StaffList,
    StaffMessage,
    StaffView,
    Transition,
    Undo,
)
from chalicelib.desk.step_models import StepResults, TakenSteps
from chalicelib.importing import service as importing
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.models import IssueFile
from chalicelib.issues.view_models import DeskIssueView, EntryView, IssueList
from chalicelib.issues.views import desk_summary
from chalicelib.once import once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.routes import Routes
from chalicelib.web import DESK, HANDLERS, MANAGERS, Call

routes = Routes(__name__, "desk")


@routes.api(
    "GET", "/api/v1/desk/issues", DESK, "The queue, nearest deadline first", query=Queue, answer=IssueList
)
def list_issues(call: Call) -> IssueList:
    """A page of the queue."""
    query = call.read_query(Queue)
    of = scope("desk", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, query.cursor)
    issues, place = queue.read(call.portal, call.person, query, after, call.now)
    items = [desk_summary(issue, call.person, call.now) for issue in issues]
    return IssueList(items=items, next_cursor=give(call.portal.keys, call.person, of, place))


@routes.api("GET", "/api/v1/desk/issues/{issue_id}", DESK, "An issue as staff see it", answer=DeskIssueView)
def show(call: Call, issue_id: str) -> DeskIssueView:
    """One issue of one's communities."""
    file, roles = access.for_staff(call.portal, call.person, issue_id)
    return reader(call).desk_view(file, roles)


def _view(call: Call, file: IssueFile, at: datetime | None = None) -> DeskIssueView:
    return reader(call).desk_view(file, access.staff_roles(call.person, file.issue), at)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/transition",
    DESK,
    "Move an issue to another state",
    body=Transition,
    answer=DeskIssueView,
    once=True,
)
def transition(call: Call, issue_id: str) -> DeskIssueView:
    """Take a step."""
    body = call.read(Transition)
    key = once(call.person.id, call.idempotency_key, f"desk/{issue_id}/transition", body)
    file, at = service.transition(call.portal, call.person, issue_id, body, key, call.now)
    return _view(call, file, at)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/assign",
    DESK,
    "Give an issue to somebody, or claim it",
    body=Assign,
    answer=DeskIssueView,
    once=True,
)
def assign(call: Call, issue_id: str) -> DeskIssueView:
    """Assign, hand over, or claim."""
    body = call.read(Assign)
    key = once(call.person.id, call.idempotency_key, f"desk/{issue_id}/assign", body)
    file, at = service.assign(call.portal, call.person, issue_id, body, key, call.now)
    return _view(call, file, at)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/undo",
    DESK,
    "Take back one's own last step, within 30 s",
    body=Undo,
    answer=DeskIssueView,
    once=True,
)
def take_back(call: Call, issue_id: str) -> DeskIssueView:
    """Undo."""
    body = call.read(Undo)
    key = once(call.person.id, call.idempotency_key, f"desk/{issue_id}/undo", body)
    file, at = undo.undo(call.portal, call.person, issue_id, body.version, key, call.now)
    return _view(call, file, at)


@routes.api(
    "POST",
    "/api/v1/desk/bulk",
    DESK,
    "Several steps in one go, each judged by itself",
    body=Bulk,
    answer=BulkResult,
    once=True,
)
def take_several(call: Call) -> BulkResult:
    """Acknowledge, assign, start or resume many."""
    body = call.read(Bulk)
    found = bulk.run(call.portal, call.person, body, call.idempotency_key, call.locale, call.now)
    return BulkResult(items=found)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/messages",
    DESK,
    "Write to the owner, or an internal note",
    body=StaffMessage,
    answer=EntryView,
    status=201,
    once=True,
)
def message(call: Call, issue_id: str) -> EntryView:
    """Add a message."""
    body = call.read(StaffMessage)
    key = once(call.person.id, call.idempotency_key, f"desk/{issue_id}/messages", body)
    file, row = service.message(call.portal, call.person, issue_id, body, key, call.now)
    view = _view(call, file)
    return next(entry for entry in view.timeline if entry.id == row.id)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/contact",
    DESK,
    "The reporter's full name and number; the look is recorded",
    answer=Contact,
)
def contact(call: Call, issue_id: str) -> Contact:
    """Whom to call."""
    return service.contact(call.portal, call.person, issue_id, call.now)


@routes.api(
    "GET", "/api/v1/desk/counts", DESK, "How many issues are in each state", query=CountsQuery, answer=Counts
)
def counts(call: Call) -> Counts:
    """Live numbers."""
    wanted = call.read_query(CountsQuery).community_id
    return queue.counts(call.portal, call.person, wanted, call.now)


@routes.api(
    "GET", "/api/v1/desk/communities/{community_id}/staff", DESK, "Who works in a community", answer=StaffList
)
def staff(call: Call, community_id: str) -> StaffList:
    """Staff whom issues can be given to, and others."""
    (name,) = access.communities_of(call.person, community_id)
    members = communities.staff(call.portal.db, call.portal.keys, name)
    return StaffList(items=[StaffView(id=m.id, name=m.name, roles=m.roles) for m in members])


@routes.api(
    "POST",
    "/api/v1/desk/import",
    MANAGERS,
    "Import units, owners and staff from CSV",
    query=ImportQuery,
    answer=ImportResult,
    accepts="text/csv",
)
def import_csv(call: Call) -> ImportResult:
    """Each row whole or not at all; repeatable without doubles."""
    preview = call.read_query(ImportQuery).preview
    scope_of = importing.Importer.of_manager(call.person)
    return importing.run(call.portal, scope_of, call.read_csv(), call.locale, call.now, preview=preview)


@routes.api(
    "POST",
    "/api/v1/desk/steps",
    HANDLERS,
    "Steps taken while out of reach: in order, each once, each answered by itself",
    body=TakenSteps,
    answer=StepResults,
)
def take_steps(call: Call) -> StepResults:
    """Each step's own id does what an Idempotency-Key does elsewhere."""
    taken = call.read(TakenSteps).steps
    outcomes = steps.take(call.portal, call.person, taken, call.locale, call.now)
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    return step_views.results(call.portal, call.person, taken, outcomes)
