"""Announcements over the JSON API."""

from chalice.app import Response

from chalicelib.accounts.managing import managed
from chalicelib.announcements import service, store
from chalicelib.announcements.models import (
    Announce,
    AnnouncementAtDesk,
    AnnouncementList,
    AnnouncementQuery,
    AnnouncementView,
    Recipients,
    TakeBack,
)
from chalicelib.answers import json_answer
from chalicelib.cursors import give, scope, take
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import MANAGERS, SIGNED_IN, Call

routes = Routes(__name__, "announcements")


@routes.api(
    "GET", "/api/v1/announcements/{announcement_id}", SIGNED_IN, "An announcement that one got",
    answer=AnnouncementView,
)  # fmt: skip
def one(call: Call, announcement_id: str) -> AnnouncementView:
    """The announcement."""
    return service.read(call.portal, call.person, announcement_id, call.now)


@routes.api(
    "PUT",
    "/api/v1/announcements/{announcement_id}/read",
    SIGNED_IN,
    "Take an announcement as read",
    status=204,
)
def mark_read(call: Call, announcement_id: str) -> Response:
    """Counted once for each person; its message in the inbox is read with it."""
    service.opened(call.portal, call.person, announcement_id, call.now)
    return json_answer(None, 204)


@routes.api(
    "GET", "/api/v1/desk/announcements", MANAGERS, "A community's announcements, the newest first",
    query=AnnouncementQuery, answer=AnnouncementList,
)  # fmt: skip
def listed(call: Call) -> AnnouncementList:
    """A page of them, each with how many have read it."""
    query = call.read_query(AnnouncementQuery)
    community_id = managed(call.person, query.community_id)
    of = scope("announcements", community_id=community_id)
    after = take(call.portal.keys, call.person, of, query.cursor)
    items, place = service.listed(call.portal, community_id, query.limit, after)
    return AnnouncementList(items=items, next_cursor=give(call.portal.keys, call.person, of, place))


@routes.api(
    "POST", "/api/v1/desk/announcements", MANAGERS, "Announce something, now or later", body=Announce,
    answer=AnnouncementAtDesk, status=201, once=True,
)  # fmt: skip
def announce(call: Call) -> AnnouncementAtDesk:
    """Keep it until its moment."""
    body = call.read(Announce)
    key = asked_once(call, "announce", body)
    return service.at_desk(service.announce(call.portal, call.person, body, key, call.now), 0)


@routes.api(
    "POST", "/api/v1/desk/announcements/recipients", MANAGERS, "How many people something would reach, before it is "
    "announced", body=Announce, answer=Recipients,
)  # fmt: skip
def recipients(call: Call) -> Recipients:
    """It is judged as announcing it would be, and nothing is kept."""
    body = call.read(Announce)
    managed(call.person, body.community_id)
    return Recipients(number=service.recipients(call.portal, body, call.now))


@routes.api(
    "POST", "/api/v1/desk/announcements/{announcement_id}/take-back", MANAGERS,
    "Take an announcement back", body=TakeBack, answer=AnnouncementAtDesk,
)  # fmt: skip
def take_back(call: Call, announcement_id: str) -> AnnouncementAtDesk:
    """Nobody gets it any more, and it goes from those who have it."""
    community_id = call.read(TakeBack).community_id
    found = service.take_back(call.portal, call.person, community_id, announcement_id, call.now)
    return service.at_desk(found, store.read_counts(call.portal.db, [found.id])[found.id])
