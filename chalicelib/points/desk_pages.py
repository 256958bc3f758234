"""What a community's points come to, as a manager's page."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.errors import N_
from chalicelib.managing.page_flow import place, tabs
from chalicelib.page_words import gettext
from chalicelib.points import adjusting, report
from chalicelib.points.desk_models import PointsReport
from chalicelib.points.page_routes import routes
from chalicelib.points.policy import ALONE, KIND_NAMES
from chalicelib.web import MANAGERS, Call

DESK = "/desk/points"


@routes.page(DESK, MANAGERS, "A community's points: outstanding by month, and what became of them by rule")
def show(call: Call) -> Response:
    """The report, and the way to what managers change."""
    here = place(call, DESK, call.query.get("community_id"))
    found = report.read(call.portal.db, here.community.id, call.now)
    waiting = [one for one in adjusting.newest(call.portal, here.community.id) if one.state == "waits"]
    context = {**tabs(here), "report": _report(found), "waiting": len(waiting), "alone": ALONE}
    return page(call, "points/desk.html", context, zone=here.community.zone)


def _report(found: PointsReport) -> dict[str, Any]:
    names: dict[str, str] = {str(kind): name for kind, name in KIND_NAMES.items()}
    names["adjusted"] = N_("By hand")
    return {
        "outstanding": found.outstanding,
        "yuan": yuan(found.fen),
        "by_month": [
            {"month": one.month, "points": one.points, "yuan": yuan(one.fen)} for one in found.by_month
        ],
        "by_rule": [{**one.__dict__, "name": gettext(names[one.rule])} for one in found.by_rule],
    }


def yuan(fen: int) -> str:
    """An amount of money, as people write it."""
    return f"{fen / 100:,.2f}"
