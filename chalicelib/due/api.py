"""Alerts over the JSON API, for staff."""

from chalicelib.dispatch.models import PeopleQuery
from chalicelib.dispatch.service import office_of
from chalicelib.due import risks, service
from chalicelib.due.view_models import RiskList, RiskView
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.kept import made
from chalicelib.routes import Routes
from chalicelib.times import rfc3339
from chalicelib.web import HANDLERS, OFFICE, Call

routes = Routes(__name__, "desk")


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/alerts/seen",
    HANDLERS,
    "Say that one knows of an issue's alerts",
    answer=DeskIssueView,
)
def seen(call: Call, issue_id: str) -> DeskIssueView:
    """Who said so first is kept; the ladder goes on."""
    file = service.acknowledge(call.portal, call.person, issue_id, call.now)
    return reader(call).desk_view(file, access.staff_roles(call.person, file.issue))


@routes.api(
    "GET",
    "/api/v1/desk/risks",
    OFFICE,
    "Issues that have been open for very long, the oldest first",
    query=PeopleQuery,
    answer=RiskList,
)
def listed(call: Call) -> RiskList:
    """Of one community; those that are done are risks no longer."""
    community_id = office_of(call.person, call.read_query(PeopleQuery).community_id)
    return RiskList(items=[_view(one) for one in risks.risks(call.portal, community_id)])


def _view(one: risks.Risk) -> RiskView:
    issue = one.issue
    return made(
        RiskView,
        issue_id=issue.id,
        number=issue.number,
        category_id=issue.category_id,
        status=issue.status,
        created_at=rfc3339(issue.created_at),
        promised_at=rfc3339(issue.promised_at),
        since=rfc3339(one.since),
        assignee_id=issue.assignee.id if issue.assignee else None,
    )
