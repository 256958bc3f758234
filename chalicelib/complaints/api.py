"""Complaints, suggestions and praise over the JSON API, for those who send them."""

from chalicelib.complaints import access, letters, listing, service
from chalicelib.complaints.bodies import FileComplaint, ListComplaints, OwnerMove, Words
from chalicelib.complaints.view_models import ComplaintList, ComplaintView, LetterLink
from chalicelib.complaints.views import Reader, summary
from chalicelib.cursors import give, take
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "complaints")


def reader(call: Call) -> Reader:
    """What writes complaints out for this caller."""
    return Reader(call.portal, call.person, call.storage_origin, call.now)


@routes.api(
    "POST",
    "/api/v1/complaints",
    SIGNED_IN,
    "Send a complaint, a suggestion or praise",
    body=FileComplaint,
    answer=ComplaintView,
    status=201,
    once=True,
)
def file_complaint(call: Call) -> ComplaintView:
    """Send one."""
    body = call.read(FileComplaint)
    key = asked_once(call, "complaints", body)
    file, at = service.file_complaint(call.portal, call.person, body, key, call.now)
    return reader(call).own_view(file, at)


@routes.api(
    "GET",
    "/api/v1/complaints",
    SIGNED_IN,
    "What one has sent, newest first",
    query=ListComplaints,
    answer=ComplaintList,
)
def list_complaints(call: Call) -> ComplaintList:
    """A page of one's own."""
    query = call.read_query(ListComplaints)
    after = take(call.portal.keys, call.person, "complaints", query.cursor)
    found, place = listing.own(call.portal, call.person, query.limit, after)
    cursor = give(call.portal.keys, call.person, "complaints", place)
    return ComplaintList(items=[summary(one, call.now) for one in found], next_cursor=cursor)


@routes.api(
    "GET", "/api/v1/complaints/{complaint_id}", SIGNED_IN, "One with its timeline", answer=ComplaintView
)
def show(call: Call, complaint_id: str) -> ComplaintView:
    """One that one has sent."""
    return reader(call).own_view(access.for_person(call.portal, call.person, complaint_id))


@routes.api(
    "GET",
    "/api/v1/complaints/{complaint_id}/letter",
    SIGNED_IN,
    "A link to the written reply (PDF)",
    answer=LetterLink,
)
def letter(call: Call, complaint_id: str) -> LetterLink:
    """Where the letter can be read, for half an hour."""
    file = access.for_person(call.portal, call.person, complaint_id)
    found = letters.url(call.portal.storage, file.complaint, call.storage_origin, call.now)
    return LetterLink(url=found)


@routes.api(
    "POST",
    "/api/v1/complaints/{complaint_id}/messages",
    SIGNED_IN,
    "Add words",
    body=Words,
    answer=ComplaintView,
    status=201,
    once=True,
)
def message(call: Call, complaint_id: str) -> ComplaintView:
    """Say more."""
    body = call.read(Words)
    key = asked_once(call, f"complaints/{complaint_id}/messages", body)
    file, at = service.message(call.portal, call.person, complaint_id, body, key, call.now)
    return reader(call).own_view(file, at)


def _move(call: Call, complaint_id: str, action: str) -> ComplaintView:
    body = call.read(OwnerMove)
    key = asked_once(call, f"complaints/{complaint_id}/{action}", body)
    file, at = service.move(call.portal, call.person, complaint_id, action, body, key, call.now)
    return reader(call).own_view(file, at)


@routes.api(
    "POST",
    "/api/v1/complaints/{complaint_id}/withdraw",
    SIGNED_IN,
    "Withdraw it",
    body=OwnerMove,
    answer=ComplaintView,
    once=True,
)
def withdraw(call: Call, complaint_id: str) -> ComplaintView:
    """Withdraw one while it is open."""
    return _move(call, complaint_id, "withdraw")


@routes.api(
    "POST",
    "/api/v1/complaints/{complaint_id}/accept",
    SIGNED_IN,
    "Agree with the written reply",
    body=OwnerMove,
    answer=ComplaintView,
    once=True,
)
def accept(call: Call, complaint_id: str) -> ComplaintView:
    """Close one that was replied to."""
    return _move(call, complaint_id, "accept")


@routes.api(
    "POST",
    "/api/v1/complaints/{complaint_id}/dissent",
    SIGNED_IN,
    "Not agree with the written reply: it goes on to mediation",
    body=OwnerMove,
    answer=ComplaintView,
    once=True,
)
def dissent(call: Call, complaint_id: str) -> ComplaintView:
    """Say why one does not agree."""
    return _move(call, complaint_id, "dissent")
