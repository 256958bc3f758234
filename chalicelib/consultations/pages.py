"""The owner's consultations: the list, one appointment with what can be done, and calendar feeds."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.consultations import access, feeds, line, line_store, page_views, rating, service, store
from chalicelib.consultations.input_models import CancelBooking, RateBooking, Reschedule
from chalicelib.consultations.models import Booking
from chalicelib.consultations.new_pages import free_ahead
from chalicelib.consultations.page_routes import routes
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.ids import is_id
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.times import rfc3339
from chalicelib.web import SIGNED_IN, Call, url

MOVED = flash_words("consultation_moved", "success", N_("Moved. Your calendar file changes with it."))
CANCELLED = flash_words("consultation_cancelled", "success", N_("Cancelled. Somebody else gets the time."))
RATED = flash_words(
    "consultation_rated",
    "success",
    N_("Thank you. It helps others to choose, and the designer to get better."),
)
LEFT = flash_words("consultation_left", "success", N_("You wait no longer."))
#: A person's own, upcoming and past, on one page: more are one API call away.
_SHOWN = 30


def _zone(call: Call) -> Any:
    units = call.person.units
    return page_views.zone_of(call, units[0].community_id) if units else DEFAULT_ZONE


@routes.page("/consultations", SIGNED_IN, "One's own consultations")
def mine(call: Call) -> Response:
    """Upcoming and past ones, what one waits for, and the calendar feed."""
    zone, db = _zone(call), call.portal.db
    speak(Speech(call.now, zone, call.locale))
    rows = store.own(db, call.person.id, _SHOWN).items
    found = [
        page_views.card(call, one)
        for one in store.bookings(db, call.portal.keys, [r["booking_id"] for r in rows])
    ]
    code = feeds.code(call.portal, call.person)
    today = call.now.astimezone(zone).date()
    waiting = [
        {
            **one.model_dump(),
            "day_words": page_views.day_words(call, one.day, zone),
            "open": one.until is not None and one.until > call.now,
            "value": rfc3339(one.offer) if one.offer else "",
        }
        for one in line_store.own(db, call.portal.keys, call.person.id, today)
    ]
    context = {
        "upcoming": sorted(
            (b for b in found if b["alive"] and b["ends_at"] > call.now), key=lambda b: b["starts_at"]
        ),
        "past": [b for b in found if not b["alive"] or b["ends_at"] <= call.now],
        "waiting": waiting,
        "feed_url": call.origin + url(f"/calendar/{code}.ics") if code else "",
        "has_home": bool(call.person.units),
        "zone": zone.key,
    }
    return page(call, "consultations/list.html", context, zone=zone)


@routes.page("/consultations/{booking_id}", SIGNED_IN, "One consultation")
def show(call: Call, booking_id: str) -> Response:
    """An appointment and what can be done."""
    return _show(call, access.own(call.portal, call.person, booking_id), {})


def _show(call: Call, booking: Booking, fields: Fields, error: PortalError | None = None) -> Response:
    zone = page_views.zone_of(call, booking.community_id)
    speak(Speech(call.now, zone, call.locale))
    context = {
        "booking": page_views.whole(call, booking, call.person),
        "zone": zone.key,
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "consultations/show.html", context, error.status if error else 200, zone)


@routes.form(
    "/consultations/{booking_id}/cancel", SIGNED_IN, "Cancel a consultation", on="/consultations/{booking_id}"
)
def cancel(call: Call, booking_id: str) -> Response:
    """Cancel, up to 4 hours before."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(CancelBooking, version=version, reason=call.field("reason"))
        key = sent_once(call, f"bookings/{booking_id}/cancel", body)
        service.cancel(call.portal, call.person, booking_id, body, key, call.now)
        return go(url(f"/consultations/{booking_id}"), CANCELLED)

    def again(error: PortalError) -> Response:
        return _show(call, access.own(call.portal, call.person, booking_id), call.form, error)

    return stay(again, work)


@routes.form(
    "/consultations/{booking_id}/rating",
    SIGNED_IN,
    "Say what one thinks of a consultation",
    on="/consultations/{booking_id}",
)
def rate(call: Call, booking_id: str) -> Response:
    """Rate it, once."""

    def work() -> Response:
        version, marks = (whole_number(call.field(name) or "0", name) for name in ("version", "marks"))
        body = from_form(RateBooking, version=version, marks=marks, comment=call.field("comment"))
        key = sent_once(call, f"bookings/{booking_id}/rating", body)
        rating.rate(call.portal, call.person, booking_id, body, key, call.now)
        return go(url(f"/consultations/{booking_id}"), RATED)

    def again(error: PortalError) -> Response:
        return _show(call, access.own(call.portal, call.person, booking_id), call.form, error)

    return stay(again, work)


@routes.page("/consultations/{booking_id}/move", SIGNED_IN, "Another time for a consultation")
def choose_time(call: Call, booking_id: str) -> Response:
    """The free times, as for a new one."""
    return _move(call, access.own(call.portal, call.person, booking_id))


def _move(call: Call, booking: Booking, error: PortalError | None = None) -> Response:
    zone = page_views.zone_of(call, booking.community_id)
    speak(Speech(call.now, zone, call.locale))
    day = page_views.read_day(call.query.get("day", ""))
    first = page_views.first_shown(call, zone)
    _, _, slots = free_ahead(call, booking.consultant_id, booking.service.id, first)
    context = {
        "booking": page_views.card(call, booking),
        "strip": page_views.strip(call, slots, zone, first, day),
        "errors": said(error) if error else [],
    }
    return page(call, "consultations/move.html", context, error.status if error else 200, zone)


@routes.form(
    "/consultations/{booking_id}/move", SIGNED_IN, "Take another time", on="/consultations/{booking_id}/move"
)
def move(call: Call, booking_id: str) -> Response:
    """Take another time."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Reschedule, version=version, starts_at=call.field("starts_at"))
        key = sent_once(call, f"bookings/{booking_id}/move", body)
        service.reschedule(call.portal, call.person, booking_id, body, key, call.now)
        return go(url(f"/consultations/{booking_id}"), MOVED)

    def again(error: PortalError) -> Response:
        return _move(call, access.own(call.portal, call.person, booking_id), error)

    return stay(again, work)


@routes.form("/consultations/line/leave", SIGNED_IN, "Leave the waiting list", on="/consultations")
def leave(call: Call) -> Response:
    """Leave a line; doing it twice changes nothing."""
    day = page_views.read_day(call.field("day"))
    consultant_id, waiting_id = call.field("consultant_id"), call.field("waiting_id")
    if day is None or not (is_id(consultant_id) and is_id(waiting_id)):
        raise NotFound
    line.leave(call.portal, call.person, consultant_id, day, waiting_id, call.now)
    return go(url("/consultations"), LEFT)
