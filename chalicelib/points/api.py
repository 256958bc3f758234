"""One's own points over the JSON API."""

from chalicelib.cursors import give, take
from chalicelib.points import store, views
from chalicelib.points.view_models import EntryList, ListEntries, PointsView
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "points")


@routes.api(
    "GET", "/api/v1/points", SIGNED_IN, "One's balance, level, and what expires next", answer=PointsView
)
def show(call: Call) -> PointsView:
    """What one has."""
    return views.overview(store.purse(call.portal.db, call.person.id), call.locale, call.now)


@routes.api(
    "GET",
    "/api/v1/points/entries",
    SIGNED_IN,
    "One's ledger, newest first",
    query=ListEntries,
    answer=EntryList,
)
def list_entries(call: Call) -> EntryList:
    """A page of it."""
    query = call.read_query(ListEntries)
    after = take(call.portal.keys, call.person, "points/entries", query.cursor)
    found, place = views.entries(call.portal.db, call.person.id, query.limit, after)
    cursor = give(call.portal.keys, call.person, "points/entries", place)
    return EntryList(items=[views.entry_view(one, call.locale) for one in found], next_cursor=cursor)
