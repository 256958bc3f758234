"""Private calendar feeds: making one, and what calendar programs ask for."""

from chalice.app import Response

from chalicelib.answers import Headers, flash_words
from chalicelib.consultations import feeds
from chalicelib.consultations.page_routes import routes
from chalicelib.errors import N_
from chalicelib.pages import go
from chalicelib.web import PUBLIC, SIGNED_IN, Call, url

FEED = flash_words(
    "consultation_feed",
    "success",
    N_("Here is the new address. Whoever has it sees your appointments; an earlier one is dead."),
)


@routes.form(
    "/consultations/feed", SIGNED_IN, "Make a calendar feed, or give it a new address", on="/consultations"
)
def renew(call: Call) -> Response:
    """A new secret address; the old one is dead at once."""
    feeds.renew(call.portal, call.person)
    back = "/desk/calendar" if call.field("back") == "desk" else "/consultations"
    return go(url(back) + "#feed", FEED)


@routes.page("/calendar/{feed}", PUBLIC, "A private calendar feed, for whoever knows its address")
def feed(call: Call, feed: str) -> Response:
    """What a calendar program asks for, without a session: the address is the secret."""
    text = feeds.read(call.portal, feed, call.now)
    headers: Headers = {"Content-Type": "text/calendar; charset=utf-8"}
    return Response(text, headers, 200)
