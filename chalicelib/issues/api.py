"""Issues over the JSON API, for owners: what they read. What they do is in `step_api`."""

from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.errors import NotFound
from chalicelib.issues import access, listing
from chalicelib.issues.models import ListIssues
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.tree import CategoryList, CategoryView
from chalicelib.issues.view_models import IssueList, IssueView
from chalicelib.issues.views import Reader, owner_summary
from chalicelib.routes import Routes
from chalicelib.sops import store as sops
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "issues")


def reader(call: Call) -> Reader:
    """What writes issues out for this caller."""
    return Reader(call.portal, call.person, call.storage_origin, call.now, call.locale)


@routes.api(
    "GET",
    "/api/v1/communities/{community_id}/categories",
    SIGNED_IN,
    "The categories of a community",
    answer=CategoryList,
)
def categories(call: Call, community_id: str) -> CategoryList:
    """Categories in the caller's language, those of life and safety first."""
    person = call.person
    theirs = {u.community_id for u in person.units} | {g.community_id for g in person.grants}
    if community_id not in theirs:
        raise NotFound
    communities.get(call.portal.db, community_id)
    held = {name: sops.holding(call.portal.db, community_id, name, call.now).body for name in CATEGORIES}
    views = [
        CategoryView.of(category, call.locale, proof=held[name].proof)
        for name, category in CATEGORIES.items()
    ]
    return CategoryList(items=views)


@routes.api(
    "GET", "/api/v1/issues", SIGNED_IN, "One's own issues, newest first", query=ListIssues, answer=IssueList
)
def list_issues(call: Call) -> IssueList:
    """A page of one's own issues."""
    query, person = call.read_query(ListIssues), call.person
    of = scope("issues", status=query.status)
    after = take(call.portal.keys, person, of, query.cursor)
    found, place = listing.own(call.portal, person, query.limit, query.status, after)
    items = [owner_summary(issue, access.relation(person, issue), call.now) for issue in found]
    return IssueList(items=items, next_cursor=give(call.portal.keys, person, of, place))


@routes.api("GET", "/api/v1/issues/{issue_id}", SIGNED_IN, "An issue with its timeline", answer=IssueView)
def show(call: Call, issue_id: str) -> IssueView:
    """An issue that one reported or follows."""
    file, relation = access.for_owner(call.portal, call.person, issue_id)
    return reader(call).owner_view(file, relation)
