"""Issues over the JSON API: what owners do with them. Apart from what they read, which a cold start answers without
all that a change needs."""

from chalicelib.issues import access, following, reporting, service
from chalicelib.issues.api import reader
from chalicelib.issues.models import (
    FindSimilar,
    OwnerFollow,
    OwnerStep,
    RateIssue,
    ReportIssue,
    WriteMessage,
)
from chalicelib.issues.view_models import EntryView, IssueView, RatingView, SimilarList
from chalicelib.issues.views import owner_summary
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.times import rfc3339
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "issues")


@routes.api(
    "POST",
    "/api/v1/issues",
    SIGNED_IN,
    "Report an issue",
    body=ReportIssue,
    answer=IssueView,
    status=201,
    once=True,
)
def report(call: Call) -> IssueView:
    """Report an issue."""
    body = call.read(ReportIssue)
    key = asked_once(call, "issues", body)
    file, at = reporting.report(call.portal, call.person, body, key, call.now)
    return reader(call).owner_view(file, "reporter", at)


@routes.api(
    "GET",
    "/api/v1/issues/similar",
    SIGNED_IN,
    "Open issues of one category at one public place, the newest 5",
    query=FindSimilar,
    answer=SimilarList,
)
def similar(call: Call) -> SimilarList:
    """What neighbours have reported already: to be followed instead of reported again."""
    found = following.similar(call.portal, call.person, call.read_query(FindSimilar))
    return SimilarList(items=[owner_summary(one.issue, one.relation, call.now) for one in found])


@routes.api(
    "POST",
    "/api/v1/issues/{issue_id}/follow",
    SIGNED_IN,
    "Follow a neighbour's issue in a public place",
    answer=IssueView,
    once=True,
)
def follow(call: Call, issue_id: str) -> IssueView:
    """Follow; one's own issue, and one that is followed already, stay as they are."""
    key = asked_once(call, f"issues/{issue_id}/follow", OwnerFollow())
    file, at = following.follow(call.portal, call.person, issue_id, key, call.now)
    return reader(call).owner_view(file, access.relation(call.person, file.issue), at)


@routes.api("DELETE", "/api/v1/issues/{issue_id}/follow", SIGNED_IN, "Stop following", status=204)
def unfollow(call: Call, issue_id: str) -> None:
    """Cease to follow."""
    following.unfollow(call.portal, call.person, issue_id, call.now)


@routes.api(
    "POST",
    "/api/v1/issues/{issue_id}/messages",
    SIGNED_IN,
    "Write to the staff",
    body=WriteMessage,
    answer=EntryView,
    status=201,
    once=True,
)
def message(call: Call, issue_id: str) -> EntryView:
    """Add a message; gives back its row in the timeline."""
    body = call.read(WriteMessage)
    key = asked_once(call, f"issues/{issue_id}/messages", body)
    file, relation, row = service.message(call.portal, call.person, issue_id, body, key, call.now)
    view = reader(call).owner_view(file, relation)
    return next(entry for entry in view.timeline if entry.id == row.id)


def _step(call: Call, issue_id: str, action: str) -> IssueView:
    body = call.read(OwnerStep)
    key = asked_once(call, f"issues/{issue_id}/{action}", body)
    file, at = service.step(call.portal, call.person, issue_id, action, body, key, call.now)
    return reader(call).owner_view(file, "reporter", at)


@routes.api(
    "POST",
    "/api/v1/issues/{issue_id}/cancel",
    SIGNED_IN,
    "Cancel before work starts",
    body=OwnerStep,
    answer=IssueView,
    once=True,
)
def cancel(call: Call, issue_id: str) -> IssueView:
    """Cancel an issue."""
    return _step(call, issue_id, "cancel")


@routes.api(
    "POST",
    "/api/v1/issues/{issue_id}/confirm",
    SIGNED_IN,
    "Confirm that it is fixed",
    body=OwnerStep,
    answer=IssueView,
    once=True,
)
def confirm(call: Call, issue_id: str) -> IssueView:
    """Close a resolved issue."""
    return _step(call, issue_id, "confirm")


@routes.api(
    "POST",
    "/api/v1/issues/{issue_id}/reopen",
    SIGNED_IN,
    "Say that it is not fixed",
    body=OwnerStep,
    answer=IssueView,
    once=True,
)
def reopen(call: Call, issue_id: str) -> IssueView:
    """Reopen a resolved issue, or one closed in the last 7 days."""
    return _step(call, issue_id, "reopen")


@routes.api(
    "POST", "/api/v1/issues/{issue_id}/urge", SIGNED_IN, "Ask to hurry, once in 4 hours", answer=IssueView
)
def urge(call: Call, issue_id: str) -> IssueView:
    """Urge."""
    file = service.urge(call.portal, call.person, issue_id, call.now)
    return reader(call).owner_view(file, service.relation_of(call.person, file))


@routes.api(
    "PUT",
    "/api/v1/issues/{issue_id}/rating",
    SIGNED_IN,
    "Rate the last resolution",
    body=RateIssue,
    answer=RatingView,
)
def rate(call: Call, issue_id: str) -> RatingView:
    """Rate, or change the rating."""
    rating = service.rate(call.portal, call.person, issue_id, call.read(RateIssue), call.now)
    return RatingView(**rating.model_dump(exclude={"at", "resolution"}), at=rfc3339(rating.at))
