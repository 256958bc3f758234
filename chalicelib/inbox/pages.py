"""The inbox as a page."""

from chalice.app import Response

from chalicelib.answers import page
from chalicelib.cursors import give, take
from chalicelib.inbox import service
from chalicelib.inbox.models import InboxMessage
from chalicelib.inputs import PageQuery
from chalicelib.pages import next_url
from chalicelib.routes import Routes
from chalicelib.times import moment
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "inbox")


def _where(item: InboxMessage) -> str:
    """The page that a message leads to."""
    if item.about == "points":
        return "/desk/points" if item.desk else "/points"
    if item.about == "complaint":
        return f"/desk/complaints/{item.issue_id}" if item.desk else f"/feedback/{item.issue_id}"
    return f"/desk/issues/{item.issue_id}" if item.desk else f"/issues/{item.issue_id}"


@routes.page("/inbox", SIGNED_IN, "One's messages")
def inbox(call: Call) -> Response:
    """A page of messages; what is shown counts as read from then on."""
    query = call.read_query(PageQuery)
    after = take(call.portal.keys, call.person, "inbox", query.cursor)
    found, place = service.read(call.portal, call.person, query.limit, after, call.locale, call.now)
    if found and after is None and call.person.unread:
        service.mark_read(call.portal, call.person, found[0].id)
        call.person.unread = 0
    items = [
        {
            "id": item.id,
            "text": item.text,
            "at": moment(item.at),
            "unread": item.unread,
            "href": _href(item),
        }
        for item in found
    ]
    cursor = give(call.portal.keys, call.person, "inbox", place)
    return page(call, "inbox.html", {"items": items, "next_url": next_url("/inbox", cursor)})


def _href(item: InboxMessage) -> str | None:
    """Where a message leads; nowhere for an announcement that was taken back."""
    if item.issue_id:
        return url(_where(item))
    return url(f"/announcements/{item.announcement_id}") if item.announcement_id else None
