"""Who gives consultations where, when they are free, and how their times are changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.base import Base
from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.consultations import hours, marks_store, rules, store
from chalicelib.consultations.input_models import FindSlots, SavePlan
from chalicelib.consultations.models import Plan, Service, Slot
from chalicelib.consultations.policy import MOST_DAYS
from chalicelib.db import Op
from chalicelib.errors import N_, Invalid, NotFound, VersionConflict
from chalicelib.ids import is_id
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import PhotoUrls
from chalicelib.portal import Portal

CALENDAR_ROLES = frozenset({"designer", "manager"})
_QUARTERS = N_("Lengths go in quarters of an hour: 15, 30, 45, 60 minutes.")
_TWICE = N_("Two services have the same id.")
_TOO_LONG = N_("Ask for at most 31 days, the first one first.")
_NO_SERVICE = N_("This designer does not offer that any more. Please choose again.")
_HOURS = N_("Write hours such as 09:00-12:00 14:00-18:00, in quarters of an hour, one after the other.")


class Consultant(Base):
    """Somebody who can be booked in a community."""

    id: str
    name: str
    plan: Plan
    #: How many owners have rated them, and how well on average (1 to 5; 0 for nobody yet).
    rated: int = 0
    rating: float = 0
    portrait: PhotoUrls | None = None


def designers(portal: Portal, community_id: str) -> list[StaffMember]:
    """A community's designers: one round trip."""
    found = communities.staff(portal.db, portal.keys, community_id)
    return [member for member in found if "designer" in member.roles]


def consultants(portal: Portal, community_id: str, origin: str | None, now: datetime) -> list[Consultant]:
    """Those who offer something in a community: two round trips, and one for their pictures where there are any."""
    names = {member.id: member.name for member in designers(portal, community_id)}
    found = [one for one in marks_store.offers(portal.db, sorted(names)) if one[0].services]
    pictures = portraits(portal, [plan for plan, _, _ in found], origin, now)
    return [
        Consultant(
            id=plan.consultant_id, name=names[plan.consultant_id], plan=plan, rated=times,
            rating=round(total / times, 1) if times else 0, portrait=pictures.get(plan.consultant_id),
        )
        for plan, times, total in found
    ]  # fmt: skip


def portraits(
    portal: Portal, found: Sequence[Plan], origin: str | None, now: datetime
) -> dict[str, PhotoUrls]:
    """The designers' pictures that can be shown."""
    wanted = {plan.consultant_id: plan.photo_id for plan in found if plan.photo_id}
    if not wanted:
        return {}
    rows = portal.db.batch_get([photo_store.photo_key(one) for one in wanted.values()])
    views = {one: photos.view(portal, row, origin, now) for one, row in zip(wanted, rows, strict=True) if row}
    return {one: view.urls for one, view in views.items() if view.urls}


def free(
    portal: Portal, person: Person, consultant_id: str, query: FindSlots, now: datetime
) -> tuple[Plan, list[Slot]]:
    """A designer's free slots of some days: one round trip. Raises NotFound, and Invalid for too many days."""
    if not 0 <= (query.last - query.first).days < MOST_DAYS:
        raise Invalid.field("to", "bad_range", _TOO_LONG)
    wanted = rules.days_between(query.first - timedelta(days=1), query.last + timedelta(days=1))
    plan, days = store.diaries(portal.db, [consultant_id], wanted)[consultant_id]
    if plan is None:
        raise NotFound
    service = plan.service(query.service_id)
    if service is None:
        raise Invalid.field("service_id", "unknown_service", _NO_SERVICE)
    holds = [hold for day in days.values() for hold in day.holds]
    unit = person.unit(query.unit_id) if query.unit_id else None
    where = rules.place_of(service, unit.community_id if unit else "", unit.building if unit else None)
    asked = rules.days_between(query.first, query.last)
    return plan, rules.free_slots(plan, service, asked, holds, now, where=where, account_id=person.id)


