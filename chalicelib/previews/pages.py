"""Previews of plans as pages: looking around, and adding them at the desk."""

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, said, stay, typed, values
from chalicelib.photos.picked import picked
from chalicelib.previews import service
from chalicelib.previews.models import AddPreview
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "previews")
ADDED = flash_words(
    "preview_added", "success", N_("Added. As soon as the picture is prepared, owners can look around.")
)
REMOVED = flash_words("preview_removed", "success", N_("Taken away, with its pictures."))
_NO_PHOTO = N_("Please choose a picture that is twice as wide as it is high.")


def _choice(call: Call, theirs: list[str], given: str | None) -> tuple[str, list[tuple[str, str]]]:
    if given and given not in theirs:
        raise NotFound
    return given or theirs[0], [(one, communities.get(call.portal.db, one).name) for one in theirs]


@routes.page("/previews", SIGNED_IN, "360° previews of plans")
def listed(call: Call) -> Response:
    """A community's; a tap opens one."""
    person = call.person
    theirs = sorted({u.community_id for u in person.units} | {g.community_id for g in person.grants})
    if not theirs:
        return page(call, "previews/list.html", {"items": [], "communities": [], "community_id": ""})
    chosen, names = _choice(call, theirs, call.query.get("community_id"))
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    items = service.listed(call.portal, person, chosen, call.storage_origin, call.now)
    context = {"items": items, "communities": names, "community_id": chosen}
    return page(call, "previews/list.html", context)


@routes.page("/desk/previews", CALENDAR, "360° previews at the desk")
def at_desk(call: Call) -> Response:
    """A community's, and the form for another one."""
    return _at_desk(call, typed(call, url("/desk/previews")))


def _at_desk(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    theirs = call.person.communities(CALENDAR_ROLES)
    given = values(fields)["community_id"] or call.query.get("community_id")
    chosen, names = _choice(call, theirs, given)
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    context = {
        "items": service.listed(call.portal, call.person, chosen, call.storage_origin, call.now),
        "communities": names,
        "community_id": chosen,
        "photos": picked(call, fields.get("photo_ids", [])),
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/previews.html", context, error.status if error else 200)


@routes.form("/desk/previews", CALENDAR, "Add a preview, or take one away", on="/desk/previews")
def save(call: Call) -> Response:
    """`remove` names the one to take away."""

    def work() -> Response:
        community_id = call.field("community_id")
        if call.field("remove"):
            service.remove(call.portal, call.person, community_id, call.field("remove"), call.now)
            return go(url("/desk/previews", community_id=community_id), REMOVED)
        chosen = call.form.get("photo_ids", [])
        if not chosen:
            raise Invalid.field("photo_ids", "missing", _NO_PHOTO)
        words = {name: call.field(name) for name in ("community_id", "name", "words")}
        body = from_form(AddPreview, **words, photo_id=chosen[-1])
        key = sent_once(call, "desk/previews", body)
        service.add(call.portal, call.person, body, key, call.now)
        return go(url("/desk/previews", community_id=community_id), ADDED)

    return stay(lambda error: _at_desk(call, call.form, error), work)
