"""What managers set for a community, in one place."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.duty import rules as duty_rules
from chalicelib.duty import service as duty
from chalicelib.issues.policy import CATEGORIES
from chalicelib.managing import levels
from chalicelib.managing.page_flow import Place, place, staff_of, tabs
from chalicelib.managing.page_routes import routes
from chalicelib.managing.rules import in_force
from chalicelib.sops import store as sops
from chalicelib.web import MANAGERS, Call

RULES = "/desk/rules"


@routes.page(RULES, MANAGERS, "What managers set for a community")
def show(call: Call) -> Response:
    """Where each rule is changed, and how it stands."""
    here = place(call, RULES, call.query.get("community_id"))
    context = {**tabs(here), **_standing(here)}
    return page(call, "desk/rules.html", context, zone=here.community.zone)


def _standing(here: Place) -> dict[str, Any]:
    portal, now = here.call.portal, here.call.now
    found = levels.kept(portal, here.community.id)
    versions = duty.newest(portal, here.community.id, 10)
    holding = in_force(versions, now) or duty.NOBODY
    named = duty_rules.on_duty(holding.body, now)
    own = sops.read(portal.db, here.community.id)
    return {
        "policies": len(found.book.policies),
        "calendars": len(found.book.calendars),
        "on_duty": [member.name for member in staff_of(here) if member.id in named],
        "own_sops": sum(bool(own.get(name)) for name in CATEGORIES),
        "sops": sum(bool((in_force(own.get(n, []), now) or sops.default(n)).body.steps) for n in CATEGORIES),
    }
