"""The work of somebody who is away over the JSON API: what there is, and giving it to others."""

from chalicelib.communities import store as communities
from chalicelib.dispatch import handover, service, store
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.handover_models import HandOverJob, HandOverList
from chalicelib.dispatch.models import ChosenHandOver, PeopleQuery
from chalicelib.errors import NotFound
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.issues.views import desk_summary
from chalicelib.once import asked_once
from chalicelib.web import OFFICE, Call

_PATH = "/api/v1/desk/people/{account_id}/handover"


@routes.api(
    "GET",
    _PATH,
    OFFICE,
    "What somebody who is away has open, with who could take each",
    query=PeopleQuery,
    answer=HandOverList,
)
def listed(call: Call, account_id: str) -> HandOverList:
    """Each open job of theirs in a community."""
    portal, person = call.portal, call.person
    community_id = service.office_of(person, call.read_query(PeopleQuery).community_id)
    if communities.staff_member(portal.db, portal.keys, community_id, account_id) is None:
        raise NotFound
    away = handover.away(store.worker(portal.db, community_id, account_id), call.now)
    found = handover.offers(portal, community_id, account_id, call.locale, call.now) if away else []
    jobs = [HandOverJob(issue=desk_summary(one.issue, person, call.now), people=one.people) for one in found]
    return HandOverList(away=away, items=jobs)


@routes.api(
    "POST",
    _PATH,
    OFFICE,
    "Give one job of somebody who is away to somebody else",
    query=PeopleQuery,
    body=ChosenHandOver,
    answer=DeskIssueView,
    once=True,
)
def hand(call: Call, account_id: str) -> DeskIssueView:
    """One job, with the reason beside."""
    community_id = service.office_of(call.person, call.read_query(PeopleQuery).community_id)
    body = call.read(ChosenHandOver)
    key = asked_once(call, f"desk/{community_id}/{account_id}/handover", body)
    file, at = handover.hand(
        call.portal, call.person, community_id, account_id, body, key, call.locale, call.now
    )
    return reader(call).desk_view(file, access.staff_roles(call.person, file.issue), at)
