"""What earns points, as pages on which managers make versions of the rules."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.managing.models import Version
from chalicelib.managing.page_flow import Edit, Place, flow, history, place, shown, staff_of, tabs
from chalicelib.managing.policy import HISTORY
from chalicelib.page_words import gettext
from chalicelib.points import rule_editing, rule_form, rule_store
from chalicelib.points.models import EarningRule, Kind
from chalicelib.points.page_routes import routes
from chalicelib.points.policy import BOOKED, KIND_NAMES, RULES, TIER_WORDS, TIERS
from chalicelib.web import MANAGERS, Call

LIST = "/desk/points/rules"
ONE = "/desk/points/rules/{kind}"


@routes.page(LIST, MANAGERS, "What earns points, and how many")
def show_rules(call: Call) -> Response:
    """All kinds of events with the rule that holds now."""
    here = place(call, LIST, call.query.get("community_id"))
    held = rule_store.all_holding(call.portal.db, here.community.id, call.now)
    kinds = [
        {"kind": kind, "name": gettext(KIND_NAMES[kind]), "points": rule.points, "more": _more(kind, rule)}
        for kind, rule in held.items()
    ]
    return page(call, "points/rules.html", {**tabs(here), "kinds": kinds}, zone=here.community.zone)


def _more(kind: str, rule: EarningRule) -> str:
    """A rule's limits, and whether there is anything yet that it is for."""
    said = (
        [words(rule)] if kind in BOOKED else [words(rule), gettext("waits: the portal does not book it yet")]
    )
    return " · ".join(one for one in said if one)


def words(rule: EarningRule) -> str:
    """A rule's limits in one line."""
    caps = (
        (rule.cap_day, gettext("%(n)s a day at most")),
        (rule.cap_month, gettext("%(n)s a month at most")),
        (rule.cap_year, gettext("%(n)s a year at most")),
    )
    said = [text % {"n": cap} for cap, text in caps if cap is not None]
    if rule.pending_days:
        said.append(gettext("credited after %(n)s days", n=rule.pending_days))
    return " · ".join(said)


@routes.page(ONE, MANAGERS, "The rule of one kind of event")
def show_rule(call: Call, kind: str) -> Response:
    """Its form and its history."""
    which = rule_editing.known(kind)
    here = place(call, ONE.format(kind=which), call.query.get("community_id"))
    versions = rule_store.newest(call.portal.db, here.community.id, which, HISTORY)
    return _page(here, which, versions, Edit(rule_form.fields(versions[0].body, here.community.zone)))


@routes.form(ONE, MANAGERS, "Preview or save the rule of one kind of event", on=ONE)
def change_rule(call: Call, kind: str) -> Response:
    """Preview, then save."""
    which = rule_editing.known(kind)
    here = place(call, ONE.format(kind=which), call.field("community_id"))
    community_id = here.community.id
    versions = rule_store.newest(call.portal.db, community_id, which, HISTORY)

    def preview(rule: EarningRule, start: datetime) -> dict[str, Any]:
        rule_editing.check(rule, start)
        said = gettext("%(n)s points", n=rule.points)
        return {"start": start, "words": " · ".join(one for one in (said, words(rule)) if one)}

    return flow(
        here,
        lambda fields: rule_form.read(fields, here.community.zone),
        lambda: versions[0].number,
        preview,
        lambda rule, seen, wanted: rule_editing.save(
            call.portal, call.person, community_id, which, rule, seen, wanted, call.now
        ),
        lambda edit: _page(here, which, versions, edit),
    )


def _page(here: Place, kind: Kind, versions: list[Version[EarningRule]], edit: Edit) -> Response:
    context = {
        "name": gettext(KIND_NAMES[kind]),
        "by_amount": RULES[kind].per_fen > 0,
        "tiers": [(tier, gettext(TIER_WORDS[tier])) for tier in TIERS],
        "history": history(versions, staff_of(here), here.call.now),
    }
    return shown(here, "points/rule.html", edit, versions[0].number, context)
