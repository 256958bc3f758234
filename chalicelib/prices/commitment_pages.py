"""Price commitments, as owners read, sign and dispute them."""

from collections.abc import Callable

from chalice.app import Response

from chalicelib.answers import flash_words, page, redirect
from chalicelib.errors import N_, Invalid, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.prices import document, page_views, service
from chalicelib.prices.commitment_api import of_homes, shown
from chalicelib.prices.models import Dispute, Sign
from chalicelib.prices.page_routes import routes
from chalicelib.web import SIGNED_IN, Call, url

SIGNED = flash_words(
    "commitment_signed", "success", N_("Signed by both sides. The document is kept here as a PDF.")
)
DISPUTED = flash_words(
    "commitment_disputed", "success", N_("We have it as a complaint. Here you see every step, and by when.")
)
_AGREE = N_("Please tick that you have read it and agree.")


@routes.page("/commitments", SIGNED_IN, "Price commitments to one's homes")
def own(call: Call) -> Response:
    """The newest first."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    items = [page_views.commitment(call, one, desk=False) for one in of_homes(call)]
    return page(call, "prices/commitments.html", {"items": items})


@routes.page("/commitments/{commitment_id}", SIGNED_IN, "A price commitment")
def show(call: Call, commitment_id: str) -> Response:
    """What is promised, who signed, and what one may do."""
    return _show(call, commitment_id, {})


def _show(
    call: Call, commitment_id: str, fields: Fields, opened: str = "", error: PortalError | None = None
) -> Response:
    found = service.own(call.portal, call.person, commitment_id)
    one = page_views.commitment(call, shown(call, found, desk=False), desk=False)
    context = {
        "commitment": one,
        "values": values(fields),
        "open_form": opened,
        "errors": said(error) if error else [],
    }
    return page(call, "prices/commitment.html", context, error.status if error else 200, one["zone"])


@routes.page("/commitments/{commitment_id}/document", SIGNED_IN, "What both signed, as a PDF")
def pdf(call: Call, commitment_id: str) -> Response:
    """On to the document, by a link that is good for half an hour."""
    one = service.own(call.portal, call.person, commitment_id)
    return redirect(document.url(call.portal, one, call.storage_origin, call.now))


def _form(call: Call, commitment_id: str, opened: str, work: Callable[[], Response]) -> Response:
    return stay(lambda error: _show(call, commitment_id, call.form, opened, error), work)


@routes.form(
    "/commitments/{commitment_id}/sign",
    SIGNED_IN,
    "Sign a price commitment",
    on="/commitments/{commitment_id}",
)
def sign(call: Call, commitment_id: str) -> Response:
    """Sign it. Tapping twice signs once."""

    def work() -> Response:
        if not call.field("agree"):
            raise Invalid.field("agree", "missing", _AGREE)
        body = from_form(Sign, version=whole_number(call.field("version"), "version"))
        key = once(call.person.id, f"sign-{commitment_id}", f"commitments/{commitment_id}/sign", body)
        service.sign(call.portal, call.person, commitment_id, body, key, call.locale, call.now)
        return go(url(f"/commitments/{commitment_id}"), SIGNED)

    return _form(call, commitment_id, "sign", work)


@routes.form(
    "/commitments/{commitment_id}/dispute",
    SIGNED_IN,
    "Dispute a price commitment",
    on="/commitments/{commitment_id}",
)
def dispute(call: Call, commitment_id: str) -> Response:
    """It becomes a complaint, whose page comes next. Tapping twice files one."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Dispute, version=version, text=call.field("text"))
        key = once(call.person.id, f"disputed-{commitment_id}", f"commitments/{commitment_id}/dispute", body)
        done = service.dispute(call.portal, call.person, commitment_id, body, key, call.now)
        return go(url(f"/feedback/{done.complaint_id}"), DISPUTED)

    return _form(call, commitment_id, "dispute", work)
