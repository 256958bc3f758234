"""What is due of consultations: reminders, requests that nobody answered, offers that nobody took, monthly reports.

Rows by day and shard, in order of time; a watermark tells how far they have been handled.
"""

from datetime import UTC, date, datetime, timedelta

from chalicelib.conditions import Attr, Key
from chalicelib.consultations import due_store, line, staff, store
from chalicelib.consultations.models import Booking
from chalicelib.consultations.notices import to_designer, to_owner
from chalicelib.consultations.policy import REMINDERS
from chalicelib.db import Delete, Item, K, Put
from chalicelib.errors import Conflict
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event
from chalicelib.logs import log_failure
from chalicelib.portal import Portal
from chalicelib.projects import clock
from chalicelib.times import moment, rfc3339

_MARK = K("SYSTEM", "BOOKINGS")
_AT_ONCE = 100
_AHEAD = dict(zip(("day", "hour"), REMINDERS, strict=True))
_EVENTS: dict[str, Event] = {"day": "booking_day", "hour": "booking_hour"}


class _Handled(Conflict):
    """Another run of the clock was quicker."""


def run_due(portal: Portal, now: datetime) -> int:
    """Handle every moment up to `now`, of days missed too; gives back for how many something was to be done.

    Safe to run twice or half: a reminder goes with its row in one transaction, everything else is judged anew.
    What fails stays for the next run, and does not hold up the rest.
    """
    done = 0
    today = now.astimezone(UTC).date()
    mark = portal.db.get(_MARK)
    day = date.fromisoformat(mark["day"]) if mark else today - timedelta(days=1)
    clean = True
    while day <= today:
        for shard in range(due_store.SHARDS):
            handled, whole = _shard(portal, due_store.due_pk(day, shard), now)
            done += handled
            clean = clean and whole
        day += timedelta(days=1)
    reached = str(today - timedelta(days=1))
    if clean and (mark is None or mark["day"] != reached):  # once a day, not each minute
        portal.db.write(Put({"PK": _MARK.pk, "SK": _MARK.sk, "day": reached}, replace=True))
    return done


def _shard(portal: Portal, pk: str, now: datetime) -> tuple[int, bool]:
    """How many of a partition's rows brought something about, and whether all could be handled."""
    handled, failed = 0, set[str]()
    due = Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(now)}~")
    for row in portal.db.query_all(due, limit=_AT_ONCE):
        try:
            handled += _handle(portal, row, now)
        except Exception:
            log_failure("consultation_due_failed", kind=row["kind"])
            failed.add(row["SK"])
    return handled, not failed


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
