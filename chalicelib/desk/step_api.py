"""The desk over the JSON API: what staff do."""

from datetime import datetime

from chalicelib.desk import bulk, service, step_views, steps, talking, undo
from chalicelib.desk.models import (
    Assign,
    Bulk,
    BulkResult,
    Contact,
    ImportQuery,
    ImportResult,
    StaffMessage,
    Transition,
    Undo,
)
from chalicelib.desk.step_models import StepResults, TakenSteps
from chalicelib.importing import service as importing
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.models import IssueFile
from chalicelib.issues.view_models import DeskIssueView, EntryView
from chalicelib.once import asked_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.routes import Routes
from chalicelib.web import DESK, HANDLERS, MANAGERS, Call

routes = Routes(__name__, "desk")


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
    key = asked_once(call, f"desk/{issue_id}/transition", body)
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
    key = asked_once(call, f"desk/{issue_id}/assign", body)
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
    key = asked_once(call, f"desk/{issue_id}/undo", body)
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
    key = asked_once(call, f"desk/{issue_id}/messages", body)
    file, row = talking.message(call.portal, call.person, issue_id, body, key, call.now)
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
    return talking.contact(call.portal, call.person, issue_id, call.now)


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
