"""Appointments as calendar files (RFC 5545): a phone's calendar takes them in, and follows when they move."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib import i18n
from chalicelib.communities.models import Community
from chalicelib.consultations.models import Booking
from chalicelib.errors import N_

#: What reads a calendar knows an appointment by, for ever.
_UID = "%s@owner-portal"
_MODES = {
    "on_site": N_("at your home"),
    "showroom": N_("in the showroom"),
    "video": N_("by video"),
}
_STATUS = {"requested": "TENTATIVE", "cancelled_by_owner": "CANCELLED", "cancelled_by_staff": "CANCELLED"}


def calendar(
    bookings: Iterable[tuple[Booking, Community]],
    locale: str,
    *,
    name: str,
    reader_id: str,
    feed: bool = False,
) -> str:
    """A calendar of some appointments. One that only calls one off says so (`METHOD:CANCEL`); a feed, which is
    asked for again and again, never does: each event has its status."""
    from icalendar import Calendar  # 35 ms to import, which only calendar files need

    found = list(bookings)
    off = not feed and bool(found) and all(_STATUS.get(one.status) == "CANCELLED" for one, _ in found)
    made = Calendar()
    made.add("prodid", "-//owner-portal//consultations//")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if off else "PUBLISH")
    made.add("x-wr-calname", name)
    for booking, community in found:
        made.add_component(_event(booking, community, locale, booking.owner_id == reader_id))
    made.add_missing_timezones()
    text: str = made.to_ical().decode()
    return text


def _event(booking: Booking, community: Community, locale: str, mine: bool) -> Any:
    from icalendar import Event

    say = i18n.translations(locale).gettext
    zone = ZoneInfo(community.zone_name)
    event = Event()
    event.add("uid", _UID % booking.id)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.changed_at)
    event.add("last-modified", booking.changed_at)
    event.add("created", booking.created_at)
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    who = booking.consultant_name if mine else booking.unit_label
    event.add("summary", f"{booking.service.name} · {who}")
    event.add("location", _place(booking, community, say(_MODES[booking.service.mode])))
    event.add("description", booking.topic)
    event.add("status", _STATUS.get(booking.status, "CONFIRMED"))
    return event


def _place(booking: Booking, community: Community, mode: str) -> str:
    if booking.service.mode == "on_site":
        return f"{community.name} {booking.unit_label}"
    return f"{community.name} · {mode}"
