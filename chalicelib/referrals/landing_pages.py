"""What an owner's link opens, for anybody: who invites, what one gets, and where to leave one's number.

Nothing on these pages depends on whose number somebody leaves: not the words, not the headers, not the way there.
"""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.models import Account
from chalicelib.accounts.rules import mask_name, parse_phone
from chalicelib.answers import cookie, flash_words, page, redirect
from chalicelib.company import company
from chalicelib.crypto import Unsealable
from chalicelib.errors import N_, FieldError, Invalid, NotFound, PortalError
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import go, said, stay, values
from chalicelib.referrals import claiming, codes, picture, rewards, views, withdrawing, words
from chalicelib.referrals.page_routes import routes
from chalicelib.referrals.policy import CLAIM_FOR, CONSENT
from chalicelib.web import PUBLIC, Call, url

FORGOTTEN = flash_words(
    "claim_taken_back", "success", N_("What was left from this device is deleted within a minute.")
)
_COOKIE = "guest"
_ASK_CONSENT = N_("Please tick the box: without it we can't keep your number.")


@routes.page("/r/{code}", PUBLIC, "An invitation")
def show(call: Call, code: str) -> Response:
    """Who invites and what for; after a number was left, what happens next."""
    return _landing(call, code)


def _landing(call: Call, code: str, error: PortalError | None = None) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    try:
        _, account = claiming.inviter_of(call.portal, code)
    except NotFound:
        return page(call, "referrals/gone.html", {}, 404)
    context = {
        **_words(call, account),
        "address": views.link(call, code),
        "picture": f"{call.origin}{url('/share.png')}",
        "code": code,
        "consent": CONSENT,
        "sent": "sent" in call.query and error is None,
        "left_here": _guest(call) is not None,
        "values": values(call.form if error else {}),
        "errors": said(error) if error else [],
    }
    return page(call, "referrals/invited.html", context, error.status if error else 200)


def _words(call: Call, account: Account) -> dict[str, Any]:
    name = company().name.in_(call.locale)
    points = rewards.for_who_comes(call.portal, account.units[0].community_id, call.now)
    return {
        "inviter": mask_name(account.name),
        "points": points,
        "days": CLAIM_FOR.days,
        "consent_text": gettext(words.CONSENT, company=name, days=CLAIM_FOR.days),
    }


@routes.form("/r/{code}", PUBLIC, "Leave one's number with an invitation", on="/r/{code}")
def claim(call: Call, code: str) -> Response:
    """Keep the number; the page says the same of every number. What was typed stays when it is none."""

    def work() -> Response:
        phone, consent = call.field("phone"), call.field("consent")
        _check(phone, consent)
        device = (_guest(call) or "").partition(".")[2] or None
        left = claiming.Left(phone, call.address, call.field("key") or None, device, consent)
        kept = claiming.claim(call.portal, code, left, call.now)
        sealed = call.portal.keys.seal(kept, _COOKIE)
        return redirect(url(f"/r/{code}", sent="1"), cookie(_COOKIE, sealed, int(CLAIM_FOR.total_seconds())))

    return stay(lambda error: _landing(call, code, error), work)


def _check(phone: str, consent: str) -> None:
    """Raises Invalid for all that is wrong at once."""
    wrong: list[FieldError] = []
    try:
        parse_phone(phone)
    except Invalid as error:
        wrong += error.errors
    if consent != CONSENT:
        wrong.append(FieldError("consent", "missing", _ASK_CONSENT))
    if wrong:
        raise Invalid(errors=tuple(wrong))


def _guest(call: Call) -> str | None:
    """What this device keeps of the number that was left from it last."""
    try:
        return call.portal.keys.open(call.cookies[_COOKIE], _COOKIE)
    except (KeyError, Unsealable):
        return None


@routes.form(
    "/r/{code}/take-back", PUBLIC, "Take back the number that was left from this device", on="/r/{code}"
)
def take_back(call: Call, code: str) -> Response:
    """Have it forgotten. The same answer for a device from which none was left."""
    if not codes.is_code(code):
        raise NotFound
    guest = _guest(call)
    withdrawing.take_back(call.portal, guest.partition(".")[0] if guest else "none", call.now)
    return go(url(f"/r/{code}"), FORGOTTEN, cookie(_COOKIE, "", 0))


@routes.page("/r/{code}/qr.svg", PUBLIC, "An invitation's QR code")
def qr(call: Call, code: str) -> Response:
    """Drawn from the address alone: it says nothing of whether there is such a code."""
    if not codes.is_code(code):
        raise NotFound
    drawn = picture.qr_code(views.link(call, code))
    return Response(drawn, {"Content-Type": "image/svg+xml; charset=utf-8"})


@routes.page("/share.png", PUBLIC, "The picture that goes with a shared link")
def share_picture(call: Call) -> Response:
    """Where the picture is. Who fetches it for a preview takes any type, and only the store gives bytes to those."""
    return redirect(picture.url(call.portal, call.storage_origin, call.now))
