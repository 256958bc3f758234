"""The calendar at the desk: a designer's week or day, what waits for an answer, and one appointment."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.consultations import access, feeds, hours, page_views, plans, rules, staff, states, store
from chalicelib.consultations.api import CALENDAR
from chalicelib.consultations.input_models import StaffStep
from chalicelib.consultations.models import Booking, Plan
from chalicelib.consultations.page_routes import routes
from chalicelib.desk.models import Contact
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.web import Call, url

CONFIRMED = flash_words("desk_booking_confirmed", "success", N_("Confirmed. The owner has been told."))
CALLED_OFF = flash_words(
    "desk_booking_off",
    "success",
    N_("Called off. The owner reads your words and has the first choice of new times for 2 hours."),
)
NOTED = flash_words("desk_booking_noted", "success", N_("Noted."))
_DONE = {"confirmed": CONFIRMED, "cancelled_by_staff": CALLED_OFF, "done": NOTED, "no_show": NOTED}


def designers(call: Call) -> list[tuple[str, str, str]]:
    """Whose calendars somebody sees: id, name, community. A designer's own first."""
    found: dict[str, tuple[str, str, str]] = {}
    for community_id in call.person.communities(plans.CALENDAR_ROLES):
        all_of_them = "manager" in call.person.roles_in(community_id)
        for member in plans.designers(call.portal, community_id):
            if all_of_them or member.id == call.person.id:
                found.setdefault(member.id, (member.id, member.name, community_id))
    return sorted(found.values(), key=lambda one: (one[0] != call.person.id, one[1]))


@routes.page("/desk/calendar", CALENDAR, "A designer's week or day, and what waits for an answer")
def calendar(call: Call) -> Response:
    """The week around a day, or that day alone."""
    who = designers(call)
    wanted = call.query.get("designer")
    chosen = next((one for one in who if one[0] == wanted), None) if wanted else next(iter(who), None)
    if wanted and chosen is None:
        raise NotFound
    if chosen is None:
        context: dict[str, Any] = {"designers": [], "chosen": None, "days": [], "asked": [], "plan": None}
        return page(call, "desk/calendar.html", {**context, "feed_url": "", "feed_here": False})
    return _calendar(call, who, chosen)


def _calendar(call: Call, who: list[tuple[str, str, str]], chosen: tuple[str, str, str]) -> Response:
    consultant_id, name, community_id = chosen
    zone = page_views.zone_of(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    view = "day" if call.query.get("view") == "day" else "week"
    at = page_views.read_day(call.query.get("day", "")) or call.now.astimezone(zone).date()
    first = at if view == "day" else at - timedelta(days=at.weekday())
    length = 1 if view == "day" else 7
    plan, days = _days(call, consultant_id, [first + timedelta(days=n) for n in range(length)], zone)
    asked = _visible(call, store.asked(call.portal.db, consultant_id))
    own = consultant_id == call.person.id
    code = feeds.code(call.portal, call.person) if own else None
    context = {
        "designers": who,
        "chosen": {"id": consultant_id, "name": name},
        "plan": plan,
        "view": view,
        "day": at,
        "days": days,
        "earlier": first - timedelta(days=length),
        "later": first + timedelta(days=length),
        "asked": [page_views.card(call, one) for one in asked],
        "zone": zone.key,
        "feed_here": own,
        "feed_url": call.origin + url(f"/calendar/{code}.ics") if code else "",
    }
    return page(call, "desk/calendar.html", context, zone=zone)


def _days(
    call: Call, consultant_id: str, days: list[date], zone: ZoneInfo
) -> tuple[Plan | None, list[dict[str, Any]]]:
    """Each day with its hours and appointments: two round trips. Of what is another community's only the time is told,
    as of what is kept for somebody."""
    plan, taken = store.diaries(call.portal.db, [consultant_id], days)[consultant_id]
    holds = [hold for day in taken.values() for hold in rules.standing(day.holds, call.now)]
    ids = [hold.id for hold in holds if hold.until is None]
    found = {one.id: one for one in _visible(call, ids)}
    shown = []
    for day in days:
        here = sorted((h for h in taken[day].holds if h in holds), key=lambda hold: (hold.starts_at, hold.id))
        shown.append(
            {
                "day": day,
                "words": page_views.day_words(call, day, zone),
                "hours": hours.ranges(rules.hours_on(plan, day)) if plan else [],
                "bookings": [_entry(call, found[h.id], zone) for h in here if h.id in found],
                "kept": [_clock(h.starts_at, zone) for h in here if h.id not in found],
            }
        )
    return plan, shown


def _visible(call: Call, ids: list[str]) -> list[Booking]:
    """Those of the bookings that somebody sees at the desk: a designer's other communities are none of a manager's."""
    found = store.bookings(call.portal.db, call.portal.keys, ids)
    return [one for one in found if access.is_staff_of(call.person, one)]


def _entry(call: Call, booking: Booking, zone: ZoneInfo) -> dict[str, Any]:
    clock = f"{_clock(booking.starts_at, zone)}–{_clock(booking.ends_at, zone)}"
    return {**page_views.card(call, booking), "clock": clock}


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _seen(call: Call, booking_id: str) -> Booking:
    booking = access.get(call.portal, booking_id)
    if not access.is_staff_of(call.person, booking):
        raise NotFound
    return booking


@routes.page("/desk/calendar/{booking_id}", CALENDAR, "One appointment at the desk")
def show(call: Call, booking_id: str) -> Response:
    """An appointment, and what can be done with it."""
    return _show(call, _seen(call, booking_id), {})


@routes.form(
    "/desk/calendar/{booking_id}/contact", CALENDAR, "Show whom to call", on="/desk/calendar/{booking_id}"
)
def contact(call: Call, booking_id: str) -> Response:
    """Show the full name and number once; the look is recorded."""
    found = staff.contact(call.portal, call.person, booking_id, call.now)
    return _show(call, _seen(call, booking_id), {}, contact=found)


def _show(
    call: Call,
    booking: Booking,
    fields: Fields,
    error: PortalError | None = None,
    contact: Contact | None = None,
) -> Response:
    zone = page_views.zone_of(call, booking.community_id)
    speak(Speech(call.now, zone, call.locale))
    actions = [to for to in states.STAFF_STEPS if states.may_step(booking, to, call.now)]
    context = {
        "booking": {**page_views.whole(call, booking, call.person), "actions": actions},
        "zone": zone.key,
        "contact": contact,
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/booking.html", context, error.status if error else 200, zone)


@routes.form(
    "/desk/calendar/{booking_id}",
    CALENDAR,
    "Say yes, call off, or say how it went",
    on="/desk/calendar/{booking_id}",
)
def step(call: Call, booking_id: str) -> Response:
    """Take a step, unless somebody else did since the page was opened."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(StaffStep, to=call.field("to"), version=version, note=call.field("note"))
        key = sent_once(call, f"desk/bookings/{booking_id}", body)
        booking = staff.step(call.portal, call.person, booking_id, body, key, call.now)
        back = "/desk/calendar" if call.field("back") else f"/desk/calendar/{booking_id}"
        designer = booking.consultant_id if call.field("back") else None
        return go(url(back, designer=designer), _DONE[body.to])

    return stay(lambda error: _show(call, _seen(call, booking_id), call.form, error), work)
