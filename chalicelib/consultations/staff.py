"""What designers and managers do with bookings: say yes, call off with a choice of new times, say how it went."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.accounts import contact as contacts
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.consultations import access, line, rules, service, states, store
from chalicelib.consultations.commit import Step, attempt, commit, until_settled
from chalicelib.consultations.diary import Diary
from chalicelib.consultations.input_models import StaffStep
from chalicelib.consultations.models import Booking
from chalicelib.consultations.notices import to_designer, to_owner
from chalicelib.consultations.policy import FIRST_CHOICE, OFFER
from chalicelib.desk.models import Contact
from chalicelib.errors import N_, IllegalTransition, Invalid, NotFound, VersionConflict
from chalicelib.inbox.models import Event, Notice
from chalicelib.once import Once
from chalicelib.portal import Portal

_WHY = N_("Say why, and that you are sorry: the owner reads it.")
#: How many days are looked through for other times; a read of that many is one round trip.
_LOOK_AHEAD = 14
_TOLD: dict[str, Event] = {"confirmed": "booking_confirmed", "cancelled_by_staff": "booking_called_off"}


def step(
    portal: Portal, person: Person, booking_id: str, body: StaffStep, once: Once | None, now: datetime
) -> Booking:
    """Take a step. Raises NotFound, VersionConflict, IllegalTransition; Invalid for calling off without a word."""
    if body.to == "cancelled_by_staff" and not body.note:
        raise Invalid.field("note", "missing", _WHY)

    def work() -> Booking:
        before = access.get(portal, booking_id)
        if not access.is_staff_of(person, before):
            raise NotFound
        if before.version != body.version:
            raise VersionConflict
        if not states.may_step(before, body.to, now):
            raise IllegalTransition(service.NO_STEP)
        if body.to == "cancelled_by_staff":
            return _call_off(portal, before, person.id, body.note, once, now)
        after = service.changed(before, now, status=body.to)
        notices = _told(portal, after, person.id)
        return commit(portal, Step(before, after, body.to, person.id, "staff", body.note, notices), once, now)

    return attempt(portal, once, work)


def contact(portal: Portal, person: Person, booking_id: str, now: datetime) -> Contact:
    """The owner's name and full number; the look itself is written into the audit trail first. Raises NotFound."""
    booking = access.get(portal, booking_id)
    if not access.is_staff_of(person, booking):
        raise NotFound
    act = audit.Act(booking.community_id, person.id, "booking_contact", booking.id)
    return contacts.shown(portal, booking.owner_id, act, now)


def _told(portal: Portal, after: Booking, actor_id: str) -> list[Notice]:
    """The owner hears of what concerns them; the designer, of what a manager did."""
    event = _TOLD.get(after.status)
    notices = [to_owner(after, event, portal.keys)] if event else []
    if event and after.consultant_id != actor_id:
        notices.append(to_designer(after, event, portal.keys))
    return notices


def _call_off(
    portal: Portal, before: Booking, actor_id: str, note: str, once: Once | None, now: datetime
) -> Booking:
    """Cancel with words, and keep the first free times for the owner, for as long as an offer lasts."""
    changes = {"status": "cancelled_by_staff", "reason": note, "sequence": before.sequence + 1}
    after = service.changed(before, now, **changes)
    # The last of these days may be one further on in the designer's zone, and what begins late on it reaches
    # into the one after.
    ahead = [now + timedelta(days=n) for n in range(_LOOK_AHEAD + 2)]
    diary = Diary.read(portal, before.consultant_id, [before.starts_at, *ahead])
    called_off = Step(before, after, after.status, actor_id, "staff", note, _told(portal, after, actor_id))
    freed = line.freeing(portal, called_off, now, diary)
    kept = _first_choice(diary, after, now)
    return commit(portal, replace(freed, after=after.model_copy(update={"offered": kept})), once, now)


def _first_choice(diary: Diary, booking: Booking, now: datetime) -> tuple[datetime, ...]:
    """Keep the first free times in the diary, on different days where there are such; gives back when they begin."""
    first, found = rules.day_of(diary.plan, now), list[datetime]()
    for day in rules.days_between(first, first + timedelta(days=_LOOK_AHEAD)):
        for starts_at in rules.starts_on(diary.plan, booking.service, day):
            hold = service.hold_for(booking, booking.service, starts_at)
            hold = hold.model_copy(
                update={"id": rules.choice_id(booking.id, len(found)), "until": now + OFFER}
            )
            # Kept for two hours means that it can be booked for as long.
            fits = rules.in_reach(diary.plan, starts_at, now + OFFER) and diary.fits(
                booking.service, hold, now
            )
            if fits and starts_at != booking.starts_at:
                diary.put(hold)
                found.append(starts_at)
                break
        if len(found) == FIRST_CHOICE:
            break
    return tuple(found)


def unanswered(portal: Portal, booking_id: str, now: datetime) -> bool:
    """Call off a request that nobody has answered by its start; gives back whether it was one."""

    def work() -> bool:
        before = store.get(portal.db, portal.keys, booking_id)
        if before is None or before.status != "requested" or before.starts_at > now:
            return False
        changes = {"status": "cancelled_by_staff", "sequence": before.sequence + 1}
        after = service.changed(before, now, **changes)
        notices = [
            to_owner(after, "booking_unanswered", portal.keys),
            to_designer(after, "booking_unanswered", portal.keys),
        ]
        taken = Step(before, after, "unanswered", "", "system", notices=notices)
        commit(portal, line.freeing(portal, taken, now), None, now)
        return True

    done: bool = until_settled(portal, work)
    return done
