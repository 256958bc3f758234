"""What owners think of appointments, and the designers' pictures."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.consultations import plans, rating, staff
from chalicelib.consultations.input_models import RateBooking, StaffStep
from chalicelib.consultations.models import Booking, Plan
from chalicelib.errors import IllegalTransition, Invalid, NotFound
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, book, make_plan
from tests.factories import NOW, People, make_key

LATER = SATURDAY + timedelta(hours=2)


def _took_place(portal: Portal, people: People, plan: Plan, by: Any, hours: int = 0) -> Booking:
    booking = book(portal=portal, by=by, of=plan, starts_at=SATURDAY + timedelta(hours=hours))
    step = StaffStep(to="done", version=1)
    return staff.step(portal, people.designer, booking.id, step, None, SATURDAY + timedelta(hours=hours + 1))


def _offered(portal: Portal) -> plans.Consultant:
    (found,) = plans.consultants(portal, "maple", None, NOW)
    return found


def test_marks_of_appointments_that_took_place_count_once_for_their_designer(
    portal: Portal, people: People
) -> None:
    plan = make_plan(portal=portal, people=people)
    assert (_offered(portal).rated, _offered(portal).rating) == (0, 0)
    for by, marks, hours in ((people.owner, 5, 0), (people.neighbour, 4, 3)):
        done = _took_place(portal, people, plan, by, hours)
        body, key = RateBooking(version=done.version, marks=marks), make_key(of=by)
        rated = rating.rate(portal, by, done.id, body, key, LATER)
        assert rating.rate(portal, by, done.id, body, key, LATER) == rated
        again = RateBooking(version=rated.version, marks=1)
        with pytest.raises(IllegalTransition):
            rating.rate(portal, by, done.id, again, None, LATER)
    assert (_offered(portal).rated, _offered(portal).rating) == (2, 4.5)


def test_what_did_not_take_place_or_is_somebody_elses_is_not_rated(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    booking = book(portal=portal, by=people.owner, of=plan)
    body = RateBooking(version=1, marks=5)
    with pytest.raises(IllegalTransition):
        rating.rate(portal, people.owner, booking.id, body, None, LATER)
    with pytest.raises(NotFound):
        rating.rate(portal, people.neighbour, booking.id, body, None, LATER)
    assert _offered(portal).rated == 0


def test_a_designers_picture_is_their_own_photo_and_stays_when_hours_change(
    portal: Portal, people: People
) -> None:
    picture = photos.start_plain(portal, people.designer, NOW)
    plan = make_plan(portal=portal, people=people, photo_id=picture)
    assert make_plan(portal=portal, people=people, photo_id=picture).photo_id == plan.photo_id
    assert _offered(portal).portrait is None  # not prepared yet
    theirs = photos.start_plain(portal, people.owner, NOW)
    with pytest.raises(Invalid):
        make_plan(portal=portal, people=people, photo_id=theirs)
