"""The desk's page of risks: what has been open for very long."""

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.communities import store as communities
from chalicelib.desk.page_routes import routes
from chalicelib.dispatch.service import office_of
from chalicelib.due.page_views import delay_of
from chalicelib.due.plan import levels_for
from chalicelib.due.risks import Risk, risks
from chalicelib.issues import page_views
from chalicelib.issues.rules import DISPATCH_ROLES
from chalicelib.page_words import Speech, speak
from chalicelib.service_levels.rules import in_force
from chalicelib.web import OFFICE, Call


@routes.page("/desk/risks", OFFICE, "What has been open for very long")
def show(call: Call) -> Response:
    """A community's risks, the oldest first, each with how late it is."""
    community_id = office_of(call.person, call.query.get("community_id"))
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    policy = in_force(levels_for(call.portal, community_id).policies, call.now).policy
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(DISPATCH_ROLES)]
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community": community,
        "days": policy.unresolved.days,
        "risks": [_row(call, one) for one in risks(call.portal, community_id)],
    }
    return page(call, "desk/risks.html", context, zone=community.zone)


def _row(call: Call, one: Risk) -> dict[str, object]:
    late = delay_of(one.issue, levels_for(call.portal, one.issue.community_id), call.now)
    return {
        "issue": page_views.card(one.issue, call.locale, call.now),
        "late": late,
        "at": one.issue.created_at,
    }
