"""Outages in the words and objects that templates take."""

from typing import Any

from chalicelib.communities import store as communities
from chalicelib.dispatch import outages
from chalicelib.dispatch.outage_models import Outage, PastOutage
from chalicelib.dispatch.outage_rules import buildings
from chalicelib.ids import is_id
from chalicelib.issues.page_views import category_view
from chalicelib.web import Call


def shown(call: Call, outage: Outage) -> dict[str, Any]:
    """An outage as pages show it."""
    zone = communities.get(call.portal.db, outage.community_id).zone
    return {
        "id": outage.issue_id,
        "number": outage.number,
        "category": category_view(outage.category_id, call.locale),
        "buildings": buildings(outage),
        "text": outage.text,
        "since": outage.since,
        "until": outage.until,
        "until_field": f"{outage.until.astimezone(zone):%Y-%m-%dT%H:%M}" if outage.until else "",
        "version": outage.version,
        "past": outage if isinstance(outage, PastOutage) else None,
    }


def of_my_homes(call: Call, issue_id: str) -> bool:
    """Whether this is an outage that one of the caller's homes suffers from, or did."""
    if not is_id(issue_id):
        return False
    return outages.of_ones_own(call.portal, call.person, issue_id, call.now) is not None


def outage_cards(call: Call, unit_id: str, category_id: str) -> list[dict[str, Any]]:
    """Outages that a report may be about: shown before it is sent."""
    unit = call.person.unit(unit_id)
    return [shown(call, one) for one in outages.of_home(call.portal, unit, category_id)] if unit else []
