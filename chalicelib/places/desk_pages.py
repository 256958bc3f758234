"""Public places at the desk: the list, one place, and the posters to print."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues.rules import DISPATCH_ROLES
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import go, next_url, said, stay, values, whole_number
from chalicelib.places import posters, rules, service, store
from chalicelib.places.models import ChangePlace, Place
from chalicelib.routes import Routes
from chalicelib.web import MANAGERS, OFFICE, Call, url

routes = Routes(__name__, "places")

ADDED = flash_words("places_added", "success", N_("On the list. Next: print the posters and put them up."))
KNOWN = flash_words("places_known", "info", N_("These places are on the list already; nothing was changed."))
SAVED = flash_words("place_saved", "success", N_("Saved. Posters that hang already go on working."))
RETIRED = flash_words(
    "place_retired", "success",
    N_("Taken off the list. Whoever scans its poster is led to the usual way to report; take the poster down."),
)  # fmt: skip
RESTORED = flash_words("place_restored", "success", N_("Back on the list. Its old posters work again."))
_DONE = {"save": SAVED, "retire": RETIRED, "restore": RESTORED}
#: Posters on one page: the browser prepares them all for printing at once.
_AT_ONCE = 24


@routes.page("/desk/places", MANAGERS, "The public places of a community")
def show(call: Call) -> Response:
    """The list, and the form that adds to it."""
    return _show(call, managed(call.person, call.query.get("community_id")), {})


def _show(
    call: Call, community_id: str, fields: dict[str, list[str]], error: PortalError | None = None
) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    found = sorted(store.all_of(call.portal.db, community_id), key=service.by_name)
    context = {
        **_communities(call, service.MANAGER, community_id),
        "places": [place for place in found if not place.retired],
        "retired": [place for place in found if place.retired],
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/places.html", context, error.status if error else 200)


def _communities(call: Call, roles: frozenset[str], chosen: str) -> dict[str, Any]:
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(roles)]
    return {
        "communities": [(one.id, one.name) for one in theirs],
        "community": next(one for one in theirs if one.id == chosen),
    }


@routes.form("/desk/places", MANAGERS, "Put places on the list", on="/desk/places")
def add(call: Call) -> Response:
    """Add one place, or a whole list of them."""
    community_id = managed(call.person, call.field("community_id"))

    def work() -> Response:
        wanted = rules.read_lines(call.field("places"))
        added = service.add(call.portal, call.person.id, community_id, wanted, call.now)
        return go(url("/desk/places", community_id=community_id), ADDED if added else KNOWN)

    return stay(lambda error: _show(call, community_id, call.form, error), work)


@routes.page("/desk/places/{code}", MANAGERS, "One public place")
def show_place(call: Call, code: str) -> Response:
    """A place's form."""
    return _show_place(call, code, {})


def _show_place(
    call: Call, code: str, fields: dict[str, list[str]], error: PortalError | None = None
) -> Response:
    place = store.find(call.portal.db, code) if rules.is_code(code) else None
    if place is None or place.community_id not in call.person.communities(service.MANAGER):
        raise NotFound
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    context = {
        "place": place,
        "community": communities.get(call.portal.db, place.community_id),
        "values": values(fields or {"name": [place.name], "building": [place.building]}),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/place.html", context, error.status if error else 200)


@routes.form(
    "/desk/places/{code}", MANAGERS, "Rename, retire or bring back a place", on="/desk/places/{code}"
)
def change(call: Call, code: str) -> Response:
    """Change a place, unless somebody else did since the form was opened."""

    def work() -> Response:
        body = from_form(
            ChangePlace,
            version=whole_number(call.field("version"), "version"),
            name=call.field("name"),
            building=call.field("building"),
            act=call.field("act") or "save",
        )
        place = service.change(call.portal, call.person, code, body, call.now)
        return go(url("/desk/places", community_id=place.community_id), _DONE[body.act])

    return stay(lambda error: _show_place(call, code, call.form, error), work)


@routes.page("/desk/posters", OFFICE, "Posters to print, with a QR code for each place")
def show_posters(call: Call) -> Response:
    """All places' posters, or those chosen; one poster a sheet."""
    theirs = call.person.communities(DISPATCH_ROLES)
    community_id = call.query.get("community_id") or theirs[0]
    if community_id not in theirs:
        raise NotFound
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    found = service.in_use(call.portal, community_id)
    chosen = set(call.query_list("place"))
    wanted = [place for place in found if place.id in chosen] if chosen else found
    start = _start(call)
    shown = wanted[start : start + _AT_ONCE]
    here = _communities(call, DISPATCH_ROLES, community_id)
    more = str(start + _AT_ONCE) if start + _AT_ONCE < len(wanted) else None
    context = {
        **here,
        "places": found,
        "chosen": chosen or {place.id for place in wanted},
        "posters": _posters(call, here["community"].name, shown),
        "first": start + 1,
        "total": len(wanted),
        "names": company().name,
        "next_url": next_url("/desk/posters", more, community_id=community_id, place=sorted(chosen)),
    }
    return page(call, "desk/posters.html", context)


def _start(call: Call) -> int:
    text = call.query.get("cursor", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _posters(call: Call, community: str, places: list[Place]) -> list[dict[str, Any]]:
    return [posters.poster(place, community, call.origin + url("")) for place in places]
