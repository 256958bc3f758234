"""Public places over the JSON API."""

from chalicelib.errors import NotFound
from chalicelib.places import service
from chalicelib.places.models import PlaceList, PlaceView
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "places")


@routes.api(
    "GET",
    "/api/v1/communities/{community_id}/places",
    SIGNED_IN,
    "The public places of a community",
    answer=PlaceList,
)
def places(call: Call, community_id: str) -> PlaceList:
    """Places that a report can name, for those who live or work there."""
    person = call.person
    theirs = {u.community_id for u in person.units} | {g.community_id for g in person.grants}
    if community_id not in theirs:
        raise NotFound
    found = service.in_use(call.portal, community_id)
    return PlaceList(items=[PlaceView(id=p.id, name=p.name, building=p.building) for p in found])
