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
            "href": url(_place_of(item)),
        }
        for item in found
    ]
    cursor = give(call.portal.keys, call.person, "inbox", place)
    return page(call, "inbox.html", {"items": items, "next_url": next_url("/inbox", cursor)})


def _place_of(item: InboxMessage) -> str:
    """Where one reads what a message is about."""
    if item.booking_id:
        if item.booking_id == "line":
            return "/consultations"
        return f"/desk/calendar/{item.booking_id}" if item.desk else f"/consultations/{item.booking_id}"
    return f"/desk/issues/{item.issue_id}" if item.desk else f"/issues/{item.issue_id}"
