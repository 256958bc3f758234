"""What owners do with consultations: book, take another time, cancel."""

from datetime import datetime, timedelta

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.conditions import Attr
from chalicelib.consultations import access, line, rules, states, store
from chalicelib.consultations.commit import SlotTaken, Step, attempt, commit
from chalicelib.consultations.diary import Diary
from chalicelib.consultations.input_models import CancelBooking, NewBooking, Reschedule
from chalicelib.consultations.models import Booking, Hold, Service
from chalicelib.consultations.notices import to_designer, to_owner
from chalicelib.db import Op, Update
from chalicelib.errors import (
    N_,
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    VersionConflict,
)
from chalicelib.ids import is_id, new_id
from chalicelib.inbox.models import Event
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.portal import Portal

_NOT_YOURS = N_("This home is not linked to you. Choose one of yours, or call the office.")
_NOT_OFFERED = N_(
    "This time can't be booked: it is too soon, too far ahead, or not among the designer's times."
)
_NO_SERVICE = N_("This designer does not offer that any more. Please choose again.")
NO_STEP = N_("The appointment is no longer in a state that allows this.")


class TooLate(Conflict):
    """409: past the cut-off."""

    code = "too_late"
    title = N_("It is too late to change this here")
    detail = N_("An appointment can be changed here up to 4 hours before. Please call us.")


def book(portal: Portal, person: Person, body: NewBooking, once: Once | None, now: datetime) -> Booking:
    """Book a time; it is confirmed at once, or requested where the designer says yes first.

    Raises Forbidden for somebody else's home, NotFound for nobody who gives consultations there, Invalid for what is
    not offered or photos that can't be used, SlotTaken, TooMany at the daily cap.
    """
    unit = person.unit(body.unit_id)
    if unit is None:
        raise Forbidden(_NOT_YOURS)

    def work() -> Booking:
        return _book(portal, person, unit, body, once, now)

    return attempt(portal, once, work)


def _book(
    portal: Portal, person: Person, unit: UnitRef, body: NewBooking, once: Once | None, now: datetime
) -> Booking:
    designer = _designer(portal, unit.community_id, body.consultant_id)
    if designer is None:
        raise NotFound
    diary, others = _diary_for(portal, person, body)
    service = diary.plan.service(body.service_id)
    if service is None:
        raise Invalid.field("service_id", "unknown_service", _NO_SERVICE)
    attached = photos.free_photos(portal, person, body.photo_ids)
    booking = Booking(
        id=new_id(now), consultant_id=designer.id, consultant_name=designer.name, owner_id=person.id,
        owner_name=person.name, community_id=unit.community_id, unit_id=unit.id, unit_label=unit.label,
        building=unit.building, service=service, starts_at=body.starts_at,
        ends_at=body.starts_at + timedelta(minutes=service.minutes), topic=body.topic,
        photo_ids=tuple(photo.id for photo in attached), status="requested" if service.approval else "confirmed",
        created_at=now, changed_at=now,
    )  # fmt: skip
    given_up = take(diary, booking, now)
    news: Event = "booking_asked" if service.approval else "booking_new"
    notices = [to_designer(booking, news, portal.keys)]
    if not service.approval:
        notices.append(to_owner(booking, "booking_confirmed", portal.keys))
    keep: list[Op] = [_keep(photo.id) for photo in attached]
    cap = photos.daily_cap(person.id, "bookings", portal.settings.bookings_per_day, now)
    step = Step(
        None, booking, booking.status, person.id, "owner", notices=notices, diary=diary,
        extra=[*given_up, *others, *keep, cap],
    )  # fmt: skip
    return commit(portal, step, once, now)


def _diary_for(portal: Portal, person: Person, body: NewBooking) -> tuple[Diary, list[Op]]:
    """The days around the time that somebody wants. Where that is one of several kept for them since we had to call
    them off, taking it gives the others back."""
    diary, wanted = (
        Diary.read(portal, body.consultant_id, [body.starts_at]),
        (body.service_id, body.starts_at),
    )
    kept = [one.id for one in diary.kept_for(person.id, wanted) if not is_id(one.id)]
    before = store.get(portal.db, portal.keys, rules.called_off(kept[0])) if kept else None
    if before is None:
        return diary, []
    diary = Diary.read(portal, body.consultant_id, [body.starts_at, *before.offered])
    for hold in diary.holds:
        if hold.session != wanted and not is_id(hold.id) and rules.called_off(hold.id) == before.id:
            diary.drop(hold.id)
    return diary, [store.nothing_offered(before.id)]


