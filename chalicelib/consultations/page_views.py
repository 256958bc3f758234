"""Consultations as pages show them: moments and words beside ids."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.consultations import rules, views
from chalicelib.consultations.models import Booking, Service, Slot
from chalicelib.errors import N_
from chalicelib.page_words import gettext
from chalicelib.times import rfc3339
from chalicelib.web import Call

MODES = {"on_site": N_("at your home"), "showroom": N_("in the showroom"), "video": N_("by video")}
STATUS = {
    "requested": N_("Waiting for the designer's answer"),
    "confirmed": N_("Agreed"),
    "done": N_("Took place"),
    "no_show": N_("Nobody came"),
    "cancelled_by_owner": N_("Cancelled by the owner"),
    "cancelled_by_staff": N_("Called off by us"),
}
#: How many days the strip shows.
STRIP = 14


def service_view(service: Service) -> dict[str, Any]:
    """A kind of appointment in words."""
    return {**service.model_dump(), "mode_words": gettext(MODES[service.mode])}


def zone_of(call: Call, community_id: str) -> ZoneInfo:
    """The zone in which a community's times are said."""
    return communities.get(call.portal.db, community_id).zone


def card(call: Call, booking: Booking) -> dict[str, Any]:
    """A booking as a line in a list."""
    return {
        "id": booking.id,
        "service": booking.service.name,
        "mode_words": gettext(MODES[booking.service.mode]),
        "name": booking.consultant_name,
        "owner_name": booking.owner_name,
        "home": booking.unit_label,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "status": booking.status,
        "status_words": gettext(STATUS[booking.status]),
        "alive": booking.alive,
        "version": booking.version,
        "topic": booking.topic,
    }


def whole(call: Call, booking: Booking, person: Person) -> dict[str, Any]:
    """A booking with everything."""
    shown = views.photos_of(call.portal, booking, call.storage_origin, call.now)
    return {
        **card(call, booking),
        "consultant_id": booking.consultant_id,
        "service_id": booking.service.id,
        "community": communities.get(call.portal.db, booking.community_id).name,
        "reason": booking.reason,
        "marks": booking.marks,
        "comment": booking.comment,
        "offered": [{"at": at, "value": rfc3339(at)} for at in booking.offered],
        "photos": [{**one.model_dump(), "mine": False, "alt": ""} for one in shown],
        "actions": views.allowed(booking, person, call.now),
        "ics_url": f"/api/v1/bookings/{booking.id}.ics",
    }


def strip(call: Call, slots: Iterable[Slot], zone: ZoneInfo, chosen: date | None) -> dict[str, Any]:
    """The next days with how many times are free on each, and the times of the chosen one, or of the first that has."""
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    today = call.now.astimezone(zone).date()
    if chosen is None:
        chosen = min(by_day, default=today)
    days = [
        {
            "day": day,
            "words": day_words(call, day, zone),
            "free": len(by_day.get(day, ())),
            "here": day == chosen,
        }
        for day in rules.days_between(today, today + timedelta(days=STRIP - 1))
    ]
    times = [
        {"value": rfc3339(one.starts_at), "words": f"{one.starts_at.astimezone(zone):%H:%M}"}
        for one in by_day.get(chosen, ())
    ]
    return {
        "days": days,
        "day": chosen,
        "day_words": day_words(call, chosen, zone),
        "times": times,
        "zone": zone.key,
    }


def day_words(call: Call, day: date, zone: ZoneInfo) -> str:
    """A day in people's words."""
    return i18n.day(datetime.combine(day, time(12), zone), call.now, zone, call.locale)


def read_day(text: str) -> date | None:
    """A day from an address, None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
