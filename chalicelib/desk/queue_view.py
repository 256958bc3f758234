"""The queue as its page, its live part and its results show it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.desk import page_views, queue
from chalicelib.desk.models import Queue
from chalicelib.due.page_views import delay_of
from chalicelib.due.plan import levels_for
from chalicelib.inputs import from_form
from chalicelib.issues import access
from chalicelib.issues.models import Issue
from chalicelib.issues.page_views import category_view
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.rules import ASSIGNEE_ROLES, DISPATCH_ROLES
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import next_url
from chalicelib.web import Call

Asked = Mapping[str, str]
#: What may stand in the queue's address, and with it in a filter that is kept.
CHOICES = ("community_id", "status", "assignee", "category", "building", "overdue")


def choices(query: Asked) -> dict[str, str]:
    """What of a query narrows the queue."""
    return {name: query[name] for name in CHOICES if query.get(name)}


def address(query: Asked) -> str:
    """The queue's path with what it was asked for, to come back to after a step."""
    kept = {**choices(query), **{name: query[name] for name in ("cursor",) if query.get(name)}}
    return "/desk" + (f"?{urlencode(kept)}" if kept else "")


def community_of(call: Call, query: Asked) -> str | None:
    """The community whose page this is: the one asked for, else the first of one's own; raises NotFound."""
    theirs = access.communities_of(call.person, query.get("community_id"))
    return theirs[0] if theirs else None


def zone_of(call: Call, community_id: str | None) -> ZoneInfo:
    """The zone in which the page's times are said."""
    return communities.get(call.portal.db, community_id).zone if community_id else DEFAULT_ZONE


def to_query(call: Call, query: Asked, community_id: str | None) -> Queue:
    """What the address asks for; raises Invalid."""
    names = {"status": "status", "category": "category_id", "building": "building", "cursor": "cursor"}
    given: dict[str, Any] = {new: query[old] for old, new in names.items() if query.get(old)}
    if assignee := query.get("assignee"):
        given["assignee_id"] = call.person.id if assignee == "me" else assignee
    if query.get("overdue"):
        given["overdue"] = True
    return from_form(Queue, **given, community_id=community_id)


def rows(call: Call, query: Asked) -> dict[str, Any]:
    """The rows of a page of the queue, and the way to the next one; says times in the community's zone."""
    community_id = community_of(call, query)
    wanted = to_query(call, query, community_id)
    of = scope("desk", **wanted.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, wanted.cursor)
    issues, place = queue.read(call.portal, call.person, wanted, after, call.now)
    speak(Speech(call.now, zone_of(call, community_id), call.locale))
    cursor = give(call.portal.keys, call.person, of, place)
    return {
        "items": [_row(call, issue) for issue in issues],
        "next_url": next_url("/desk", cursor, **choices(query)),
        "here": address(query),
        "may_act": bool(call.person.roles & ASSIGNEE_ROLES),
    }


def _row(call: Call, issue: Issue) -> dict[str, Any]:
    late = delay_of(issue, levels_for(call.portal, issue.community_id), call.now)
    return {**page_views.row(issue, call.person, call.locale, call.now), "delay": late}


def shown_counts(counts: dict[str, int]) -> dict[str, Any]:
    """The numbers as tabs show them: overdue is counted no further than to 99."""
    if counts["overdue"] >= queue.OVERDUE_COUNTED:
        return {**counts, "overdue": f"{queue.OVERDUE_COUNTED - 1}+"}
    return {**counts}


def filters(call: Call, query: Asked) -> dict[str, Any]:
    """What the queue can be narrowed by, and by what it is."""
    community_id = community_of(call, query)
    chosen: dict[str, Any] = {name: query.get(name, "") for name in (*CHOICES, "number")}
    places = [communities.get(call.portal.db, name) for name in call.person.communities()]
    here = next((place for place in places if place.id == community_id), None)
    staff = communities.staff(call.portal.db, call.portal.keys, community_id) if community_id else []
    roles = call.person.roles_in(community_id) if community_id else frozenset()
    return {
        "filters": {**chosen, "community_id": community_id, "overdue": bool(query.get("overdue"))},
        "communities": [{"id": place.id, "name": place.name} for place in places],
        "categories": [category_view(name, call.locale) for name in CATEGORIES],
        "buildings": [{"id": name, "label": name} for name in (here.buildings if here else ())],
        "staff": [m for m in staff if set(m.roles) & ASSIGNEE_ROLES and m.id != call.person.id],
        "dispatches": bool(roles & DISPATCH_ROLES),
    }
