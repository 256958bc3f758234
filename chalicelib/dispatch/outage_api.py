"""Outages over the JSON API: of one's homes, and for the desk."""

from typing import Any

from chalicelib.dispatch import outage_opening, outage_store, outages, service
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.models import PeopleQuery
from chalicelib.dispatch.outage_answers import Told
from chalicelib.dispatch.outage_models import (
    BeginOutage,
    ChangeOutage,
    DeskOutageView,
    Outage,
    OutageList,
    OutageQuery,
    OutageView,
    PastOutage,
)
from chalicelib.dispatch.outage_rules import buildings
from chalicelib.errors import NotFound
from chalicelib.ids import is_id
from chalicelib.issues.api import reader
from chalicelib.kept import made
from chalicelib.once import asked_once
from chalicelib.times import rfc3339
from chalicelib.web import OFFICE, SIGNED_IN, Call


def _view(outage: Outage) -> OutageView:
    return OutageView(
        **outage.model_dump(include={"issue_id", "number", "category_id", "text", "version"}),
        buildings=buildings(outage),
        since=rfc3339(outage.since),
        until=rfc3339(outage.until) if outage.until else None,
        **_ended(outage),
    )


def _ended(outage: Outage) -> dict[str, Any]:
    if not isinstance(outage, PastOutage):
        return {}
    return {"ended_at": rfc3339(outage.ended_at), "ended": outage.ended, "note": outage.note or None}


def _answer(call: Call, told: Told) -> DeskOutageView:
    """The master issue, with the outage whose version the next news name."""
    roles = call.person.roles_in(told.file.issue.community_id)
    issue = reader(call).desk_view(told.file, roles, told.at)
    return made(DeskOutageView, **issue.__dict__, outage=_view(told.outage) if told.outage else None)


@routes.api(
    "GET",
    "/api/v1/outages",
    SIGNED_IN,
    "Outages that one's homes suffer from; follow one by its issue instead of reporting it",
    query=OutageQuery,
    answer=OutageList,
)
def mine(call: Call) -> OutageList:
    """Of one home, or of all of one's own."""
    wanted = call.read_query(OutageQuery).unit_id
    units = [unit for unit in call.person.units if wanted in (None, unit.id)]
    if wanted and not units:
        raise NotFound
    found = {one.issue_id: one for unit in units for one in outages.of_home(call.portal, unit)}
    return OutageList(items=[_view(one) for one in found.values()])


@routes.api(
    "GET",
    "/api/v1/outages/{issue_id}",
    SIGNED_IN,
    "An outage that one of one's homes suffers from, or did within 180 days",
    answer=OutageView,
)
def one(call: Call, issue_id: str) -> OutageView:
    """One; what goes on in another outage is that one."""
    outage = outages.of_ones_own(call.portal, call.person, issue_id, call.now) if is_id(issue_id) else None
    if outage is None:
        raise NotFound
    return _view(outage)


@routes.api("GET", "/api/v1/desk/outages", OFFICE, "Running outages", query=PeopleQuery, answer=OutageList)
def running(call: Call) -> OutageList:
    """Of one community."""
    community_id = service.office_of(call.person, call.read_query(PeopleQuery).community_id)
    return OutageList(items=[_view(one) for one in outage_store.running(call.portal.db, community_id)])


@routes.api(
    "POST",
    "/api/v1/desk/outages",
    OFFICE,
    "Begin an outage: opens its master issue and tells everybody who lives there",
    body=BeginOutage,
    answer=DeskOutageView,
    status=201,
    once=True,
)
def begin(call: Call) -> DeskOutageView:
    """A new one."""
    body = call.read(BeginOutage)
    key = asked_once(call, "desk/outages", body)
    return _answer(call, outage_opening.begin(call.portal, call.person, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/outages/{issue_id}",
    OFFICE,
    "Tell news of an outage, or that it is over",
    body=ChangeOutage,
    answer=DeskOutageView,
    once=True,
)
def change(call: Call, issue_id: str) -> DeskOutageView:
    """News."""
    body = call.read(ChangeOutage)
    # Nothing said about the end is another request than that there is none.
    key = asked_once(call, f"desk/outages/{issue_id}" + ("" if body.says_until else " as it is"), body)
    return _answer(call, outages.change(call.portal, call.person, issue_id, body, key, call.now))
