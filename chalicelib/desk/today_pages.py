"""Today's jobs: the page that a technician works from."""

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.communities import store as communities
from chalicelib.desk import today
from chalicelib.desk.page_routes import routes
from chalicelib.desk.today_views import card
from chalicelib.errors import N_
from chalicelib.issues.models import Issue
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.sops import standing
from chalicelib.web import DESK, Call

_PARTS = (("overdue", N_("Overdue")), ("today", N_("Today")), ("later", N_("Later")))


@routes.page("/desk/today", DESK, "One's own jobs, in order")
def show_today(call: Call) -> Response:
    """What to do now, next and later, and what is free to take."""
    person = call.person
    names = person.communities()
    zone = communities.get(call.portal.db, names[0]).zone if names else DEFAULT_ZONE
    speak(Speech(call.now, zone, call.locale))
    jobs = today.jobs(call.portal, person, call.now)
    parts = [(name, gettext(words), getattr(jobs, name)) for name, words in _PARTS]
    parts.append(("free", gettext(N_("Free to take")), today.free(call.portal, person)))
    shown = [
        {"name": name, "title": title, "jobs": [_card(call, one) for one in found]}
        for name, title, found in parts
    ]
    mine = sum(len(part["jobs"]) for part in shown if part["name"] != "free")
    context = {
        "parts": [part for part in shown if part["jobs"]],
        "mine": mine,
        "full": mine >= today.MOST_JOBS,
    }
    return page(call, "desk/today.html", context, zone=zone)


def _card(call: Call, issue: Issue) -> dict[str, object]:
    community = communities.get(call.portal.db, issue.community_id)
    sop = standing.sop_of(call.portal, issue).body
    return card(issue, community, call.person, call.locale, call.now, sop)
