"""Going through rows of what is due, day by day, in time order. A mark tells how far each kind has been handled.

Each row is handled by itself: one that fails stays, holds up none behind it, and its day is gone through again by the
next run. What handles a row takes it away, in one transaction with what it brings about, so a run that is stopped
anywhere, comes late, or has company, comes to the same.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.conditions import Key
from chalicelib.db import Db, Item, K, Put
from chalicelib.logs import log_failure
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_AT_ONCE = 100
#: What handling a row brought about: how many of each kind.
Handle = Callable[[Portal, Item, datetime], Counter[str]]


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of rows: under which name their mark is kept, how their partitions begin, over how many shards."""

    name: str
    prefix: str
    shards: int
    handle: Handle

    @property
    def mark(self) -> K:
        """Where it is kept which day has been handled."""
        return K("SYSTEM", self.name)


def run_due(portal: Portal, clock: Clock, now: datetime) -> Counter[str]:
    """Handle every row up to `now`, of days missed too; gives back how many of each kind."""
    handled: Counter[str] = Counter()
    mark = portal.db.get(clock.mark)
    done = now.astimezone(UTC).date() - timedelta(days=1)
    for day in _days(mark, now):
        for shard in range(clock.shards):
            if not _shard(portal, clock, f"{clock.prefix}#{day}#{shard}", now, handled):
                done = min(done, day)
    if mark is None or mark["day"] != str(done):  # once a day, not each minute
        portal.db.write(Put({"PK": clock.mark.pk, "SK": clock.mark.sk, "day": str(done)}, replace=True))
    return handled


def _days(mark: Item | None, now: datetime) -> Iterator[date]:
    day = date.fromisoformat(mark["day"]) if mark else (now.astimezone(UTC) - timedelta(days=1)).date()
    while day <= now.astimezone(UTC).date():
        yield day
        day += timedelta(days=1)


def _shard(portal: Portal, clock: Clock, pk: str, now: datetime, handled: Counter[str]) -> bool:
    """Handle a partition's rows in time order; says whether none had to be left."""
    left = 0
    for row in _rows(portal.db, pk, now):
        try:
            handled += clock.handle(portal, row, now)
        except Exception:
            log_failure("moment_not_handled", row=row["SK"])
            left += 1
    return left == 0


def _rows(db: Db, pk: str, now: datetime) -> Iterator[Item]:
    due = Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(now)}~")
    start: Item | None = None
    while True:
        page = db.query(due, limit=_AT_ONCE, start=start)
        yield from page.items
        start = page.next
        if start is None:
            return
