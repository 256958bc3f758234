"""Outages over the JSON API: of one's homes, and for the desk."""

from chalicelib.dispatch import outage_store, outages, service
from chalicelib.dispatch.api import routes
from chalicelib.dispatch.models import PeopleQuery
from chalicelib.dispatch.outage_models import (
    BeginOutage,
    ChangeOutage,
    Outage,
    OutageList,
    OutageQuery,
    OutageView,
)
from chalicelib.errors import NotFound
from chalicelib.issues.api import reader
from chalicelib.issues.view_models import DeskIssueView
from chalicelib.once import asked_once
from chalicelib.times import rfc3339
from chalicelib.web import OFFICE, SIGNED_IN, Call


def _view(outage: Outage) -> OutageView:
    return OutageView(
        **outage.model_dump(include={"issue_id", "number", "category_id", "text", "version"}),
        buildings=outages.buildings(outage),
        since=rfc3339(outage.since),
        until=rfc3339(outage.until) if outage.until else None,
    )


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
    answer=DeskIssueView,
    status=201,
    once=True,
)
def begin(call: Call) -> DeskIssueView:
    """A new one."""
    body = call.read(BeginOutage)
    key = asked_once(call, "desk/outages", body)
    file, at = outages.begin(call.portal, call.person, body, key, call.now)
    return reader(call).desk_view(file, call.person.roles_in(file.issue.community_id), at)


@routes.api(
    "POST",
    "/api/v1/desk/outages/{issue_id}",
    OFFICE,
    "Tell news of an outage, or that it is over",
    body=ChangeOutage,
    answer=DeskIssueView,
    once=True,
)
def change(call: Call, issue_id: str) -> DeskIssueView:
    """News."""
    body = call.read(ChangeOutage)
    key = asked_once(call, f"desk/outages/{issue_id}", body)
    file, at = outages.change(call.portal, call.person, issue_id, body, key, call.now)
    return reader(call).desk_view(file, call.person.roles_in(file.issue.community_id), at)
