"""The forms for labour and materials on the desk's page of an issue."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.communities import store as communities
from chalicelib.desk.issue_page import issue_page
from chalicelib.dispatch import costs
from chalicelib.dispatch.card_rules import read_yuan
from chalicelib.dispatch.cost_models import AddLabour, AddMaterial
from chalicelib.dispatch.page_routes import routes
from chalicelib.errors import N_, Invalid
from chalicelib.inputs import from_form
from chalicelib.issues import access
from chalicelib.once import sent_once
from chalicelib.pages import go, stay
from chalicelib.web import HANDLERS, Call, url

ENTERED = flash_words("cost_entered", "success", N_("Entered. Owners don't see it."))
REVERSED = flash_words("cost_reversed", "success", N_("Taken back; both rows stay."))


@routes.form("/desk/issues/{issue_id}/labour", HANDLERS, "Enter work", on="/desk/issues/{issue_id}")
def labour(call: Call, issue_id: str) -> Response:
    """Work from … to …."""

    def work() -> Response:
        body = from_form(
            AddLabour,
            start=_local(call, issue_id, "start"),
            end=_local(call, issue_id, "end"),
            person_id=call.field("person_id") or None,
        )
        key = sent_once(call, f"desk/{issue_id}/labour", body)
        costs.add_labour(call.portal, call.person, issue_id, body, key, call.now)
        return _back(issue_id, ENTERED)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)


@routes.form("/desk/issues/{issue_id}/materials", HANDLERS, "Enter material", on="/desk/issues/{issue_id}")
def materials(call: Call, issue_id: str) -> Response:
    """What was used."""

    def work() -> Response:
        body = from_form(
            AddMaterial,
            name=call.field("name"),
            quantity=call.field("quantity") or None,
            unit_fen=read_yuan(call.field("unit"), "unit"),
        )
        key = sent_once(call, f"desk/{issue_id}/materials", body)
        costs.add_material(call.portal, call.person, issue_id, body, key, call.now)
        return _back(issue_id, ENTERED)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)


@routes.form("/desk/issues/{issue_id}/reverse", HANDLERS, "Take a row back", on="/desk/issues/{issue_id}")
def reverse(call: Call, issue_id: str) -> Response:
    """A reversal."""

    def work() -> Response:
        costs.reverse(call.portal, call.person, issue_id, call.field("cost_id"), None, call.now)
        return _back(issue_id, REVERSED)

    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)


def _back(issue_id: str, said: str) -> Response:
    return go(url(f"/desk/issues/{issue_id}") + "#costs", said)


def _local(call: Call, issue_id: str, name: str) -> Any:
    """A moment as the form's field has it, which is in the community's zone."""
    file, _ = access.for_staff(call.portal, call.person, issue_id)
    zone = communities.get(call.portal.db, file.issue.community_id).zone
    try:
        return datetime.fromisoformat(call.field(name)).replace(tzinfo=zone).isoformat()
    except ValueError as error:
        raise Invalid.field(name, "not_a_time", N_("Please give a date and time.")) from error
