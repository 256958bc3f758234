"""Invitations over the JSON API: for owners, for those who come, and for managers."""

from chalice.app import Response

from chalicelib import i18n
from chalicelib.accounts.managing import managed
from chalicelib.accounts.rules import mask_name
from chalicelib.answers import json_answer
from chalicelib.company import company
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_, Invalid
from chalicelib.inputs import PageQuery
from chalicelib.once import asked_once
from chalicelib.referrals import claiming, codes, deciding, listing, rewards, views, withdrawing, words
from chalicelib.referrals.models import (
    Claim,
    ClaimTaken,
    Decide,
    Decided,
    FlaggedList,
    FlaggedQuery,
    FlaggedView,
    Forget,
    Forgetting,
    Invitation,
    OwnReferral,
    ReferralList,
    Renew,
)
from chalicelib.referrals.policy import CLAIM_FOR, CONSENT
from chalicelib.routes import Routes
from chalicelib.web import MANAGERS, OWNERS, PUBLIC, SIGNED_IN, Call

_OTHER_WORDS = N_("The words have changed since. Please show the present ones, and ask again.")
routes = Routes(__name__, "referrals")


@routes.api("GET", "/api/v1/referral", OWNERS, "One's own code, link and numbers", answer=OwnReferral)
def own(call: Call) -> OwnReferral:
    """The first look makes the code."""
    return views.own(call, codes.own(call.portal, call.person, call.now))


@routes.api(
    "POST",
    "/api/v1/referral/renew",
    OWNERS,
    "Another code; the old link is dead at once",
    body=Renew,
    answer=OwnReferral,
    once=True,
)
def renew(call: Call) -> OwnReferral:
    """Replace one's code."""
    body = call.read(Renew)
    key = asked_once(call, "referral/renew", body)
    return views.own(call, codes.renew(call.portal, call.person, body.code, key, call.now))


@routes.api(
    "GET",
    "/api/v1/referrals",
    OWNERS,
    "One's own referrals, newest first",
    query=PageQuery,
    answer=ReferralList,
)
def own_list(call: Call) -> ReferralList:
    """A page of one's own; nothing says whose numbers they are."""
    query = call.read_query(PageQuery)
    after = take(call.portal.keys, call.person, "referrals", query.cursor)
    found, place = listing.behind(call.portal, call.person, query.limit, after)
    cursor = give(call.portal.keys, call.person, "referrals", place)
    return ReferralList(items=[views.row(one, call.now) for one in found], next_cursor=cursor)


@routes.api("GET", "/api/v1/referrals/{code}", PUBLIC, "What somebody is invited to", answer=Invitation)
def invitation(call: Call, code: str) -> Invitation:
    """Who invites, in masked form, what one gets, and what one agrees to."""
    _, account = claiming.inviter_of(call.portal, code)
    say = i18n.translations(call.locale).gettext
    points = rewards.for_who_comes(call.portal, account.units[0].community_id, call.now)
    given = {"company": company().name.in_(call.locale), "days": CLAIM_FOR.days}
    return Invitation(
        inviter=mask_name(account.name),
        points=points,
        keep_days=CLAIM_FOR.days,
        consent=CONSENT,
        consent_text=say(words.CONSENT) % given,
    )


@routes.api(
    "POST",
    "/api/v1/referrals/{code}/claims",
    PUBLIC,
    "Leave one's number with a code; the same answer whatever we know of it",
    body=Claim,
    answer=ClaimTaken,
    status=202,
)
def claim(call: Call, code: str) -> ClaimTaken:
    """Keep a number with a code. Sent again it changes nothing."""
    body = call.read(Claim)
    if body.consent not in (None, CONSENT):
        raise Invalid.field("consent", "stale", _OTHER_WORDS)
    left = claiming.Left(body.phone, call.address, consent=body.consent)
    claiming.claim(call.portal, code, left, call.now)
    return ClaimTaken(keep_days=CLAIM_FOR.days)


@routes.api(
    "DELETE", "/api/v1/referral/claim", SIGNED_IN, "Take back that one came by an invitation", status=204
)
def take_back(call: Call) -> Response:
    """Withdraw the consent that was given with one's own number."""
    withdrawing.take_back_own(call.portal, call.person.phone, call.now)
    return json_answer(None, 204)


@routes.api(
    "GET",
    "/api/v1/desk/referrals",
    MANAGERS,
    "Referrals that wait for a decision, longest first",
    query=FlaggedQuery,
    answer=FlaggedList,
)
def queue(call: Call) -> FlaggedList:
    """A page of the queue."""
    query = call.read_query(FlaggedQuery)
    community_id = managed(call.person, query.community_id)
    of = scope("desk/referrals", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    found, place = deciding.queue(call.portal, community_id, query.limit, after)
    cursor = give(call.portal.keys, call.person, of, place)
    return FlaggedList(items=views.for_desk(call.portal, found), next_cursor=cursor)


@routes.api(
    "POST",
    "/api/v1/desk/referrals/forget",
    MANAGERS,
    "Forget a number that was left with an invitation; the same answer for one that was not",
    body=Forget,
    answer=Forgetting,
)
def forget(call: Call) -> Forgetting:
    """Somebody has called to take it back."""
    body = call.read(Forget)
    deciding.forget(call.portal, call.person, body.community_id, body.phone, call.now)
    return Forgetting()


@routes.api("GET", "/api/v1/desk/referrals/{referral_id}", MANAGERS, "A referral", answer=FlaggedView)
def show(call: Call, referral_id: str) -> FlaggedView:
    """One with what speaks against it and what was decided."""
    return views.for_desk(call.portal, [deciding.find(call.portal, call.person, referral_id)])[0]


@routes.api(
    "POST",
    "/api/v1/desk/referrals/{referral_id}/decision",
    MANAGERS,
    "Release a referral, or void it",
    body=Decide,
    answer=Decided,
    once=True,
)
def decide(call: Call, referral_id: str) -> Decided:
    """Decide, with a reason."""
    body = call.read(Decide)
    key = asked_once(call, f"referrals/{referral_id}/decision", body)
    after = deciding.decide(call.portal, call.person, referral_id, body, key, call.now)
    return Decided(id=after.id, state=after.state, version=after.version)
