"""An owner's page of invitations: the link, the QR code, ready words, and what became of them."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.company import company
from chalicelib.cursors import give, take
from chalicelib.errors import N_, VersionConflict
from chalicelib.inputs import PageQuery
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import go, next_url
from chalicelib.referrals import codes, listing, rewards, rules, views, withdrawing, words
from chalicelib.referrals.models import Inviter, Referral
from chalicelib.referrals.page_routes import routes
from chalicelib.referrals.policy import CLAIM_FOR, HOLD_FOR
from chalicelib.web import SIGNED_IN, Call, url

RENEWED = flash_words(
    "referral_renewed", "success", N_("This is your new link. The old one leads nowhere from now on.")
)
TAKEN_BACK = flash_words(
    "referral_taken_back", "success",
    N_("If you came by an invitation, it is forgotten within a minute. What you use here stays as it is."),
)  # fmt: skip


@routes.page("/refer", SIGNED_IN, "Invite neighbours")
def show(call: Call) -> Response:
    """One's own link and referrals. Who owns no home is told whom to call."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    if not call.person.units:
        return page(call, "referrals/no_home.html", {})
    query = call.read_query(PageQuery)
    after = take(call.portal.keys, call.person, "refer", query.cursor)
    inviter, found, place = _read(call, query.limit, after)
    cursor = give(call.portal.keys, call.person, "refer", place)
    context = {**_share(call, inviter), "items": [_row(call, one) for one in found]}
    return page(call, "referrals/own.html", {**context, "next_url": next_url("/refer", cursor)})


def _read(call: Call, limit: int, after: str | None) -> tuple[Inviter, list[Referral], str | None]:
    if after is None:
        return listing.newest(call.portal, call.person, limit, call.now)
    found, place = listing.behind(call.portal, call.person, limit, after)
    return codes.own(call.portal, call.person, call.now), found, place


def _share(call: Call, inviter: Inviter) -> dict[str, Any]:
    """What one sends to others, and what both get."""
    own = views.own(call, inviter)
    name = company().name.in_(call.locale)
    mine, theirs = rewards.offer(call.portal, call.person.units[0].community_id, call.now)
    return {
        "own": own,
        "ready_text": gettext(
            words.READY_TEXT if mine and theirs else words.READY_TEXT_ALONE, company=name, url=own.url
        ),
        "share_title": gettext(words.SHARE_TITLE, company=name),
        "mine": mine,
        "theirs": theirs,
        "claim_days": CLAIM_FOR.days,
        "hold_days": HOLD_FOR.days,
    }


def _row(call: Call, referral: Referral) -> dict[str, Any]:
    state = rules.shown(referral, call.now)
    looks, sign, badge, what = words.SHOWN[state]
    return {
        "at": referral.at,
        "badge": {"looks": looks, "sign": sign, "words": gettext(badge)},
        "words": gettext(what),
        "reward_at": referral.hold_until if state == "qualified" else None,
    }


@routes.form("/refer/renew", SIGNED_IN, "Another link", on="/refer")
def renew(call: Call) -> Response:
    """Replace the code that the page showed. Tapped twice, the second time finds it done."""
    try:
        codes.renew(call.portal, call.person, call.field("code"), None, call.now)
    except VersionConflict:
        return go(url("/refer"))
    return go(url("/refer"), RENEWED)


@routes.form("/refer/take-back", SIGNED_IN, "Take back that one came by an invitation", on="/refer")
def take_back(call: Call) -> Response:
    """Withdraw the consent that was given with one's own number; the same answer for those who never gave any."""
    withdrawing.take_back_own(call.portal, call.person.phone, call.now)
    return go(url("/refer"), TAKEN_BACK)
