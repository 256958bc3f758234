"""What is due of consultations: reminders, requests that nobody answered, offers that nobody took, monthly reports.

`due/walk.py` goes through the rows in order of time.
"""

from collections import Counter
from datetime import date, datetime

from chalicelib.conditions import Attr
from chalicelib.consultations import due_store, line, staff, store
from chalicelib.consultations.models import Booking
from chalicelib.consultations.notices import to_designer, to_owner
from chalicelib.consultations.policy import REMINDERS
from chalicelib.db import Delete, Item, K
from chalicelib.due import walk
from chalicelib.errors import Conflict
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event
from chalicelib.portal import Portal
from chalicelib.projects import clock
from chalicelib.times import moment

_AHEAD = dict(zip(("day", "hour"), REMINDERS, strict=True))
_EVENTS: dict[str, Event] = {"day": "booking_day", "hour": "booking_hour"}


class _Handled(Conflict):
    """Another run of the clock was quicker."""


def run_due(portal: Portal, now: datetime) -> int:
    """Handle every moment up to `now`, of days missed too; gives back for how many something was to be done.

    Safe to run twice or half: a reminder goes with its row in one transaction, everything else is judged anew.
    """
    return walk.run_due(portal, _CLOCK, now).total()


def _counted(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    return Counter({row["kind"]: int(_handle(portal, row, now))})


_CLOCK = walk.Clock("BOOKINGS", due_store.PREFIX, due_store.SHARDS, _counted)


def _handle(portal: Portal, row: Item, now: datetime) -> bool:
    key = K(row["PK"], row["SK"])
    if row["kind"] in clock.KINDS:
        return clock.look(portal, row, now)
    if row["kind"] in _AHEAD:
        return _remind(portal, row, now)
    if row["kind"] == "offer":
        day = date.fromisoformat(row["day"])
        done = line.lapse(portal, row["consultant_id"], day, row["waiting_id"], now)
    else:
        done = staff.unanswered(portal, row["booking_id"], now)
    portal.db.write(Delete(key))
    return done


def _remind(portal: Portal, row: Item, now: datetime) -> bool:
    """Remind both sides, unless it was moved or called off meanwhile, or has begun."""
    key = K(row["PK"], row["SK"])
    booking = store.get(portal.db, portal.keys, row["booking_id"])
    if booking is None or not _holds(booking, row, now):
        portal.db.write(Delete(key))
        return False
    event = _EVENTS[row["kind"]]
    told = [to_owner(booking, event, portal.keys), to_designer(booking, event, portal.keys)]
    gone = Delete(key, condition=Attr("PK").exists(), error=_Handled())
    try:
        portal.db.write(gone, *[outbox.add(notice, now) for notice in told])
    except _Handled:
        return False
    return True


def _holds(booking: Booking, row: Item, now: datetime) -> bool:
    meant = moment(row["at"]) + _AHEAD[row["kind"]]
    return booking.status == "confirmed" and booking.starts_at == meant and now < booking.starts_at