def _designer(portal: Portal, community_id: str, consultant_id: str) -> StaffMember | None:
    """Somebody who gives consultations in a community now."""
    member = communities.staff_member(portal.db, portal.keys, community_id, consultant_id)
    return member if member and "designer" in member.roles else None


def _keep(photo_id: str) -> Op:
    """A plan's photo stays for good; it goes on being its owner's, who may take it back."""
    return Update(photo_store.photo_key(photo_id), removes=["expires_at"], condition=Attr("PK").exists())


def hold_for(booking: Booking, service: Service, starts_at: datetime) -> Hold:
    """The time that a booking takes when it begins at a moment."""
    where = rules.place_of(service, booking.community_id, booking.building)
    return rules.hold_of(service, starts_at, id=booking.id, account_id=booking.owner_id, where=where)


def take(diary: Diary, booking: Booking, now: datetime) -> list[Op]:
    """Take a booking's time in the diary; gives back the writes that end waiting for it. Raises Invalid, SlotTaken."""
    if not rules.is_offered(diary.plan, booking.service, booking.starts_at, now):
        raise Invalid.field("starts_at", "not_offered", _NOT_OFFERED)
    wanted = hold_for(booking, booking.service, booking.starts_at)
    if not diary.fits(booking.service, wanted, now):
        raise SlotTaken
    ops: list[Op] = []
    for kept in diary.kept_for(booking.owner_id, wanted.session):
        diary.drop(kept.id)
        ops += line.done_waiting(diary.plan, kept)
    diary.put(wanted)
    return ops


def reschedule(
    portal: Portal, person: Person, booking_id: str, body: Reschedule, once: Once | None, now: datetime
) -> Booking:
    """Take another time and free the old one, both or neither. The service stays as it was booked.

    Raises NotFound, VersionConflict, IllegalTransition, TooLate, Invalid, SlotTaken.
    """

    def work() -> Booking:
        before = changeable(access.own(portal, person, booking_id), body.version, now)
        if _designer(portal, before.community_id, before.consultant_id) is None:
            raise Invalid.field("starts_at", "not_offered", _NO_SERVICE)
        diary = Diary.read(portal, before.consultant_id, [before.starts_at, body.starts_at])
        diary.drop(before.id)
        ends_at = body.starts_at + timedelta(minutes=before.service.minutes)
        asked = "requested" if before.service.approval else before.status
        changes = {"starts_at": body.starts_at, "ends_at": ends_at, "status": asked}
        after = changed(before, now, sequence=before.sequence + 1, **changes)
        ops = take(diary, after, now)
        freed = line.hand_on(portal, diary, before.starts_at, now)
        notices = [to_designer(after, "booking_moved", portal.keys), *freed.notices]
        step = Step(
            before, after, "moved", person.id, "owner", notices=notices, diary=diary, extra=[*ops, *freed.ops]
        )
        return commit(portal, step, once, now)

    return attempt(portal, once, work)


def changeable(booking: Booking, version: int, now: datetime) -> Booking:
    """The booking, if its owner may change it; raises VersionConflict, IllegalTransition, TooLate."""
    if booking.version != version:
        raise VersionConflict
    if not booking.alive:
        raise IllegalTransition(NO_STEP)
    if not states.may_change(booking, now):
        raise TooLate
    return booking


def changed(before: Booking, now: datetime, **changes: object) -> Booking:
    """The booking after a change."""
    return before.model_copy(update={"version": before.version + 1, "changed_at": now, **changes})


def cancel(
    portal: Portal, person: Person, booking_id: str, body: CancelBooking, once: Once | None, now: datetime
) -> Booking:
    """Cancel one's own booking; its time goes to the first in line. Raises NotFound, VersionConflict,
    IllegalTransition, TooLate."""

    def work() -> Booking:
        before = changeable(access.own(portal, person, booking_id), body.version, now)
        changes = {"status": "cancelled_by_owner", "reason": body.reason, "sequence": before.sequence + 1}
        after = changed(before, now, **changes)
        notices = [to_designer(after, "booking_cancelled", portal.keys)]
        step = Step(before, after, "cancelled_by_owner", person.id, "owner", body.reason, notices)
        return commit(portal, line.freeing(portal, step, now), once, now)

    return attempt(portal, once, work)
