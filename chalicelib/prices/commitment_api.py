"""Price commitments over the JSON API."""

from chalicelib.complaints.view_models import LetterLink
from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.errors import NotFound
from chalicelib.once import asked_once
from chalicelib.prices import board, document, service, store, views
from chalicelib.prices.models import Commitment, Dispute, OfCommunity, Offer, Sign
from chalicelib.prices.views import CommitmentList, CommitmentView
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "prices")


def shown(call: Call, one: Commitment, *, desk: bool) -> CommitmentView:
    """A commitment as one side sees it today."""
    return views.commitment(one, board.today_in(call.portal, one.community_id, call.now), desk=desk)


def of_homes(call: Call) -> list[CommitmentView]:
    """Those of one's own homes, the newest first."""
    found = [
        one
        for unit in call.person.units
        for one in store.listed(call.portal.db, call.portal.keys, unit.community_id, unit.id)
    ]
    return [shown(call, one, desk=False) for one in sorted(found, key=lambda one: one.id, reverse=True)]


def of_community(call: Call, community_id: str) -> list[CommitmentView]:
    """Those of a community, at the desk; raises NotFound."""
    if not call.person.roles_in(community_id) & CALENDAR_ROLES:
        raise NotFound
    found = store.listed(call.portal.db, call.portal.keys, community_id)
    return [shown(call, one, desk=True) for one in found]


@routes.api(
    "GET", "/api/v1/commitments", SIGNED_IN, "Price commitments to one's homes", answer=CommitmentList
)
def own(call: Call) -> CommitmentList:
    """What was promised, and until when."""
    return CommitmentList(items=of_homes(call))


@routes.api(
    "GET", "/api/v1/commitments/{commitment_id}", SIGNED_IN, "A price commitment", answer=CommitmentView
)
def show(call: Call, commitment_id: str) -> CommitmentView:
    """To a home of one's own."""
    return shown(call, service.own(call.portal, call.person, commitment_id), desk=False)


@routes.api(
    "GET",
    "/api/v1/commitments/{commitment_id}/document",
    SIGNED_IN,
    "A link to what both sides signed (PDF)",
    answer=LetterLink,
)
def pdf(call: Call, commitment_id: str) -> LetterLink:
    """Where the document can be read, for half an hour."""
    one = service.own(call.portal, call.person, commitment_id)
    return LetterLink(url=document.url(call.portal, one, call.storage_origin, call.now))


@routes.api(
    "POST",
    "/api/v1/commitments/{commitment_id}/sign",
    SIGNED_IN,
    "Sign a price commitment",
    body=Sign,
    answer=CommitmentView,
    once=True,
)
def sign(call: Call, commitment_id: str) -> CommitmentView:
    """The second signature; the document is kept from then on."""
    body = call.read(Sign)
    key = asked_once(call, f"commitments/{commitment_id}/sign", body)
    done = service.sign(call.portal, call.person, commitment_id, body, key, call.locale, call.now)
    return shown(call, done, desk=False)


@routes.api(
    "POST",
    "/api/v1/commitments/{commitment_id}/dispute",
    SIGNED_IN,
    "Dispute a price commitment: it becomes a complaint",
    body=Dispute,
    answer=CommitmentView,
    once=True,
)
def dispute(call: Call, commitment_id: str) -> CommitmentView:
    """`complaint_id` is the complaint's then."""
    body = call.read(Dispute)
    key = asked_once(call, f"commitments/{commitment_id}/dispute", body)
    done = service.dispute(call.portal, call.person, commitment_id, body, key, call.now)
    return shown(call, done, desk=False)


@routes.api(
    "GET",
    "/api/v1/desk/commitments",
    CALENDAR,
    "A community's price commitments",
    query=OfCommunity,
    answer=CommitmentList,
)
def at_desk(call: Call) -> CommitmentList:
    """For designers and managers there."""
    return CommitmentList(items=of_community(call, call.read_query(OfCommunity).community_id))


@routes.api(
    "POST",
    "/api/v1/desk/commitments",
    CALENDAR,
    "Sign a price commitment for a home",
    body=Offer,
    answer=CommitmentView,
    status=201,
    once=True,
)
def offer(call: Call) -> CommitmentView:
    """The home is told, and signs, too."""
    body = call.read(Offer)
    key = asked_once(call, "desk/commitments", body)
    return shown(call, service.offer(call.portal, call.person, body, key, call.now), desk=True)


@routes.api(
    "POST",
    "/api/v1/desk/commitments/{commitment_id}/withdraw",
    CALENDAR,
    "Take an offer back that was not signed",
    body=Sign,
    answer=CommitmentView,
    once=True,
)
def withdraw(call: Call, commitment_id: str) -> CommitmentView:
    """The home is told."""
    body = call.read(Sign)
    key = asked_once(call, f"desk/commitments/{commitment_id}/withdraw", body)
    return shown(
        call, service.withdraw(call.portal, call.person, commitment_id, body, key, call.now), desk=True
    )
