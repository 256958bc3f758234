"""The price board at the desk, kept by managers."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.dispatch.card_rules import read_yuan
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import once, sent_once
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.prices import board, page_views
from chalicelib.prices.api import MANAGERS
from chalicelib.prices.models import AddItem, ChangeItem, SetPrice
from chalicelib.prices.page_routes import routes
from chalicelib.prices.views import item as item_view
from chalicelib.web import Call, url

SAVED = flash_words("price_saved", "success", N_("Saved. Owners see it on the board."))


def _community(call: Call) -> str:
    given = call.query.get("community_id") if call.route.method == "GET" else call.field("community_id")
    return managed(call.person, given)


@routes.page("/desk/prices", MANAGERS, "The price board")
def listed(call: Call) -> Response:
    """All items, also those that are off the board."""
    return _listed(call, {})


def _listed(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    chosen = _community(call)
    zone = communities.get(call.portal.db, chosen).zone
    speak(Speech(call.now, zone, call.locale))
    today = board.today_in(call.portal, chosen, call.now)
    items = [
        page_views.price_card(item_view(one, today), today)
        for one in board.read(call.portal, call.person, chosen)
    ]
    mine = call.person.communities(frozenset({"manager"}))
    context: dict[str, Any] = {
        "communities": [(one, communities.get(call.portal.db, one).name) for one in mine],
        "community_id": chosen,
        "items": sorted(items, key=lambda one: (one["retired"], one["kind"] != "package")),
        "kinds": [(kind, gettext(words)) for kind, words in page_views.KINDS.items()],
        "today": str(today),
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/prices.html", context, error.status if error else 200, zone)


@routes.form("/desk/prices", MANAGERS, "Put something on the board", on="/desk/prices")
def add(call: Call) -> Response:
    """Add it with its first price."""

    def work() -> Response:
        body = from_form(
            AddItem,
            **{
                name: call.field(name)
                for name in ("community_id", "kind", "name", "measure", "words", "since")
            },
            fen=read_yuan(call.field("fen"), "fen"),
        )
        key = sent_once(call, "desk/prices", body)
        board.add(call.portal, call.person, body, key, call.now)
        return go(url("/desk/prices", community_id=body.community_id), SAVED)

    return stay(lambda error: _listed(call, call.form, error), work)


@routes.page("/desk/prices/{item_id}", MANAGERS, "One item of the price board")
def show(call: Call, item_id: str) -> Response:
    """Its prices, and the form for the next."""
    return _show(call, item_id, {})


def _show(call: Call, item_id: str, fields: Fields, error: PortalError | None = None) -> Response:
    chosen = _community(call)
    zone = communities.get(call.portal.db, chosen).zone
    speak(Speech(call.now, zone, call.locale))
    today = board.today_in(call.portal, chosen, call.now)
    one = board.one_of(board.read(call.portal, call.person, chosen), item_id)
    context = {
        "item": page_views.price_card(item_view(one, today), today),
        "community_id": chosen,
        "today": str(today),
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/price.html", context, error.status if error else 200, zone)


@routes.form("/desk/prices/{item_id}", MANAGERS, "Change an item or its price", on="/desk/prices/{item_id}")
def save(call: Call, item_id: str) -> Response:
    """`act` is `price` for a new price, else what becomes of the item."""

    def work() -> Response:
        community_id = call.field("community_id")
        if call.field("act") == "price":
            body = from_form(
                SetPrice,
                **{name: call.field(name) for name in ("community_id", "since", "reason")},
                fen=read_yuan(call.field("fen"), "fen"),
            )
            key = sent_once(call, f"desk/prices/{item_id}/prices", body)
            board.set_price(call.portal, call.person, item_id, body, key, call.now)
        else:
            _change(call, item_id)
        return go(url(f"/desk/prices/{item_id}", community_id=community_id), SAVED)

    return stay(lambda error: _show(call, item_id, call.form, error), work)


def _change(call: Call, item_id: str) -> None:
    version = whole_number(call.field("version"), "version")
    body = from_form(
        ChangeItem,
        community_id=call.field("community_id"),
        version=version,
        words=call.field("words"),
        retired=call.field("act") == "retire",
    )
    key = once(call.person.id, f"price-{version}-{item_id}"[:64], f"desk/prices/{item_id}", body)
    board.change(call.portal, call.person, item_id, body, key, call.now)
