"""Decoration consultations over the JSON API."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import Headers
from chalicelib.communities import store as communities
from chalicelib.consultations import access, ics, plans, rating, service, staff, store, views
from chalicelib.consultations.input_models import (
    CancelBooking,
    FindConsultants,
    FindSlots,
    NewBooking,
    RateBooking,
    Reschedule,
    StaffStep,
)
from chalicelib.consultations.models import Booking
from chalicelib.consultations.views import BookingList, BookingView, ConsultantList, ConsultantView, SlotList
from chalicelib.cursors import give, take
from chalicelib.desk.models import Contact
from chalicelib.errors import NotFound
from chalicelib.inputs import PageQuery
from chalicelib.once import asked_once
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Access, Call

routes = Routes(__name__, "consultations")
#: Those who have a calendar, or look after others'.
CALENDAR = Access(roles=plans.CALENDAR_ROLES)


def _view(call: Call, booking: Booking) -> BookingView:
    shown = views.photos_of(call.portal, booking, call.storage_origin, call.now)
    return views.view(booking, call.person, call.now, shown)


@routes.api(
    "GET",
    "/api/v1/consultants",
    SIGNED_IN,
    "Who gives consultations in a community",
    query=FindConsultants,
    answer=ConsultantList,
)
def consultants(call: Call) -> ConsultantList:
    """Designers with what they offer, for those who live or work there."""
    community_id = call.read_query(FindConsultants).community_id
    person = call.person
    if community_id not in {u.community_id for u in person.units} | {g.community_id for g in person.grants}:
        raise NotFound
    found = plans.consultants(call.portal, community_id, call.storage_origin, call.now)
    return ConsultantList(items=[ConsultantView.of(one) for one in found])


@routes.api(
    "GET",
    "/api/v1/consultants/{consultant_id}/slots",
    SIGNED_IN,
    "A designer's free times of some days (in the designer's zone, both included; 31 at most)",
    query=FindSlots,
    answer=SlotList,
)
def slots(call: Call, consultant_id: str) -> SlotList:
    """Free times only. With a home (`unit_id`) journeys to it are counted, else to anywhere."""
    query = call.read_query(FindSlots)
    plans.works_for(call.portal, call.person, consultant_id)
    plan, found = plans.free(call.portal, call.person, consultant_id, query, call.now)
    return SlotList.of(found, plan.zone_name)


@routes.api(
    "POST",
    "/api/v1/bookings",
    SIGNED_IN,
    "Book a time",
    body=NewBooking,
    answer=BookingView,
    status=201,
    once=True,
)
def book(call: Call) -> BookingView:
    """Book; `requested` where the designer says yes first, else `confirmed`."""
    body = call.read(NewBooking)
    key = asked_once(call, "bookings", body)
    return _view(call, service.book(call.portal, call.person, body, key, call.now))


@routes.api(
    "GET",
    "/api/v1/bookings",
    SIGNED_IN,
    "One's own bookings, the latest first",
    query=PageQuery,
    answer=BookingList,
)
def list_bookings(call: Call) -> BookingList:
    """A page of one's own."""
    query = call.read_query(PageQuery)
    after = take(call.portal.keys, call.person, "bookings", query.cursor)
    page = store.own(call.portal.db, call.person.id, query.limit, after=after)
    found = store.bookings(call.portal.db, call.portal.keys, [row["booking_id"] for row in page.items])
    place = page.items[-1]["SK"].removeprefix("BOOKING#") if page.next and page.items else None
    cursor = give(call.portal.keys, call.person, "bookings", place)
    return BookingList(items=[_view(call, one) for one in found], next_cursor=cursor)


@routes.api(
    "GET",
    "/api/v1/bookings/{booking_id}",
    SIGNED_IN,
    "A booking; with .ics behind its id, as a calendar file",
    answer=BookingView,
)
def show(call: Call, booking_id: str) -> Any:
    """A booking of one's own, or at one's desk. (The gateway knows no path that is half a parameter.)"""
    booking = access.seen(call.portal, call.person, booking_id.removesuffix(".ics"))
    return calendar_file(call, booking) if booking_id.endswith(".ics") else _view(call, booking)


def calendar_file(call: Call, booking: Booking) -> Response:
    """One appointment as a calendar file."""
    community = communities.get(call.portal.db, booking.community_id)
    text = ics.calendar(
        [(booking, community)],
        call.locale,
        name=booking.service.name,
        reader_id=call.person.id,
    )
    headers: Headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{booking.id}.ics"',
    }
    return Response(text, headers, 200)


@routes.api(
    "POST",
    "/api/v1/bookings/{booking_id}/reschedule",
    SIGNED_IN,
    "Take another time",
    body=Reschedule,
    answer=BookingView,
    once=True,
)
def reschedule(call: Call, booking_id: str) -> BookingView:
    """The new time is taken and the old one freed, both or neither."""
    body = call.read(Reschedule)
    key = asked_once(call, f"bookings/{booking_id}/reschedule", body)
    return _view(call, service.reschedule(call.portal, call.person, booking_id, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/bookings/{booking_id}/cancel",
    SIGNED_IN,
    "Cancel a booking",
    body=CancelBooking,
    answer=BookingView,
    once=True,
)
def cancel(call: Call, booking_id: str) -> BookingView:
    """Cancel one's own, up to the cut-off."""
    body = call.read(CancelBooking)
    key = asked_once(call, f"bookings/{booking_id}/cancel", body)
    return _view(call, service.cancel(call.portal, call.person, booking_id, body, key, call.now))


@routes.api(
    "PUT",
    "/api/v1/bookings/{booking_id}/rating",
    SIGNED_IN,
    "Say what one thinks of a booking that took place, once",
    body=RateBooking,
    answer=BookingView,
    once=True,
)
def rate(call: Call, booking_id: str) -> BookingView:
    """1 to 5, and words; it counts for the designer."""
    body = call.read(RateBooking)
    key = asked_once(call, f"bookings/{booking_id}/rating", body)
    return _view(call, rating.rate(call.portal, call.person, booking_id, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/bookings/{booking_id}/step",
    CALENDAR,
    "Say yes to a booking, call it off, or say how it went",
    body=StaffStep,
    answer=BookingView,
    once=True,
)
def step(call: Call, booking_id: str) -> BookingView:
    """For the designer, and managers there."""
    body = call.read(StaffStep)
    key = asked_once(call, f"desk/bookings/{booking_id}/step", body)
    return _view(call, staff.step(call.portal, call.person, booking_id, body, key, call.now))


@routes.api(
    "POST",
    "/api/v1/desk/bookings/{booking_id}/contact",
    CALENDAR,
    "The owner's full name and number; the look is recorded",
    answer=Contact,
)
def contact(call: Call, booking_id: str) -> Contact:
    """Whom to call; for the designer, and managers there."""
    return staff.contact(call.portal, call.person, booking_id, call.now)
