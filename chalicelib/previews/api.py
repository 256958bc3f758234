"""Previews of plans over the JSON API."""

from chalicelib.base import Base
from chalicelib.consultations.api import CALENDAR
from chalicelib.once import asked_once
from chalicelib.previews import service
from chalicelib.previews.models import AddPreview, PreviewList
from chalicelib.prices.models import OfCommunity
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "previews")


class Added(Base):
    """The new preview."""

    id: str


@routes.api(
    "GET",
    "/api/v1/previews",
    SIGNED_IN,
    "360° previews of a community's plans",
    query=OfCommunity,
    answer=PreviewList,
)
def listed(call: Call) -> PreviewList:
    """With short-lived links to the pictures."""
    community_id = call.read_query(OfCommunity).community_id
    return PreviewList(
        items=service.listed(call.portal, call.person, community_id, call.storage_origin, call.now)
    )


@routes.api(
    "POST",
    "/api/v1/desk/previews",
    CALENDAR,
    "Show a plan's picture all around",
    body=AddPreview,
    answer=Added,
    status=201,
    once=True,
)
def add(call: Call) -> Added:
    """The photo is uploaded first, as for reports."""
    body = call.read(AddPreview)
    key = asked_once(call, "desk/previews", body)
    return Added(id=service.add(call.portal, call.person, body, key, call.now))


@routes.api(
    "DELETE",
    "/api/v1/desk/communities/{community_id}/previews/{preview_id}",
    CALENDAR,
    "Take a preview away, with its pictures",
    status=204,
)
def remove(call: Call, community_id: str, preview_id: str) -> None:
    """For good."""
    service.remove(call.portal, call.person, community_id, preview_id, call.now)
