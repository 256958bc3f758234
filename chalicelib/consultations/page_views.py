"""Consultations as pages show them: moments and words beside ids."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib import time_words
from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import mask_name
from chalicelib.communities import store as communities
from chalicelib.consultations import rules, views
from chalicelib.consultations.models import Booking, Service, Slot
from chalicelib.consultations.policy import HORIZON
from chalicelib.errors import N_
from chalicelib.page_words import gettext
from chalicelib.times import moment, rfc3339
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
        "owner_name": mask_name(booking.owner_name),
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


def first_shown(call: Call, zone: ZoneInfo, wanted: date | None = None) -> date:
    """The first day of the strip on which there is the day asked for (else the one wanted); today for one that can't be
    booked. `since` asks for a strip without choosing a day."""
    today = call.now.astimezone(zone).date()
    asked = [read_day(call.query.get(name, "")) for name in ("day", "since")]
    day = next((one for one in (*asked, wanted) if one), None)
    ahead = (day - today).days if day else 0
    return today + timedelta(days=ahead - ahead % STRIP if 0 <= ahead <= HORIZON.days else 0)


def strip(
    call: Call, slots: Iterable[Slot], zone: ZoneInfo, first: date, chosen: date | None
) -> dict[str, Any]:
    """Some days with how many times are free on each, and the times of the chosen one, or of the first that has."""
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    today = call.now.astimezone(zone).date()
    shown = rules.days_between(first, min(first + timedelta(days=STRIP - 1), today + HORIZON))
    if chosen not in shown:  # none, or one that nobody can book any more or yet
        chosen = min((day for day in by_day if day in shown), default=first)
    days = [
        {
            "day": day,
            "words": day_words(call, day, zone),
            "free": len(by_day.get(day, ())),
            "here": day == chosen,
        }
        for day in shown
    ]
    times = [
        {"value": rfc3339(one.starts_at), "words": f"{one.starts_at.astimezone(zone):%H:%M}"}
        for one in by_day.get(chosen, ())
    ]
    return {
        "days": days,
        "earlier": max(today, first - timedelta(days=STRIP)) if first > today else None,
        "later": shown[-1] + timedelta(days=1) if shown[-1] < today + HORIZON else None,
        "day": chosen,
        "day_words": day_words(call, chosen, zone),
        "times": times,
        "zone": zone.key,
    }


def day_words(call: Call, day: date, zone: ZoneInfo) -> str:
    """A day in people's words."""
    return time_words.day(datetime.combine(day, time(12), zone), call.now, zone, call.locale)


def day_at(text: str, zone: ZoneInfo) -> date | None:
    """The day of a moment from an address, None for anything else."""
    try:
        return moment(text).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> date | None:
    """A day from an address, None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