def free_of_several(
    portal: Portal, person: Person, who: Sequence[Consultant], first: date, now: datetime
) -> dict[tuple[str, str], list[Slot]]:
    """A week of free times of several designers, by designer and service: one round trip for up to ten of them.

    Where the appointment will be is not known yet, so journeys are counted to anywhere.
    """
    asked = rules.days_between(first, first + timedelta(days=6))
    days = rules.days_between(asked[0] - timedelta(days=1), asked[-1] + timedelta(days=1))
    found = store.diaries(portal.db, [one.id for one in who], days) if who else {}
    slots: dict[tuple[str, str], list[Slot]] = {}
    for one in who:
        plan, taken = found[one.id]
        holds = [hold for day in taken.values() for hold in day.holds]
        for service in plan.services if plan else ():
            where = rules.place_of(service, "", None)
            slots[one.id, service.id] = rules.free_slots(
                plan or one.plan, service, asked, holds, now, where=where, account_id=person.id
            )
    return slots


def works_for(portal: Portal, person: Person, consultant_id: str) -> str:
    """A community of somebody's in which a designer works; raises NotFound. One round trip."""
    theirs = sorted(
        {unit.community_id for unit in person.units} | {grant.community_id for grant in person.grants}
    )
    if not is_id(consultant_id) or not theirs:
        raise NotFound
    rows = portal.db.batch_get([communities.staff_key(one, consultant_id) for one in theirs])
    found = [one for one, row in zip(theirs, rows, strict=True) if row and "designer" in row["roles"]]
    if not found:
        raise NotFound
    return found[0]


def managed(portal: Portal, person: Person, consultant_id: str) -> tuple[str, StaffMember]:
    """The community through which somebody edits a designer's times, and the designer; raises NotFound. Designers
    edit their own, managers those of their communities'."""
    for community_id in person.communities(CALENDAR_ROLES) if is_id(consultant_id) else ():
        if consultant_id != person.id and "manager" not in person.roles_in(community_id):
            continue
        found = communities.staff_member(portal.db, portal.keys, community_id, consultant_id)
        if found and "designer" in found.roles:
            return community_id, found
    raise NotFound


def save(portal: Portal, person: Person, consultant_id: str, body: SavePlan, now: datetime) -> Plan:
    """Change a designer's times and services. What is booked stays. Raises NotFound, Invalid, VersionConflict."""
    community_id, _ = managed(portal, person, consultant_id)
    _check(body)
    before = next(iter(store.plans(portal.db, [consultant_id])), None)
    if (before.version if before else 0) != body.version:
        raise VersionConflict
    zone = before.zone_name if before else communities.get(portal.db, community_id).zone_name
    fields = body.model_dump(exclude={"services", "version"})
    services = tuple(Service(**service.model_dump()) for service in body.services)
    after = Plan(
        consultant_id=consultant_id, zone_name=zone, services=services, version=body.version + 1, **fields
    )
    act = audit.Act(community_id, person.id, "plan_changed", consultant_id)
    picture = _picture(portal, person, before, after)
    portal.db.write(store.put_plan(before, after), audit.add(act, now), *picture)
    return after


def _picture(portal: Portal, person: Person, before: Plan | None, after: Plan) -> list[Op]:
    """The writes that keep a new picture; raises Invalid for one that can't be used."""
    if after.photo_id is None or (before and before.photo_id == after.photo_id):
        return []
    (photo,) = photos.free_photos(portal, person, [after.photo_id])
    return photo_store.attach_to(photo, f"DESIGNER#{after.consultant_id}")


def _check(body: SavePlan) -> None:
    for service in body.services:
        if any(value % 15 for value in (service.minutes, service.before, service.after)):
            raise Invalid.field("services", "not_quarters", _QUARTERS)
    if len({service.id for service in body.services}) < len(body.services):
        raise Invalid.field("services", "twice", _TWICE)
    if not all(hours.are_hours(day) for day in [*body.week, *body.exceptions.values()]):
        raise Invalid.field("week", "bad_hours", _HOURS)
