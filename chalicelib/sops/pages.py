"""The form of a step of an issue's SOP, on the issue's page and on the card of today's jobs."""

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.desk.issue_page import issue_page
from chalicelib.errors import N_
from chalicelib.inputs import from_form
from chalicelib.once import once
from chalicelib.pages import go, safe_path, stay, whole_number
from chalicelib.routes import Routes
from chalicelib.sops import service
from chalicelib.sops.models import TickStep
from chalicelib.web import DESK, Call, url

routes = Routes(__name__, "desk")

TICKED = flash_words("sop_ticked", "success", N_("Ticked. The owner sees which step is done."))
OPENED = flash_words("sop_opened", "success", N_("The step is open again."))


@routes.form(
    "/desk/issues/{issue_id}/sop", DESK, "Tick a step of the issue's SOP", on="/desk/issues/{issue_id}"
)
def tick(call: Call, issue_id: str) -> Response:
    """Tick a step, or open it again."""

    def work() -> Response:
        body = from_form(
            TickStep,
            step_id=call.field("step_id"),
            version=whole_number(call.field("version"), "version"),
            done=call.field("done", "1") == "1",
            photo_ids=call.form.get("photo_ids", []),
            measurement=call.field("measurement"),
            note=call.field("note") or None,
        )
        key = f"sop-{body.version}-{issue_id}-{body.step_id}"[:64]  # a double tap sends the same form twice
        asked = once(call.person.id, key, f"desk/{issue_id}/sop", body)
        service.tick(call.portal, call.person, issue_id, body, asked, call.now)
        back = safe_path(call.field("back"), f"/desk/issues/{issue_id}")
        return go(url(back), TICKED if body.done else OPENED)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)
