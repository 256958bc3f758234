"""Referrals at the desk: what waits for a manager, one of them, and the decision."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import go, next_url, said, stay, values, whole_number
from chalicelib.referrals import deciding, views, words
from chalicelib.referrals.models import Decide, FlaggedQuery, FlaggedView
from chalicelib.referrals.page_routes import routes
from chalicelib.times import moment
from chalicelib.web import MANAGERS, Call, url

RELEASED = flash_words("referral_released", "success", N_("Released: it goes on where it was stopped."))
VOIDED = flash_words("referral_voided", "success", N_("Voided: nobody gets points for it."))


def _frame(call: Call, community_id: str) -> dict[str, Any]:
    here = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, here.zone, call.locale))
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(deciding.MANAGER)]
    return {"communities": [(one.id, one.name) for one in theirs], "community": here}


FORGOTTEN = flash_words("number_forgotten", "success", N_("The number is forgotten within a minute."))


@routes.form("/desk/referrals", MANAGERS, "Forget a number that was left", on="/desk/referrals")
def forget(call: Call) -> Response:
    """Somebody has called to take it back; the page says the same of a number that was never left."""
    community_id = managed(call.person, call.field("community_id"))

    def work() -> Response:
        deciding.forget(call.portal, call.person, community_id, call.field("phone"), call.now)
        return go(url("/desk/referrals", community_id=community_id), FORGOTTEN)

    return stay(lambda error: _queue(call, FlaggedQuery(community_id=community_id), error), work)


@routes.page("/desk/referrals", MANAGERS, "Referrals that wait for a decision")
def queue(call: Call) -> Response:
    """A page of the queue, longest first."""
    return _queue(call, call.read_query(FlaggedQuery))


def _queue(call: Call, query: FlaggedQuery, error: PortalError | None = None) -> Response:
    community_id = managed(call.person, query.community_id)
    frame = _frame(call, community_id)
    of = scope("desk/referrals", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    found, place = deciding.queue(call.portal, community_id, query.limit, after)
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        **frame,
        "items": [_card(one) for one in views.for_desk(call.portal, found)],
        "next_url": next_url("/desk/referrals", cursor, community_id=query.community_id),
        "values": values(call.form if error else {}),
        "errors": said(error) if error else [],
    }
    status = error.status if error else 200
    return page(call, "desk/referrals.html", context, status, frame["community"].zone)


def _card(view: FlaggedView) -> dict[str, Any]:
    """A referral in the desk's words."""
    looks, sign, state = words.STATES[view.state]
    return {
        "id": view.id,
        "version": view.version,
        "badge": {"looks": looks, "sign": sign, "words": gettext(state)},
        "inviter": view.inviter,
        "home": view.inviter_home or "",
        "invited": view.invited,
        "at": moment(view.at),
        "flagged_at": _moment(view.flagged_at),
        "joined_at": _moment(view.joined_at),
        "reasons": [(gettext(words.REASONS[one]), one in view.cleared) for one in view.reasons],
        "signals": [gettext(words.SIGNALS[one]) for one in view.signals],
        "numbers": (view.registered, view.qualified, view.rewarded),
        "why": gettext(words.WHY[view.why]) if view.why else "",
        "open": view.state == "flagged",
        "decisions": [
            {"at": moment(one.at), "release": one.release, "reason": one.reason} for one in view.decisions
        ],
    }


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


@routes.page("/desk/referrals/{referral_id}", MANAGERS, "A referral, and the decision about it")
def show(call: Call, referral_id: str) -> Response:
    """What speaks against it, and the form."""
    return _show(call, referral_id)


def _show(call: Call, referral_id: str, error: PortalError | None = None) -> Response:
    referral = deciding.find(call.portal, call.person, referral_id)
    frame = _frame(call, referral.community_id)
    context = {
        **frame,
        "referral": _card(views.for_desk(call.portal, [referral])[0]),
        "values": values(call.form if error else {}),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/referral.html", context, error.status if error else 200, frame["community"].zone)


@routes.form(
    "/desk/referrals/{referral_id}",
    MANAGERS,
    "Release a referral, or void it",
    on="/desk/referrals/{referral_id}",
)
def decide(call: Call, referral_id: str) -> Response:
    """Decide; whoever was slower sees what the other one decided."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        decision = call.field("decision") or None
        body = from_form(Decide, decision=decision, reason=call.field("reason"), version=version)
        key = sent_once(call, f"referrals/{referral_id}/decision", body)
        after = deciding.decide(call.portal, call.person, referral_id, body, key, call.now)
        said_ = RELEASED if body.decision == "release" else VOIDED
        return go(url("/desk/referrals", community_id=after.community_id), said_)

    return stay(lambda error: _show(call, referral_id, error), work)
