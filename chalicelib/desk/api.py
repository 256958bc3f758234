"""The desk over the JSON API: what staff read. What they do is in `step_api`."""

from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.desk import queue
from chalicelib.desk.models import Counts, CountsQuery, Queue, StaffList, StaffView
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView, IssueList
from chalicelib.issues.views import desk_summary
from chalicelib.routes import Routes
from chalicelib.web import DESK, Call

routes = Routes(__name__, "desk")


@routes.api(
    "GET", "/api/v1/desk/issues", DESK, "The queue, nearest deadline first", query=Queue, answer=IssueList
)
def list_issues(call: Call) -> IssueList:
    """A page of the queue."""
    query, person = call.read_query(Queue), call.person
    of = scope("desk", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, person, of, query.cursor)
    issues, place = queue.read(call.portal, person, query, after, call.now)
    items = [desk_summary(issue, person, call.now) for issue in issues]
    return IssueList(items=items, next_cursor=give(call.portal.keys, person, of, place))


@routes.api("GET", "/api/v1/desk/issues/{issue_id}", DESK, "An issue as staff see it", answer=DeskIssueView)
def show(call: Call, issue_id: str) -> DeskIssueView:
    """One issue of one's communities."""
    file, roles = access.for_staff(call.portal, call.person, issue_id)
    return reader(call).desk_view(file, roles)


@routes.api(
    "GET", "/api/v1/desk/counts", DESK, "How many issues are in each state", query=CountsQuery, answer=Counts
)
def counts(call: Call) -> Counts:
    """Live numbers."""
    wanted = call.read_query(CountsQuery).community_id
    return queue.counts(call.portal, call.person, wanted, call.now)


@routes.api(
    "GET", "/api/v1/desk/communities/{community_id}/staff", DESK, "Who works in a community", answer=StaffList
)
def staff(call: Call, community_id: str) -> StaffList:
    """Staff whom issues can be given to, and others."""
    (name,) = access.communities_of(call.person, community_id)
    members = communities.staff(call.portal.db, call.portal.keys, name)
    return StaffList(items=[StaffView(id=m.id, name=m.name, roles=m.roles) for m in members])
