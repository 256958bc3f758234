"""The owner's first pages: home, and the list."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.issues import access, listing, page_views
from chalicelib.issues.models import Issue, ListIssues
from chalicelib.issues.rules import WORK
from chalicelib.page_words import DEFAULT_ZONE
from chalicelib.pages import next_url
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "issues")
_HOME_READS = 50
#: The start page is no list: what is under way beyond these is one tap further.
_HOME_SHOWS = 8
_FILTERS = ("submitted", "assigned", "in_progress", "paused", "resolved", "closed")


@routes.page("/", SIGNED_IN, "Home")
def home(call: Call) -> Response:
    """What waits for the owner, and what is under way."""
    from chalicelib.announcements.service import for_home  # which the list needs none of

    person = call.person
    issues, announced = listing.newest(call.portal, person, _HOME_READS)
    cards = [_card(call, issue) for issue in issues]
    units = [
        {"id": u.id, "label": u.label, "community_name": communities.get(call.portal.db, u.community_id).name}
        for u in person.units
    ]
    needs_me = [one for one in cards if one["needs"]]
    context = {
        "units": units,
        "needs_me": needs_me[:10],
        "announced": for_home(announced, call.now),
        "open": [one for one in cards if one["status"] in WORK and not one["needs"]][:_HOME_SHOWS],
    }
    return page(call, "home.html", context, zone=_zone(call))


def _card(call: Call, issue: Issue) -> dict[str, Any]:
    return page_views.card(issue, call.locale, call.now, access.relation(call.person, issue))


def _zone(call: Call) -> Any:
    units = call.person.units
    return communities.get(call.portal.db, units[0].community_id).zone if units else DEFAULT_ZONE


@routes.page("/issues", SIGNED_IN, "One's own issues")
def list_issues(call: Call) -> Response:
    """A page of the list."""
    query = call.read_query(ListIssues)
    of = scope("issues", status=query.status)
    after = take(call.portal.keys, call.person, of, query.cursor)
    found, place = listing.own(call.portal, call.person, query.limit, query.status, after)
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        "items": [_card(call, issue) for issue in found],
        "status": query.status,
        "statuses": _FILTERS,
        "next_url": next_url("/issues", cursor, status=query.status),
    }
    return page(call, "issues/list.html", context, zone=_zone(call))
