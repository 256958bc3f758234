"""Ticking the steps of an SOP over the JSON API."""

from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.sops import service
from chalicelib.sops.models import TickStep
from chalicelib.web import DESK, Call

routes = Routes(__name__, "desk")


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/sop",
    DESK,
    "A step of the issue's SOP is done, or is not after all",
    body=TickStep,
    answer=DeskIssueView,
    once=True,
)
def tick(call: Call, issue_id: str) -> DeskIssueView:
    """Tick a step, with its photo or measurement."""
    body = call.read(TickStep)
    key = asked_once(call, f"desk/{issue_id}/sop", body)
    file, at = service.tick(call.portal, call.person, issue_id, body, key, call.now)
    return reader(call).desk_view(file, access.staff_roles(call.person, file.issue), at)
