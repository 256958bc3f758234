"""Waiting for a designer's full day, over the JSON API."""

from datetime import timedelta

from chalicelib.consultations import line, line_store
from chalicelib.consultations.input_models import JoinLine
from chalicelib.consultations.views import WaitingList, WaitingView
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "consultations")


@routes.api(
    "GET", "/api/v1/waitlist", SIGNED_IN, "What one waits for, and what is kept for one", answer=WaitingList
)
def waiting(call: Call) -> WaitingList:
    """Places in the lines of days to come; a few at most, so in one piece."""
    today = (call.now - timedelta(hours=12)).date()  # wherever the designer lives
    found = line_store.own(call.portal.db, call.portal.keys, call.person.id, today)
    return WaitingList(items=[WaitingView.of(one) for one in found])


@routes.api(
    "POST",
    "/api/v1/waitlist",
    SIGNED_IN,
    "Wait for a day that is full",
    body=JoinLine,
    answer=WaitingView,
    status=201,
    once=True,
)
def join(call: Call) -> WaitingView:
    """Join a day's line: as soon as a time gets free, the first in line has it kept for two hours."""
    body = call.read(JoinLine)
    key = asked_once(call, "waitlist", body)
    return WaitingView.of(line.join(call.portal, call.person, body, call.now, key))


@routes.api("DELETE", "/api/v1/waitlist/{waiting_id}", SIGNED_IN, "Leave the waiting list", status=204)
def leave(call: Call, waiting_id: str) -> None:
    """Leave a line; what was kept goes to the next. Doing it twice changes nothing."""
    today = (call.now - timedelta(hours=12)).date()
    for one in line_store.own(call.portal.db, call.portal.keys, call.person.id, today):
        if one.id == waiting_id:
            line.leave(call.portal, call.person, one.consultant_id, one.day, one.id, call.now)
