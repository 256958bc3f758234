"""Handing rewards out: staff scan a voucher with their phone's camera, or type its code."""

from datetime import timedelta
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.once import sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import go, said, stay, values
from chalicelib.rewards import rules, service
from chalicelib.rewards.models import UseVoucher, Voucher
from chalicelib.rewards.page_routes import routes
from chalicelib.web import OFFICE, Call, url

USED = flash_words("voucher_used", "success", N_("Marked as used. Please hand the reward out."))
_UNKNOWN = N_("There is no voucher with this code here. Compare it letter by letter.")
PATH = "/desk/vouchers"
ONE = "/desk/vouchers/{voucher_code}"


@routes.page(PATH, OFFICE, "Look a voucher up by its code")
def start(call: Call) -> Response:
    """The form for a code."""
    return _page(call, None)


def _page(call: Call, voucher: Voucher | None, error: PortalError | None = None) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    context = {
        "voucher": _shown(call, voucher) if voucher else None,
        "values": values(call.form_if_any if error else {}),
        "errors": said(error) if error else [],
    }
    return page(call, "rewards/use.html", context, error.status if error else 200)


def _shown(call: Call, voucher: Voucher) -> dict[str, Any]:
    return {
        "name": voucher.name,
        "code": voucher.code,
        "status": voucher.state(call.now),
        "last": voucher.expires_at - timedelta(seconds=1),
        "ended": voucher.ended_at or voucher.expires_at,
    }


@routes.form(PATH, OFFICE, "Look a voucher up by its code", on=PATH)
def look_up(call: Call) -> Response:
    """A code that was typed: on to its voucher."""

    def work() -> Response:
        code = rules.read_code(call.field("code"))
        try:
            service.look_up(call.portal, call.person, code or "")
        except NotFound as error:
            raise Invalid.field("code", "unknown", _UNKNOWN) from error
        return go(url(f"{PATH}/{code}"))

    return stay(lambda error: _page(call, None, error), work)


@routes.page(ONE, OFFICE, "A voucher that was scanned")
def show(call: Call, voucher_code: str) -> Response:
    """What it is for, and whether it holds; nobody's name."""
    return _page(call, service.look_up(call.portal, call.person, voucher_code))


@routes.form(ONE, OFFICE, "Mark a voucher as used", on=ONE)
def use(call: Call, voucher_code: str) -> Response:
    """Hand it out."""

    def work() -> Response:
        key = sent_once(call, "desk/vouchers/use", UseVoucher(code=voucher_code))
        service.use(call.portal, call.person, voucher_code, key, call.now)
        return go(url(f"{PATH}/{rules.read_code(voucher_code)}"), USED)

    return stay(
        lambda error: _page(call, service.look_up(call.portal, call.person, voucher_code), error), work
    )
