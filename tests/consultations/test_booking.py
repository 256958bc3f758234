"""Booking, moving, cancelling, answering: what is kept and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.communities import store as communities
from chalicelib.consultations import access, service, staff, store
from chalicelib.consultations.input_models import CancelBooking, Reschedule, StaffStep
from chalicelib.consultations.models import Booking
from chalicelib.db import Delete
from chalicelib.errors import Forbidden, IllegalTransition, Invalid, NotFound, PortalError, VersionConflict
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, VISIT, book, hours, make_plan
from tests.factories import NOW, People, make_key


def _held(portal: Portal, consultant_id: str) -> set[str]:
    """The ids of what takes a designer's time on the Saturday and Sunday."""
    days = [SATURDAY.date(), SATURDAY.date() + timedelta(days=1)]
    _, found = store.diaries(portal.db, [consultant_id], days)[consultant_id]
    return {hold.id for day in found.values() for hold in day.holds}


def _step(portal: Portal, by: Any, booking: Booking, to: str, now: Any = NOW, **more: Any) -> Booking:
    body = StaffStep.model_validate({"to": to, "version": booking.version, **more})
    return staff.step(portal, by, booking.id, body, None, now)


def test_a_time_is_taken_once_and_free_again_after_cancelling(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    first = book(portal=portal, by=people.owner, of=plan)
    assert first.status == "confirmed"
    for start in (SATURDAY, SATURDAY + hours(1)):  # the second runs into the first one's buffer
        with pytest.raises(PortalError, match="slot_taken"):
            book(portal=portal, by=people.neighbour, of=plan, starts_at=start)
    done = service.cancel(portal, people.owner, first.id, CancelBooking(version=1, reason="出差"), None, NOW)
    assert (done.status, done.version, done.sequence) == ("cancelled_by_owner", 2, 1)
    assert book(portal=portal, by=people.neighbour, of=plan).status == "confirmed"


def test_moving_takes_the_new_time_and_frees_the_old_one(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    first = book(portal=portal, by=people.owner, of=plan)
    other = book(portal=portal, by=people.neighbour, of=plan, starts_at=SATURDAY + hours(3))
    taken = Reschedule(starts_at=other.starts_at, version=1)
    with pytest.raises(PortalError, match="slot_taken"):
        service.reschedule(portal, people.owner, first.id, taken, None, NOW)
    assert access.own(portal, people.owner, first.id) == first
    moved = service.reschedule(
        portal, people.owner, first.id, Reschedule(starts_at=SATURDAY + hours(0.5), version=1), None, NOW
    )
    assert (moved.starts_at, moved.version, moved.sequence) == (SATURDAY + hours(0.5), 2, 1)
    next_day = Reschedule(starts_at=SATURDAY + hours(24), version=2)
    moved = service.reschedule(portal, people.owner, first.id, next_day, None, NOW)
    assert _held(portal, plan.consultant_id) == {first.id, other.id}
    assert book(portal=portal, by=people.neighbour, of=plan).status == "confirmed"


def test_nothing_is_moved_to_another_time_of_a_designer_who_has_left(portal: Portal, people: People) -> None:
    booking = book(portal=portal, by=people.owner, of=make_plan(portal=portal, people=people))
    portal.db.write(Delete(communities.staff_key("maple", booking.consultant_id)))
    body = Reschedule(starts_at=SATURDAY + hours(3), version=1)
    with pytest.raises(Invalid):
        service.reschedule(portal, people.owner, booking.id, body, None, NOW)
    assert service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)


def test_a_request_holds_its_time_and_saying_yes_compares_the_version(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    asked = book(portal=portal, by=people.owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(1))
    assert asked.status == "requested"
    assert store.asked(portal.db, plan.consultant_id) == [asked.id]
    with pytest.raises(PortalError, match="slot_taken"):
        book(portal=portal, by=people.neighbour, of=plan, starts_at=SATURDAY + hours(1))
    moved = Reschedule(starts_at=SATURDAY + hours(2), version=1)
    moved_to = service.reschedule(portal, people.owner, asked.id, moved, None, NOW)
    with pytest.raises(VersionConflict):
        _step(portal, people.designer, asked, "confirmed")
    assert _step(portal, people.designer, moved_to, "confirmed").status == "confirmed"
    assert store.asked(portal.db, plan.consultant_id) == []


def test_calling_off_needs_words_and_keeps_new_times_for_the_owner(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan)
    with pytest.raises(Invalid):
        _step(portal, people.manager, booking, "cancelled_by_staff")
    done = _step(portal, people.manager, booking, "cancelled_by_staff", note="设计师生病了，非常抱歉")
    assert done.status == "cancelled_by_staff"
    assert len(done.offered) == 3
    with pytest.raises(PortalError, match="slot_taken"):
        book(portal=portal, by=people.neighbour, of=plan, starts_at=done.offered[1])
    again = book(portal=portal, by=people.owner, of=plan, starts_at=done.offered[1])
    assert again.status == "confirmed"
    assert store.bookings(portal.db, portal.keys, [booking.id])[0].offered == ()
    for taken_by_now in (done.offered[0], done.offered[2]):
        assert book(portal=portal, by=people.neighbour, of=plan, starts_at=taken_by_now)


def test_new_times_can_be_booked_for_as_long_as_they_are_kept(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan, starts_at=SATURDAY + hours(50))
    now = SATURDAY - hours(2)
    body = StaffStep(to="cancelled_by_staff", version=1, note="非常抱歉")
    done = staff.step(portal, people.manager, booking.id, body, None, now)
    late = now + hours(2) - timedelta(seconds=1)
    assert book(portal=portal, by=people.owner, of=plan, starts_at=done.offered[0], now=late)


def test_the_cut_off_and_states_are_kept_to(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan)
    late = SATURDAY - hours(3)
    with pytest.raises(PortalError, match="too_late"):
        service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, late)
    with pytest.raises(VersionConflict):
        service.cancel(portal, people.owner, booking.id, CancelBooking(version=2), None, NOW)
    with pytest.raises(IllegalTransition):
        _step(portal, people.designer, booking, "no_show", SATURDAY - hours(1))
    done = _step(portal, people.designer, booking, "no_show", SATURDAY + hours(1))
    with pytest.raises(IllegalTransition):
        service.cancel(portal, people.owner, booking.id, CancelBooking(version=done.version), None, NOW)


def test_a_booking_is_for_its_owner_its_designer_and_managers_there(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan)
    for person in (people.owner, people.designer, people.manager):
        assert access.seen(portal, person, booking.id).topic == booking.topic
    for person in (people.neighbour, people.clerk, people.cedar_manager, people.technician):
        with pytest.raises(NotFound):
            access.seen(portal, person, booking.id)
    with pytest.raises(NotFound):
        _step(portal, people.cedar_manager, booking, "confirmed")
    with pytest.raises(Forbidden):
        book(portal=portal, by=people.owner, of=plan, unit_id="maple-1-102")
    with pytest.raises(NotFound):
        book(portal=portal, by=people.owner, of=plan, consultant_id=people.clerk.id)
    with pytest.raises(Invalid):
        book(portal=portal, by=people.owner, of=plan, starts_at=SATURDAY - hours(5))


def test_a_key_gives_the_same_answer_again_whatever_happened_since(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    key = make_key(of=people.owner)
    first = book(portal=portal, by=people.owner, of=plan, once=key)
    service.cancel(portal, people.owner, first.id, CancelBooking(version=1), None, NOW)
    assert book(portal=portal, by=people.owner, of=plan, once=key) == first
    assert len(store.own(portal.db, people.owner.id, 10).items) == 1


def test_the_last_day_that_is_looked_through_may_end_at_midnight(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(
        portal=portal, by=people.owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(96)
    )
    late: dict[str, Any] = {"week": [[]] * 7, "exceptions": {"2026-12-05": [[1350, 1440]]}}
    make_plan(portal=portal, people=people, **late)
    now = NOW + hours(16)  # Saturday there already
    body = StaffStep(to="cancelled_by_staff", version=1, note="非常抱歉")
    done = staff.step(portal, people.manager, booking.id, body, None, now)
    assert [str(one) for one in done.offered] == ["2026-12-05 14:30:00+00:00"]


def test_closing_a_day_leaves_what_is_booked_and_takes_nothing_more(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan)
    plan = make_plan(portal=portal, people=people, exceptions={"2026-11-21": []}, services=[VISIT])
    assert access.own(portal, people.owner, booking.id).alive
    with pytest.raises(Invalid):
        book(portal=portal, by=people.neighbour, of=plan, service_id="visit", starts_at=SATURDAY + hours(3))


def test_a_group_session_has_its_seats_and_nobody_twice(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    wanted: dict[str, Any] = {"service_id": "class", "starts_at": SATURDAY + hours(2)}
    book(portal=portal, by=people.owner, of=plan, **wanted)
    with pytest.raises(PortalError, match="slot_taken"):
        book(portal=portal, by=people.owner, of=plan, **wanted)
    book(portal=portal, by=people.neighbour, of=plan, **wanted)
    book(portal=portal, by=people.cedar_owner, of=plan, **wanted)
    assert len(_held(portal, plan.consultant_id)) == 3
