"""Waiting for a full day, and what the clock does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.consultations import access, line, line_store, service, staff, timers
from chalicelib.consultations.input_models import CancelBooking, JoinLine, StaffStep
from chalicelib.consultations.models import Plan, Waiting
from chalicelib.errors import Invalid, NotFound, PortalError
from chalicelib.inbox import outbox
from chalicelib.inbox import service as inbox
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, book, hours, make_plan
from tests.consultations.holding import check
from tests.factories import NOW, People

DAY = SATURDAY.date()


@pytest.fixture
def plan(portal: Portal, people: People) -> Plan:
    """One appointment a day."""
    return make_plan(portal=portal, people=people, daily_limit=1)


@pytest.fixture
def wait(portal: Portal, people: People, plan: Plan) -> Callable[[str], Waiting]:
    def join(name: str) -> Waiting:
        body = JoinLine(consultant_id=plan.consultant_id, service_id="talk", day=DAY)
        return line.join(portal, getattr(people, name), body, NOW)

    return join


def _line(portal: Portal, plan: Plan) -> list[Waiting]:
    return line_store.in_line(portal.db, portal.keys, plan.consultant_id, DAY)


def _told(portal: Portal, people: People, name: str, now: datetime = NOW) -> list[str]:
    outbox.sweep(portal, now + timedelta(minutes=1))
    person = getattr(people, name)
    return [one.text for one in inbox.read(portal, person, 20, None, "en", now)[0]]


def test_what_is_freed_is_kept_for_the_first_in_line_and_then_for_the_next(
    portal: Portal, people: People, plan: Plan, wait: Callable[[str], Waiting]
) -> None:
    booking = book(portal=portal, by=people.owner, of=plan)
    first, second = wait("neighbour"), wait("cedar_owner")
    with pytest.raises(PortalError, match="in_line"):
        wait("neighbour")
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    offers = {one.id: one.offer for one in _line(portal, plan)}
    assert offers[first.id] is not None
    assert offers[second.id] is None
    assert any("We keep it for you" in text for text in _told(portal, people, "neighbour"))
    for name in ("owner", "cedar_owner"):
        with pytest.raises(PortalError, match="slot_taken"):
            book(portal=portal, by=getattr(people, name), of=plan, starts_at=offers[first.id])
    late = NOW + hours(2)
    assert timers.run_due(portal, late) == 1
    (left,) = _line(portal, plan)
    assert (left.id, left.until) == (second.id, late + hours(2))
    assert any("gone to the next" in text for text in _told(portal, people, "neighbour", late))
    taken = book(portal=portal, by=people.cedar_owner, of=plan, starts_at=left.offer, now=late)
    assert taken.status == "confirmed"
    assert _line(portal, plan) == []
    assert line_store.own(portal.db, portal.keys, people.cedar_owner.id, DAY) == []
    assert timers.run_due(portal, late + hours(3)) == 0
    check(portal, plan.consultant_id, late)


def test_the_next_in_line_is_offered_the_time_also_when_the_clock_is_late(
    portal: Portal, people: People, plan: Plan, wait: Callable[[str], Waiting]
) -> None:
    booking = book(portal=portal, by=people.owner, of=plan)
    wait("neighbour")
    second = wait("cedar_owner")
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    timers.run_due(portal, NOW + hours(4))
    (left,) = _line(portal, plan)
    assert (left.id, left.until) == (second.id, NOW + hours(6))


def test_who_gives_a_time_up_is_not_offered_it_again(
    portal: Portal, people: People, plan: Plan, wait: Callable[[str], Waiting]
) -> None:
    booking = book(portal=portal, by=people.owner, of=plan)
    wait("owner")
    second = wait("neighbour")
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    assert [one.id for one in _line(portal, plan) if one.offer] == [second.id]


def _called_off(portal: Portal, people: People, plan: Plan, ahead: float) -> None:
    """Staff call the day's appointment off so many hours before it."""
    booking = book(portal=portal, by=people.owner, of=plan)
    body = StaffStep(to="cancelled_by_staff", version=1, note="非常抱歉")
    staff.step(portal, people.designer, booking.id, body, None, SATURDAY - hours(ahead))


