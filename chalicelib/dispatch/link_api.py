"""Linking and splitting over the JSON API."""

from chalicelib.dispatch import links
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.link_models import AddLink, LinkList, Split
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.once import asked_once
from chalicelib.web import DESK, OFFICE, Call


@routes.api(
    "GET",
    "/api/v1/desk/issues/{issue_id}/links",
    DESK,
    "Issues that belong together with this one",
    answer=LinkList,
)
def show(call: Call, issue_id: str) -> LinkList:
    """All links."""
    file, _ = access.for_staff(call.portal, call.person, issue_id)
    return LinkList(items=[links.view(one) for one in links.of(file)])


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/links",
    OFFICE,
    "Link two issues; those linked already stay as they are",
    body=AddLink,
    answer=LinkList,
    status=201,
    once=True,
)
def add(call: Call, issue_id: str) -> LinkList:
    """Each to the other."""
    body = call.read(AddLink)
    key = asked_once(call, f"desk/{issue_id}/links", body)
    found = links.link(call.portal, call.person, issue_id, body, key, call.now)
    return LinkList(items=[links.view(one) for one in found])


@routes.api(
    "POST",
    "/api/v1/desk/issues/{issue_id}/split",
    OFFICE,
    "Make a second job of one report; the owner sees both and why",
    body=Split,
    answer=DeskIssueView,
    status=201,
    once=True,
)
def split(call: Call, issue_id: str) -> DeskIssueView:
    """The new issue."""
    body = call.read(Split)
    key = asked_once(call, f"desk/{issue_id}/split", body)
    file, at = links.split(call.portal, call.person, issue_id, body, key, call.now)
    return reader(call).desk_view(file, call.person.roles_in(file.issue.community_id), at)
