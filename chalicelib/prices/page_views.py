"""Prices and commitments as pages show them."""

from datetime import date
from typing import Any

from chalicelib.communities import store as communities
from chalicelib.errors import N_
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.prices import rules
from chalicelib.prices.models import Item
from chalicelib.prices.views import CommitmentView, ItemView
from chalicelib.prices.views import item as item_view
from chalicelib.times import moment
from chalicelib.web import Call

STATUS = {
    "offered": ("edit", N_("waits for the owner's signature")),
    "signed": ("done", N_("signed by both sides")),
    "withdrawn": ("close", N_("withdrawn")),
}
OWNERS_STATUS = {**STATUS, "offered": ("edit", N_("waits for your signature"))}
KINDS = {"package": N_("Package"), "item": N_("Single work or thing")}


def board(items: list[Item], today: date) -> dict[str, list[dict[str, Any]]]:
    """What is on the board, packages first."""
    shown = [price_card(item_view(one, today), today) for one in items if not one.retired]
    return {kind: [one for one in shown if one["kind"] == kind] for kind in KINDS}


def price_card(one: ItemView, today: date) -> dict[str, Any]:
    """An item with its prices in words."""
    prices = [
        {
            "yuan": rules.yuan(price.fen),
            "since": price.since,
            "reason": price.reason,
            "ahead": price.since > today,
            "now": price.since == one.since,
        }
        for price in one.prices
    ]
    yuan = rules.yuan(one.fen)
    return {
        **one.model_dump(),
        "yuan": yuan,
        "prices": prices,
        "to_come": any(price["ahead"] for price in prices),
    }


def commitment(call: Call, one: CommitmentView, *, desk: bool) -> dict[str, Any]:
    """A commitment in the words of one side."""
    community = communities.get(call.portal.db, one.community_id)
    speak(Speech(call.now, community.zone, call.locale))
    sign, words = (STATUS if desk else OWNERS_STATUS)[one.status]
    over = one.expired and one.status == "offered"
    return {
        **one.model_dump(),
        "community": community.name,
        "zone": community.zone,
        "icon": "clock" if over else sign,
        "words": gettext(N_("over")) if over else gettext(words),
        "lines": [
            {"name": line.name, "measure": line.measure, "yuan": rules.yuan(line.fen)} for line in one.lines
        ],
        "by_desk": desk,
        "ours": {"name": one.ours.name, "at": moment(one.ours.at)},
        "theirs": {"name": one.theirs.name, "at": moment(one.theirs.at)} if one.theirs else None,
    }
