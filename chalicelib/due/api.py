"""Alerts over the JSON API, for staff."""

from chalicelib.due import service
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.routes import Routes
from chalicelib.web import HANDLERS, Call

routes = Routes(__name__, "desk")


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/alerts/seen",
    HANDLERS,
    "Say that one knows of an issue's alerts",
    answer=DeskIssueView,
)
def seen(call: Call, issue_id: str) -> DeskIssueView:
    """Who said so first is kept; the ladder goes on."""
    file = service.acknowledge(call.portal, call.person, issue_id, call.now)
    return reader(call).desk_view(file, access.staff_roles(call.person, file.issue))