def test_an_offer_lasts_no_longer_than_the_time_can_be_booked(
    portal: Portal, people: People, wait: Callable[[str], Waiting]
) -> None:
    short = make_plan(portal=portal, people=people, week=[[[540, 600]]] * 7)
    wait("neighbour")
    _called_off(portal, people, short, 3)
    (one,) = _line(portal, short)
    assert (one.offer, one.until) == (SATURDAY, SATURDAY - hours(2))
    assert book(portal=portal, by=people.neighbour, of=short, now=SATURDAY - hours(2))


def test_nobody_is_offered_what_can_be_booked_no_more(
    portal: Portal, people: People, wait: Callable[[str], Waiting]
) -> None:
    short = make_plan(portal=portal, people=people, week=[[[540, 600]]] * 7)
    wait("neighbour")
    _called_off(portal, people, short, 2)
    assert [one.offer for one in _line(portal, short)] == [None]


def test_an_offer_that_nobody_is_left_for_is_free_for_all(
    portal: Portal, people: People, plan: Plan, wait: Callable[[str], Waiting]
) -> None:
    booking = book(portal=portal, by=people.owner, of=plan)
    wait("neighbour")
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    late = NOW + hours(2)
    with pytest.raises(PortalError, match="slot_taken"):  # the clock comes first, and offers it to the next
        book(portal=portal, by=people.owner, of=plan, now=late)
    timers.run_due(portal, late)
    assert book(portal=portal, by=people.owner, of=plan, now=late)


def test_leaving_gives_what_was_kept_to_the_next(
    portal: Portal, people: People, plan: Plan, wait: Callable[[str], Waiting]
) -> None:
    booking = book(portal=portal, by=people.owner, of=plan)
    first, second = wait("neighbour"), wait("cedar_owner")
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    with pytest.raises(NotFound):
        line.leave(portal, people.owner, plan.consultant_id, DAY, first.id, NOW)
    for _ in range(2):
        line.leave(portal, people.neighbour, plan.consultant_id, DAY, first.id, NOW)
    (left,) = _line(portal, plan)
    assert left.id == second.id
    assert left.offer is not None


def test_a_line_says_nothing_of_designers_who_work_elsewhere(
    portal: Portal, people: People, plan: Plan
) -> None:
    body = JoinLine(consultant_id=plan.consultant_id, service_id="none", day=DAY)
    with pytest.raises(Invalid):
        line.join(portal, people.owner, body, NOW)
    with pytest.raises(NotFound):
        line.join(portal, people.manager, body, NOW)


def test_a_line_is_for_days_that_can_be_booked(portal: Portal, people: People, plan: Plan) -> None:
    for day in (DAY - timedelta(days=9), DAY + timedelta(days=90)):
        body = JoinLine(consultant_id=plan.consultant_id, service_id="talk", day=day)
        with pytest.raises(Invalid):
            line.join(portal, people.owner, body, NOW)


def test_both_sides_are_reminded_a_day_and_an_hour_before_and_once(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    start = SATURDAY + hours(48)
    book(portal=portal, by=people.owner, of=plan, starts_at=start)
    assert timers.run_due(portal, start - hours(25)) == 0
    assert [timers.run_due(portal, start - hours(24)) for _ in range(2)] == [1, 0]
    assert timers.run_due(portal, start - hours(1)) == 1
    for name in ("owner", "designer"):
        texts = _told(portal, people, name, start - hours(1))
        assert sum(text.startswith(("Tomorrow", "In an hour")) for text in texts) == 2


def test_nobody_is_reminded_of_what_was_moved_or_called_off(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    start = SATURDAY + hours(48)
    booking = book(portal=portal, by=people.owner, of=plan, starts_at=start)
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    assert timers.run_due(portal, start) == 0
    assert timers.run_due(portal, start + hours(100)) == 0


def test_a_request_that_nobody_answers_is_called_off_at_its_start(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    asked = book(portal=portal, by=people.owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(1))
    answered = book(
        portal=portal, by=people.neighbour, of=plan, service_id="visit", starts_at=SATURDAY + hours(5)
    )
    yes = StaffStep(to="confirmed", version=1)
    staff.step(portal, people.designer, answered.id, yes, None, NOW)
    assert timers.run_due(portal, SATURDAY + hours(6)) == 1
    assert access.get(portal, asked.id).status == "cancelled_by_staff"
    assert access.get(portal, answered.id).status == "confirmed"
    assert any("nobody answered" in text for text in _told(portal, people, "owner", SATURDAY + hours(6)))
