"""Complaints, suggestions and praise over the JSON API, for the office; auditors read."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from chalicelib.complaints import access, handling, letters, listing, matrix
from chalicelib.complaints.bodies import (
    CalledBack,
    DeskQuery,
    Give,
    Link,
    OfCommunity,
    SetMatrix,
    Step,
    Words,
)
from chalicelib.complaints.commit import Filed
from chalicelib.complaints.models import ComplaintFile, Matrix
from chalicelib.complaints.view_models import DeskList, DeskView, HardCases, LetterLink
from chalicelib.complaints.views import Reader, desk_summary
from chalicelib.cursors import give, scope, take
from chalicelib.desk.models import Contact
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import COMPLAINTS, MANAGERS, OFFICE, Call

Body = TypeVar("Body", bound=BaseModel)
routes = Routes(__name__, "complaints")


@routes.api(
    "GET",
    "/api/v1/desk/complaints",
    COMPLAINTS,
    "The ledger, nearest deadline first",
    query=DeskQuery,
    answer=DeskList,
)
def list_complaints(call: Call) -> DeskList:
    """A page of a community's: the one asked for, else the first of one's own."""
    query = call.read_query(DeskQuery)
    community_id = access.communities_of(call.person, query.community_id)[0]
    of = scope("desk/complaints", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, query.cursor)
    before = call.now if query.overdue else None
    found, place = listing.desk(call.portal, community_id, query.stage, query.limit, after, before)
    by = listing.terms(call.portal, community_id, call.now)
    return DeskList(
        items=[desk_summary(one, call.person, by, call.now) for one in found],
        next_cursor=give(call.portal.keys, call.person, of, place),
        call_back_percent=listing.call_back_percent(call.portal, community_id),
        call_back_goal=by.call_back_percent,
    )


@routes.api(
    "GET",
    "/api/v1/desk/hard-complaints",
    MANAGERS,
    "Open for long, or of several departments, as the policy says",
    query=OfCommunity,
    answer=HardCases,
)
def hard(call: Call) -> HardCases:
    """The weekly list."""
    wanted = call.read_query(OfCommunity).community_id
    community_id = access.communities_of(call.person, wanted, matrix.MANAGER)[0]
    found = listing.hard(call.portal, community_id, call.now)
    by = listing.terms(call.portal, community_id, call.now)
    return HardCases(items=[desk_summary(one, call.person, by, call.now) for one in found])


@routes.api(
    "GET",
    "/api/v1/desk/complaint-departments",
    COMPLAINTS,
    "Which departments answer for what",
    query=OfCommunity,
    answer=Matrix,
)
def departments(call: Call) -> Matrix:
    """The responsibility matrix."""
    wanted = call.read_query(OfCommunity).community_id
    return matrix.get(call.portal, access.communities_of(call.person, wanted)[0])


@routes.api(
    "PUT",
    "/api/v1/desk/complaint-departments",
    MANAGERS,
    "Change which departments answer for what",
    body=SetMatrix,
    answer=Matrix,
)
def set_departments(call: Call) -> Matrix:
    """Change the matrix."""
    return matrix.save(call.portal, call.person, call.read(SetMatrix), call.now)


@routes.api(
    "GET", "/api/v1/desk/complaints/{complaint_id}", COMPLAINTS, "One as the office sees it", answer=DeskView
)
def show(call: Call, complaint_id: str) -> DeskView:
    """One of one's communities."""
    file, roles = access.for_desk(call.portal, call.person, complaint_id)
    return _view(call, file, roles)


def _view(
    call: Call, file: ComplaintFile, roles: frozenset[str] | None = None, at: datetime | None = None
) -> DeskView:
    known = roles or access.roles_at(call.person, file.complaint)
    repeats = listing.repeats(call.portal, file.complaint)
    by = listing.terms(call.portal, file.complaint.community_id, call.now)
    reader = Reader(call.portal, call.person, call.storage_origin, call.now)
    return reader.desk_view(file, known, repeats, by, at)


def _acted(
    call: Call, complaint_id: str, name: str, model: type[Body], work: Callable[..., Filed]
) -> DeskView:
    """What somebody did, once for its key."""
    body = call.read(model)
    key = asked_once(call, f"desk/complaints/{complaint_id}/{name}", body)
    file, at = work(call.portal, call.person, complaint_id, body, key, call.now)
    return _view(call, file, at=at)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/step",
    OFFICE,
    "Take a step",
    body=Step,
    answer=DeskView,
    once=True,
)
def step(call: Call, complaint_id: str) -> DeskView:
    """Begin, conclude, decide, reply, take it to mediation and beyond, answer, or close."""
    return _acted(call, complaint_id, "step", Step, handling.step)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/assign",
    OFFICE,
    "Give it to departments and to somebody",
    body=Give,
    answer=DeskView,
    once=True,
)
def assign(call: Call, complaint_id: str) -> DeskView:
    """Give it on."""
    return _acted(call, complaint_id, "assign", Give, handling.assign)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/notes",
    OFFICE,
    "Write down what was found out; never shown to its sender",
    body=Words,
    answer=DeskView,
    status=201,
    once=True,
)
def note(call: Call, complaint_id: str) -> DeskView:
    """Add an internal note."""
    return _acted(call, complaint_id, "notes", Words, handling.note)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/link",
    OFFICE,
    "Link it with another one of the community",
    body=Link,
    answer=DeskView,
    once=True,
)
def link(call: Call, complaint_id: str) -> DeskView:
    """Say that it is the same trouble again."""
    return _acted(call, complaint_id, "link", Link, handling.link)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/call-back",
    OFFICE,
    "Write down that somebody has called back",
    body=CalledBack,
    answer=DeskView,
    once=True,
)
def call_back(call: Call, complaint_id: str) -> DeskView:
    """Once, after the reply."""
    return _acted(call, complaint_id, "call-back", CalledBack, handling.call_back)


@routes.api(
    "POST",
    "/api/v1/desk/complaints/{complaint_id}/contact",
    OFFICE,
    "The sender's full name and number; the look is recorded",
    answer=Contact,
)
def contact(call: Call, complaint_id: str) -> Contact:
    """Whom to call."""
    return handling.contact(call.portal, call.person, complaint_id, call.now)


@routes.api(
    "GET",
    "/api/v1/desk/complaints/{complaint_id}/letter",
    OFFICE,
    "A link to the written reply (PDF)",
    answer=LetterLink,
)
def letter(call: Call, complaint_id: str) -> LetterLink:
    """Where the letter can be read, for half an hour. It holds the sender's name, so auditors get none."""
    file, _ = access.for_desk(call.portal, call.person, complaint_id)
    found = letters.url(call.portal.storage, file.complaint, call.storage_origin, call.now)
    return LetterLink(url=found)
