"""The desk's queue and board as pages, with live numbers."""

from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.answers import json_answer, page, redirect
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.desk import page_views, queue
from chalicelib.desk.import_pages import routes
from chalicelib.desk.models import CountsQuery, Queue
from chalicelib.inputs import from_form
from chalicelib.issues import access, store
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.issues.tree import CategoryView
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import next_url
from chalicelib.web import DESK, Call, url

__all__ = ["routes"]

_BOARD = ("submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened")
_BOARD_ROWS = 20


def _community(call: Call) -> str | None:
    """The community whose page this is: the one asked for, else the first of one's own."""
    theirs = access.communities_of(call.person, call.query.get("community_id"))
    return theirs[0] if theirs else None


@routes.page("/desk", DESK, "The queue")
def show_queue(call: Call) -> Response:
    """A page of the queue, with its filters and live numbers."""
    if number := call.query.get("number", "").strip():
        found = store.id_of_number(call.portal.db, number)
        issue = store.get(call.portal.db, call.portal.keys, found) if found else None
        if issue and issue.community_id in call.person.communities():
            return redirect(url(f"/desk/issues/{issue.id}"))
    community_id = _community(call)
    query = _query(call, community_id)
    of = scope("desk", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, query.cursor)
    issues, place = queue.read(call.portal, call.person, query, after, call.now)
    if number:
        issues, place = [], None
    zone = _zone(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    asked = {n: v for n, v in call.query.items() if n not in ("cursor", "lang")}
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        "items": [page_views.row(issue, call.person, call.locale, call.now) for issue in issues],
        "counts": _counts(call, community_id),
        "next_url": next_url("/desk", cursor, **asked),
        "selected": None,
        **_filters(call, community_id),
    }
    return page(call, "desk/queue.html", context, zone=zone)


def _query(call: Call, community_id: str | None) -> Queue:
    names = {"status": "status", "category": "category_id", "building": "building", "cursor": "cursor"}
    given: dict[str, Any] = {new: call.query[old] for old, new in names.items() if call.query.get(old)}
    assignee = call.query.get("assignee")
    if assignee:
        given["assignee_id"] = call.person.id if assignee == "me" else assignee
    if call.query.get("overdue"):
        given["overdue"] = True
    return from_form(Queue, **given, community_id=community_id)


def _filters(call: Call, community_id: str | None) -> dict[str, Any]:
    names = ("status", "assignee", "category", "building", "number")
    chosen: dict[str, Any] = {name: call.query.get(name, "") for name in names}
    places = [communities.get(call.portal.db, name) for name in call.person.communities()]
    here = next((place for place in places if place.id == community_id), None)
    staff = communities.staff(call.portal.db, call.portal.keys, community_id) if community_id else []
    return {
        "filters": {**chosen, "community_id": community_id, "overdue": bool(call.query.get("overdue"))},
        "communities": [{"id": place.id, "name": place.name} for place in places],
        "categories": [CategoryView.of(category, call.locale) for category in CATEGORIES.values()],
        "buildings": [{"id": name, "label": name} for name in (here.buildings if here else ())],
        "staff": [m for m in staff if set(m.roles) & ASSIGNEE_ROLES and m.id != call.person.id],
    }


def _zone(call: Call, community_id: str | None) -> ZoneInfo:
    return communities.get(call.portal.db, community_id).zone if community_id else DEFAULT_ZONE


def _counts(call: Call, community_id: str | None) -> dict[str, Any]:
    found = queue.counts(call.portal, call.person, community_id, call.now).model_dump()
    if found["overdue"] >= queue.OVERDUE_COUNTED:
        return {**found, "overdue": f"{queue.OVERDUE_COUNTED - 1}+"}
    return found


@routes.page("/desk/counts", DESK, "Live numbers for the queue's tabs")
def live_counts(call: Call) -> Response:
    """The numbers as JSON, for the page's script."""
    return json_answer(_counts(call, call.read_query(CountsQuery).community_id))


@routes.page("/desk/board", DESK, "All states side by side")
def board(call: Call) -> Response:
    """The first issues of each state, and how many there are."""
    community_id = _community(call)
    zone = _zone(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    numbers = _counts(call, community_id)
    columns = []
    for status in _BOARD:
        query = Queue(community_id=community_id, status=status, limit=_BOARD_ROWS)
        issues, _ = queue.read(call.portal, call.person, query, None, call.now)
        rows = [page_views.row(issue, call.person, call.locale, call.now) for issue in issues]
        columns.append({"status": status, "count": max(numbers[status], len(rows)), "items": rows})
    here = communities.get(call.portal.db, community_id) if community_id else None
    return page(call, "desk/board.html", {"columns": columns, "community": here}, zone=zone)
