"""One's own points as a page."""

from datetime import timedelta
from typing import Any

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.cursors import give, take
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import next_url
from chalicelib.points import rule_store, store, views
from chalicelib.points.models import EarningRule, Purse
from chalicelib.points.page_routes import routes
from chalicelib.points.policy import BOOKED, KIND_NAMES, TIER_WORDS, TIERS
from chalicelib.points.view_models import ListEntries, PointsView
from chalicelib.times import moment
from chalicelib.web import SIGNED_IN, Call

#: Months of expiry that the page names.
_SHOWN = 3


@routes.page("/points", SIGNED_IN, "One's points: balance, level, what expires next, and the history")
def show(call: Call) -> Response:
    """All of it at a glance; the history in pages."""
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    query = call.read_query(ListEntries)
    after = take(call.portal.keys, call.person, "points/entries", query.cursor)
    purse = store.purse(call.portal.db, call.person.id)
    rows, place = views.entries(call.portal.db, call.person.id, query.limit, after)
    cursor = give(call.portal.keys, call.person, "points/entries", place)
    found = views.overview(purse, call.locale, call.now)
    context = {
        "found": found,
        "tier": level(purse, found),
        "expiring": [
            {"points": one.points, "last": moment(one.expires_at) - timedelta(seconds=1)}
            for one in found.expiring[:_SHOWN]
        ],
        "pending": [
            {"points": one.points, "reason": one.reason, "due": moment(one.due_at)}
            for one in found.pending_items
        ],
        "items": [_row(views.entry_view(one, call.locale)) for one in rows],
        "next_url": next_url("/points", cursor),
        "further": after is not None,
        "ways": _ways(call) if after is None else [],
    }
    return page(call, "points/show.html", context)


def _row(entry: Any) -> dict[str, Any]:
    return {**entry.__dict__, "at": moment(entry.at)}


def level(purse: Purse, found: PointsView) -> dict[str, Any]:
    """Somebody's level and how far it is to the next one, as the page draws it."""
    above = found.next_tier
    return {
        "name": gettext(TIER_WORDS[purse.tier]),
        "next": gettext(TIER_WORDS[above.tier]) if above else "",
        "missing": above.missing if above else 0,
        "of": TIERS[above.tier] if above else 1,
        "has": found.tier_points,
        "until": moment(found.tier_until) if found.tier_until else None,
    }


def _ways(call: Call) -> list[dict[str, Any]]:
    """How points are earned where somebody lives: one round trip; nothing for those who live nowhere."""
    homes = call.person.units
    if not homes:
        return []
    held = rule_store.all_holding(call.portal.db, homes[0].community_id, call.now)
    return [
        {"name": gettext(KIND_NAMES[kind]), "points": rule.points, "more": _more(rule)}
        for kind, rule in held.items()
        if kind in BOOKED and rule.points and not (rule.valid_until and rule.valid_until <= call.now)
    ]


def _more(rule: EarningRule) -> str:
    if rule.per_fen:
        return gettext("for each %(yuan)s yuan", yuan=f"{rule.per_fen / 100:g}")
    if rule.pending_days:
        return gettext("after %(days)s days", days=rule.pending_days)
    return ""
