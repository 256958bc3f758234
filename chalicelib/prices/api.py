"""Price boards over the JSON API."""

from chalicelib.once import asked_once
from chalicelib.prices import board, views
from chalicelib.prices.models import AddItem, ChangeItem, OfCommunity, SetPrice
from chalicelib.prices.views import Board, ItemView
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Access, Call

routes = Routes(__name__, "prices")
MANAGERS = Access(roles=frozenset({"manager"}))


@routes.api(
    "GET", "/api/v1/prices", SIGNED_IN, "A community's packages and prices", query=OfCommunity, answer=Board
)
def show(call: Call) -> Board:
    """What is offered, with every past price and since when it held."""
    community_id = call.read_query(OfCommunity).community_id
    today = board.today_in(call.portal, community_id, call.now)
    found = board.read(call.portal, call.person, community_id)
    return Board(items=[views.item(one, today) for one in found if not one.retired])


@routes.api(
    "POST",
    "/api/v1/desk/prices",
    MANAGERS,
    "Put something on the board",
    body=AddItem,
    answer=ItemView,
    status=201,
    once=True,
)
def add(call: Call) -> ItemView:
    """With its first price."""
    body = call.read(AddItem)
    key = asked_once(call, "desk/prices", body)
    done = board.add(call.portal, call.person, body, key, call.now)
    return views.item(done, board.today_in(call.portal, body.community_id, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/prices/{item_id}/prices",
    MANAGERS,
    "Let something cost another price from a day on",
    body=SetPrice,
    answer=ItemView,
    status=201,
    once=True,
)
def set_price(call: Call, item_id: str) -> ItemView:
    """From today on or later; what it cost before stays on the board."""
    body = call.read(SetPrice)
    key = asked_once(call, f"desk/prices/{item_id}/prices", body)
    done = board.set_price(call.portal, call.person, item_id, body, key, call.now)
    return views.item(done, board.today_in(call.portal, body.community_id, call.now))


@routes.api(
    "PUT",
    "/api/v1/desk/prices/{item_id}",
    MANAGERS,
    "Change an item's words, take it off the board or put it back",
    body=ChangeItem,
    answer=ItemView,
    once=True,
)
def change(call: Call, item_id: str) -> ItemView:
    """Its prices stay as they are."""
    body = call.read(ChangeItem)
    key = asked_once(call, f"desk/prices/{item_id}", body)
    done = board.change(call.portal, call.person, item_id, body, key, call.now)
    return views.item(done, board.today_in(call.portal, body.community_id, call.now))
