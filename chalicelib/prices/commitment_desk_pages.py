"""Price commitments at the desk: the list, offering one, taking one back."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page, redirect
from chalicelib.communities import store as communities
from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import once, sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.prices import board, document, page_views, service
from chalicelib.prices.commitment_api import of_community, shown
from chalicelib.prices.models import Offer, Sign
from chalicelib.prices.page_routes import routes
from chalicelib.web import Call, url

OFFERED = flash_words("commitment_offered", "success", N_("Signed and sent. The home has been told."))
WITHDRAWN = flash_words("commitment_withdrawn", "success", N_("Withdrawn. The home has been told."))


def _community(call: Call) -> str:
    given = call.query.get("community_id") if call.route.method == "GET" else call.field("community_id")
    return managed(call.person, given, CALENDAR_ROLES)


@routes.page("/desk/commitments", CALENDAR, "Price commitments")
def listed(call: Call) -> Response:
    """A community's, and the form for another one."""
    return _listed(call, {})


def _listed(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    chosen = _community(call)
    zone = communities.get(call.portal.db, chosen).zone
    speak(Speech(call.now, zone, call.locale))
    today = board.today_in(call.portal, chosen, call.now)
    prices = page_views.board(board.read(call.portal, call.person, chosen), today)
    context: dict[str, Any] = {
        "communities": [
            (one, communities.get(call.portal.db, one).name)
            for one in call.person.communities(CALENDAR_ROLES)
        ],
        "community_id": chosen,
        "items": [page_views.commitment(call, one, desk=True) for one in of_community(call, chosen)],
        "prices": [one for kind in prices.values() for one in kind if one["yuan"]],
        "picked": fields.get("item_ids", []),
        "today": str(today),
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/commitments.html", context, error.status if error else 200, zone)


@routes.form("/desk/commitments", CALENDAR, "Sign a price commitment for a home", on="/desk/commitments")
def offer(call: Call) -> Response:
    """Sign and send it."""

    def work() -> Response:
        body = from_form(
            Offer,
            **{name: call.field(name) for name in ("community_id", "title", "text", "valid_until")},
            unit_id=call.field("unit_id").strip(),
            item_ids=call.form.get("item_ids", []),
        )
        key = sent_once(call, "desk/commitments", body)
        done = service.offer(call.portal, call.person, body, key, call.now)
        return go(url(f"/desk/commitments/{done.id}"), OFFERED)

    return stay(lambda error: _listed(call, call.form, error), work)


@routes.page("/desk/commitments/{commitment_id}", CALENDAR, "A price commitment at the desk")
def show(call: Call, commitment_id: str) -> Response:
    """What was promised, and who signed."""
    return _show(call, commitment_id)


def _show(call: Call, commitment_id: str, error: PortalError | None = None) -> Response:
    one = shown(call, service.at_desk(call.portal, call.person, commitment_id), desk=True)
    whole = page_views.commitment(call, one, desk=True)
    context = {"commitment": whole, "errors": said(error) if error else []}
    return page(call, "desk/commitment.html", context, error.status if error else 200, whole["zone"])


@routes.page("/desk/commitments/{commitment_id}/document", CALENDAR, "What both signed, as a PDF")
def pdf(call: Call, commitment_id: str) -> Response:
    """On to the document, by a link that is good for half an hour."""
    one = service.at_desk(call.portal, call.person, commitment_id)
    return redirect(document.url(call.portal, one, call.storage_origin, call.now))


@routes.form(
    "/desk/commitments/{commitment_id}/withdraw",
    CALENDAR,
    "Take an offer back",
    on="/desk/commitments/{commitment_id}",
)
def withdraw(call: Call, commitment_id: str) -> Response:
    """Take it back, unless it was signed meanwhile."""

    def work() -> Response:
        body = from_form(Sign, version=whole_number(call.field("version"), "version"))
        key = once(
            call.person.id, f"withdraw-{commitment_id}", f"desk/commitments/{commitment_id}/withdraw", body
        )
        service.withdraw(call.portal, call.person, commitment_id, body, key, call.now)
        return go(url(f"/desk/commitments/{commitment_id}"), WITHDRAWN)

    return stay(lambda error: _show(call, commitment_id, error), work)
