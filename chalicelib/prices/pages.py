"""The price board, as owners read it."""

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.communities import store as communities
from chalicelib.errors import NotFound
from chalicelib.page_words import Speech, speak
from chalicelib.prices import board, page_views
from chalicelib.prices.page_routes import routes
from chalicelib.web import SIGNED_IN, Call


@routes.page("/prices", SIGNED_IN, "Packages and what they cost")
def show(call: Call) -> Response:
    """The board of a community of one's own, with every past price."""
    person = call.person
    theirs = sorted({u.community_id for u in person.units} | {g.community_id for g in person.grants})
    names = [(one, communities.get(call.portal.db, one).name) for one in theirs]
    chosen = call.query.get("community_id") or (theirs[0] if theirs else "")
    if not theirs:
        return page(call, "prices/board.html", {"board": {}, "communities": [], "community_id": ""})
    if chosen not in theirs:
        raise NotFound
    zone = communities.get(call.portal.db, chosen).zone
    speak(Speech(call.now, zone, call.locale))
    items = board.read(call.portal, person, chosen)
    shown = page_views.board(items, board.today_in(call.portal, chosen, call.now))
    context = {"board": shown, "communities": names, "community_id": chosen}
    return page(call, "prices/board.html", context, zone=zone)
