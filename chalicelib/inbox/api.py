"""The inbox over the JSON API."""

from chalice.app import Response

from chalicelib.answers import json_answer
from chalicelib.cursors import give, take
from chalicelib.errors import N_, Invalid
from chalicelib.ids import is_id
from chalicelib.inbox import service
from chalicelib.inbox.models import InboxList, ReadUntil
from chalicelib.inputs import PageQuery
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "inbox")


@routes.api(
    "GET", "/api/v1/inbox", SIGNED_IN, "One's messages, newest first", query=PageQuery, answer=InboxList
)
def inbox(call: Call) -> InboxList:
    """A page of messages."""
    query = call.read_query(PageQuery)
    after = take(call.portal.keys, call.person, "inbox", query.cursor)
    items, place = service.read(call.portal, call.person, query.limit, after, call.locale, call.now)
    cursor = give(call.portal.keys, call.person, "inbox", place)
    return InboxList(items=items, next_cursor=cursor, unread=call.person.unread)


@routes.api("PUT", "/api/v1/inbox/read", SIGNED_IN, "Take messages as read", body=ReadUntil, status=204)
def mark_read(call: Call) -> Response:
    """Take everything up to one message as read."""
    newest = call.read(ReadUntil).read_until
    if not is_id(newest):
        raise Invalid.field("read_until", "bad_id", N_("This is not a message's id."))
    service.mark_read(call.portal, call.person, newest)
    return json_answer(None, 204)
