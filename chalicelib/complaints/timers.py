"""What is due about complaints: rows by day, in time order. A mark tells how far they have been handled."""

from datetime import UTC, datetime, timedelta

from chalicelib.complaints import notices, rules, store
from chalicelib.complaints.commit import row
from chalicelib.complaints.items import from_item
from chalicelib.conditions import Attr, Key
from chalicelib.db import Delete, Item, K, Op, Put
from chalicelib.errors import Conflict, Unavailable
from chalicelib.inbox import outbox
from chalicelib.issues.models import SYSTEM
from chalicelib.logs import log
from chalicelib.portal import Portal
from chalicelib.times import moment, rfc3339

_MARK = K("SYSTEM", "COMPLAINTTIMERS")
_AT_ONCE = 100
_TRIES = 5


class _Handled(Conflict):
    """Somebody else has handled this moment."""


def run_due(portal: Portal, now: datetime) -> int:
    """Tell of every moment up to `now`, of days missed too; gives back of how many.

    Safe to run twice, late, or half: a moment's row goes in the very write that tells of it.
    """
    told = 0
    today = now.astimezone(UTC).date()
    mark = portal.db.get(_MARK)
    day = datetime.fromisoformat(mark["day"]).date() if mark else today - timedelta(days=1)
    while day <= today:
        told += sum(_shard(portal, f"DUEC#{day}#{shard}", now) for shard in range(store.TIMER_SHARDS))
        day += timedelta(days=1)
    done = str(today - timedelta(days=1))
    if mark is None or mark["day"] != done:  # once a day, not each minute
        portal.db.write(Put({"PK": _MARK.pk, "SK": _MARK.sk, "day": done}, replace=True))
    return told


def _shard(portal: Portal, pk: str, now: datetime) -> int:
    told = 0
    due = Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(now)}~")
    while True:
        rows = portal.db.query(due, limit=_AT_ONCE).items
        told += sum(_handle(portal, one, now) for one in rows)
        if len(rows) < _AT_ONCE:
            return told


def _handle(portal: Portal, due: Item, now: datetime) -> bool:
    """Tell of a moment if its clock still runs, and forget it; True when it told."""
    gone = Delete(K(due["PK"], due["SK"]), condition=Attr("PK").exists(), error=_Handled())
    for _ in range(_TRIES):
        ops = _telling(portal, due, now)
        try:
            portal.db.write(gone, *ops)
        except _Handled:
            return False
        except store.ComplaintMoved:
            continue  # a step at this very moment: judge anew
        if ops:
            log("complaint_due", complaint_id=due["complaint_id"], what=due["what"])
        return bool(ops)
    raise Unavailable


def _telling(portal: Portal, due: Item, now: datetime) -> list[Op]:
    item = portal.db.get(store.meta_key(due["complaint_id"]))
    complaint = from_item(item, portal.keys) if item else None
    what = due["what"]
    if complaint is None or not rules.tells(complaint, due["clock"], moment(due["since"]), what, now):
        return []
    ops: list[Op] = [store.same_clock(complaint), outbox.add(notices.late(complaint, what), now)]
    if what == "breach":
        missed = row(now, "overdue", SYSTEM, clock=complaint.clock)
        ops.append(store.add_row(complaint.id, missed, portal.keys))
    return ops
