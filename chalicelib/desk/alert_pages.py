"""The desk's form for "I know of it"."""

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.desk.page_routes import routes
from chalicelib.due import service
from chalicelib.errors import N_
from chalicelib.pages import go, safe_path
from chalicelib.web import HANDLERS, Call, url

SEEN = flash_words("alert_seen", "success", N_("Noted that you know. The clock goes on until it is done."))


@routes.form(
    "/desk/issues/{issue_id}/seen", HANDLERS, "Say that one knows of alerts", on="/desk/issues/{issue_id}"
)
def seen(call: Call, issue_id: str) -> Response:
    """Acknowledge all alerts of an issue."""
    service.acknowledge(call.portal, call.person, issue_id, call.now)
    return go(url(safe_path(call.field("back"), f"/desk/issues/{issue_id}")), SEEN)
