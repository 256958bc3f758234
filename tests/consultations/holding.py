"""Do designers' days and bookings hold together? What takes time is compared with what is booked, cell by cell."""

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.consultations import rules, store
from chalicelib.consultations.models import Booking, Hold
from chalicelib.portal import Portal
from tests.factories import NOW

#: Around the Saturday that tests book.
_DAYS = [(NOW + timedelta(days=n)).date() for n in range(-1, 16)]


def holds_of(portal: Portal, consultant_id: str) -> list[Hold]:
    """What takes a designer's time."""
    _, days = store.diaries(portal.db, [consultant_id], _DAYS)[consultant_id]
    return [hold for day in days.values() for hold in day.holds]


def bookings_of(portal: Portal) -> list[Booking]:
    """All bookings there are."""
    items, start = [], None
    while True:
        page = portal.db.scan(500, start)
        items += [i for i in page.items if i["PK"].startswith("BOOKING#") and i["SK"] == "META"]
        start = page.next
        if start is None:
            return [store.booking_from(item, portal.keys) for item in items]


def check(portal: Portal, consultant_id: str, now: datetime) -> int:
    """Asserts that no cell is taken twice and none is lost; gives back how many are taken."""
    holds = holds_of(portal, consultant_id)
    alive = {
        one.id: one
        for one in bookings_of(portal)
        if one.status in ("requested", "confirmed", "done", "no_show")
    }
    assert {hold.id for hold in holds if hold.until is None} == set(alive)
    taken: dict[datetime, set[tuple[str, datetime]]] = {}
    for hold in rules.standing(holds, now):
        booking = alive.get(hold.id)
        if booking:
            assert (booking.starts_at, booking.owner_id) == (hold.starts_at, hold.account_id)
            buffers = timedelta(
                minutes=booking.service.minutes + booking.service.before + booking.service.after
            )
            assert len(rules.cells_of(hold)) * timedelta(minutes=15) == buffers
        for cell in rules.cells_of(hold):
            taken.setdefault(cell, set()).add(hold.session)
    assert all(len(sessions) == 1 for sessions in taken.values()), "two appointments in one cell"
    # What is kept twice for one person is one seat: whoever takes it gives up the rest.
    seated = {
        (one.session, one.account_id) for one in rules.standing(holds, now) if one.service_id == "class"
    }
    assert all(number <= 3 for number in Counter(session for session, _ in seated).values())
    sold = Counter(one.session for one in holds if one.service_id == "class" and one.until is None)
    assert all(number <= 3 for number in sold.values())
    return len(taken)
