"""Announcements as pages: one to read, and those of a community at the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib import i18n
from chalicelib.accounts.managing import managed
from chalicelib.accounts.models import STAFF_ROLES
from chalicelib.announcements import service
from chalicelib.announcements.models import Announce, AnnouncementAtDesk, AnnouncementQuery
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import once
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import go, next_url, said, stay, values
from chalicelib.routes import Routes
from chalicelib.times import moment
from chalicelib.web import MANAGERS, SIGNED_IN, Call, url

routes = Routes(__name__, "inbox")

ANNOUNCED = flash_words(
    "announced", "success", N_("On its way: everybody has it within minutes, or at its moment.")
)
BACK = flash_words(
    "announcement_back", "success", N_("Taken back: it goes from everybody's page within minutes.")
)
STATES: Mapping[str, str] = {
    "waiting": N_("waits for its moment"),
    "going": N_("on its way"),
    "out": N_("with everybody"),
    "taking_back": N_("being taken back"),
    "taken_back": N_("taken back"),
}
AUDIENCES: Mapping[str, str] = {
    "community": N_("Everybody who lives in the community"),
    "building": N_("Some buildings"),
    "units": N_("Some homes"),
    "role": N_("Staff with some roles"),
}
#: The field of the form in which those of an audience are ticked; homes are written.
_TICKED: Mapping[str, str] = {"building": "buildings", "role": "roles"}


@routes.page("/announcements/{announcement_id}", SIGNED_IN, "An announcement that one got")
def show(call: Call, announcement_id: str) -> Response:
    """The announcement; whoever opens it has read it."""
    found = service.opened(call.portal, call.person, announcement_id, call.now)
    context = {"one": found, "at": moment(found.published_at)}
    return page(call, "announcements/show.html", context)


@routes.page("/desk/announcements", MANAGERS, "A community's announcements")
def listed(call: Call) -> Response:
    """What was announced, how many have read it, and the form for another one."""
    query = call.read_query(AnnouncementQuery)
    return _show(call, managed(call.person, query.community_id), {})


def _show(
    call: Call,
    community_id: str,
    fields: dict[str, list[str]],
    error: PortalError | None = None,
    reach: int = 0,
) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    query = call.read_query(AnnouncementQuery)
    of = scope("announcements", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    items, place = service.listed(call.portal, community_id, query.limit, after)
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(frozenset({"manager"}))]
    here = next(one for one in theirs if one.id == community_id)
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community": here,
        "items": [_row(item, call.locale) for item in items],
        "next_url": next_url("/desk/announcements", cursor, community_id=here.id),
        "audiences": list(AUDIENCES.items()),
        "roles": [(role, i18n.role_words(role, call.locale)) for role in STAFF_ROLES],
        "buildings": [
            (name, gettext("Building %(building)s") % {"building": name}) for name in here.buildings
        ],
        "chosen": {name: fields.get(name, []) for name in _TICKED.values()},
        "reach": reach,
        "values": values(fields),
        "errors": _said(error, fields) if error else [],
    }
    return page(call, "desk/announcements.html", context, error.status if error else 200, zone=here.zone)


def _row(item: AnnouncementAtDesk, locale: str) -> dict[str, Any]:
    at = {"publish_at": moment(item.publish_at), "ends_at": moment(item.ends_at) if item.ends_at else None}
    words = {"state_words": STATES[item.state], "audience_words": AUDIENCES[item.audience]}
    roles = item.audience == "role"
    of = [i18n.role_words(value, locale) if roles else value for value in item.values]
    return {**item.model_dump(), **at, **words, "of": of}


@routes.form("/desk/announcements", MANAGERS, "Announce something", on="/desk/announcements")
def announce(call: Call) -> Response:
    """First how it looks and how many get it, then, confirmed, out with it."""
    community_id = managed(call.person, call.field("community_id"))

    def work() -> Response:
        body = _typed(call, community_id)
        if call.field("sure") != "yes":
            reach = service.recipients(call.portal, body, call.now)
            return _show(call, community_id, call.form, None, reach)
        key = once(call.person.id, call.field("key") or None, "announce", body)
        service.announce(call.portal, call.person, body, key, call.now)
        return go(url("/desk/announcements", community_id=community_id), ANNOUNCED)

    return stay(lambda error: _show(call, community_id, call.form, error), work)


def _typed(call: Call, community_id: str) -> Announce:
    zone = communities.get(call.portal.db, community_id).zone
    return from_form(
        Announce,
        community_id=community_id,
        title=call.field("title"),
        text=call.field("text"),
        audience=call.field("audience", "community"),
        values=_values(call),
        publish_at=_local(call.field("publish_at"), zone),
        ends_at=_local(call.field("ends_at"), zone),
    )


def _said(error: PortalError, fields: dict[str, list[str]]) -> list[dict[str, str]]:
    """What is wrong, beside the field in which this audience is chosen."""
    beside = {"values": _TICKED.get((fields.get("audience") or [""])[-1], "values")}
    return [{**row, "field": beside.get(row["field"], row["field"])} for row in said(error)]


def _values(call: Call) -> list[str]:
    """What was ticked for this audience, or written, one on each line or behind commas."""
    ticked = call.form.get(_TICKED.get(call.field("audience"), ""), [])
    lines = call.field("values").replace("，", "\n").replace(",", "\n").split("\n")
    return ticked or [line.strip() for line in lines if line.strip()]


def _local(text: str, zone: ZoneInfo) -> str | None:
    """A moment as a browser's field gives it, on the community's clock; what is none goes on to be refused."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError:
        return text


@routes.form("/desk/announcements/take-back", MANAGERS, "Take an announcement back", on="/desk/announcements")
def take_back(call: Call) -> Response:
    """Nobody gets it any more."""
    community_id = managed(call.person, call.field("community_id"))
    service.take_back(call.portal, call.person, community_id, call.field("id"), call.now)
    return go(url("/desk/announcements", community_id=community_id), BACK)
