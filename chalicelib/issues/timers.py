"""What is due: rows by day and shard, in time order. A watermark tells how far they have been handled."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.conditions import Key
from chalicelib.db import Delete, Item, K, Put
from chalicelib.issues import service, store
from chalicelib.logs import log
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_MARK = K("SYSTEM", "TIMERS")
_AT_ONCE = 100


def run_due(portal: Portal, now: datetime) -> int:
    """Handle every timer up to `now`, of days missed too; gives back how many issues were closed.

    Safe to run twice or half: a row goes only after it was handled, and handling looks whether it still holds.
    """
    closed = 0
    today = now.astimezone(UTC).date()
    mark = portal.db.get(_MARK)
    day = _first_day(mark, now)
    while day <= today:
        closed += sum(_shard(portal, f"DUE#{day}#{shard}", now) for shard in range(store.TIMER_SHARDS))
        day += timedelta(days=1)
    done = str(today - timedelta(days=1))
    if mark is None or mark["day"] != done:  # once a day, not each minute
        portal.db.write(Put({"PK": _MARK.pk, "SK": _MARK.sk, "day": done}, replace=True))
    return closed


def _first_day(mark: Item | None, now: datetime) -> date:
    start = mark["day"] if mark else str((now - timedelta(days=1)).date())
    return datetime.fromisoformat(start).date()


def _shard(portal: Portal, pk: str, now: datetime) -> int:
    closed = 0
    due = Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(now)}~")
    while True:
        rows = portal.db.query(due, limit=_AT_ONCE).items
        for row in rows:
            if service.close_quiet(portal, row["issue_id"], now):
                closed += 1
                log("issue_closed_by_itself", issue_id=row["issue_id"])
            portal.db.write(Delete(K(row["PK"], row["SK"])))
        if len(rows) < _AT_ONCE:
            return closed
