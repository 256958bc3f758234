"""Call-backs over the JSON API."""

from chalicelib.dispatch import callbacks, service
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.callback_models import CalledView, CallList, CallTaskView, RecordCall
from chalicelib.dispatch.models import PeopleQuery
from chalicelib.once import asked_once
from chalicelib.times import rfc3339
from chalicelib.web import OFFICE, Call


@routes.api(
    "GET",
    "/api/v1/desk/callbacks",
    OFFICE,
    "Whom to call back, the soonest first, and the share of the last 30 days",
    query=PeopleQuery,
    answer=CallList,
)
def show(call: Call) -> CallList:
    """A community's list."""
    community_id = service.office_of(call.person, call.read_query(PeopleQuery).community_id)
    found = callbacks.calls(call.portal, community_id, call.now)
    items = [
        CallTaskView(
            issue_id=issue.id,
            number=issue.number,
            category_id=issue.category_id,
            due=rfc3339(task.due),
            overdue=task.due <= call.now,
            tries=task.tries,
        )
        for task, issue in found.tasks
    ]
    return CallList(items=items, done=found.done, due=found.due)


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/callback",
    OFFICE,
    "What came of a call",
    body=RecordCall,
    answer=CalledView,
    status=201,
    once=True,
)
def record(call: Call, issue_id: str) -> CalledView:
    """One call."""
    body = call.read(RecordCall)
    key = asked_once(call, f"desk/{issue_id}/callback", body)
    outcome, _ = callbacks.record(call.portal, call.person, issue_id, body, key, call.now)
    return CalledView(outcome=outcome)
