"""What is due: rows by day and shard, in time order. A watermark tells how far they have been handled.

Everything that time brings about goes through here: warnings, escalations, pauses that end, questions, reminders, and
issues that close by themselves. Each moment is one transaction, on condition that nobody handled it before and that
the issue is as it was read: a run that is stopped anywhere, comes late, or has company, comes to the same.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from chalicelib.db import Delete, Item, K, Put
from chalicelib.due import jobs, rows
from chalicelib.due.look import look_at
from chalicelib.errors import NotFound
from chalicelib.logs import log_failure
from chalicelib.portal import Portal

_MARK = K("SYSTEM", "TIMERS")
_AT_ONCE = 100


def run_due(portal: Portal, now: datetime) -> Counter[str]:
    """Handle every moment up to `now`, of days missed too; gives back how many of each kind.

    A row that can't be handled stays, and its day is gone through again by the next run; the others go on.
    """
    handled: Counter[str] = Counter()
    mark = portal.db.get(_MARK)
    done = now.astimezone(UTC).date() - timedelta(days=1)
    for day in _days(mark, now):
        for shard in range(rows.SHARDS):
            if not _shard(portal, f"DUE#{day}#{shard}", now, handled):
                done = min(done, day)
    if mark is None or mark["day"] != str(done):  # once a day, not each minute
        portal.db.write(Put({"PK": _MARK.pk, "SK": _MARK.sk, "day": str(done)}, replace=True))
    return handled


def _days(mark: Item | None, now: datetime) -> Iterator[date]:
    day = date.fromisoformat(mark["day"]) if mark else (now.astimezone(UTC) - timedelta(days=1)).date()
    while day <= now.astimezone(UTC).date():
        yield day
        day += timedelta(days=1)


def _shard(portal: Portal, pk: str, now: datetime, handled: Counter[str]) -> bool:
    """Handle a partition's rows in time order; says whether none had to be left."""
    left: int = 0
    start: Item | None = None
    while True:
        page = rows.until(portal.db, pk, now, _AT_ONCE, start)
        for row in page.items:
            try:
                handled += _handle(portal, row, now)
            except Exception:
                log_failure("moment_not_handled", row=row["SK"])
                left += 1
        start = page.next
        if start is None:
            return left == 0


def _handle(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    if "community_id" in row:
        return jobs.look_through(portal, row, now)
    if "referral_id" in row:
        from chalicelib.referrals import moving as referrals  # a tick without any needs none of it

        return referrals.handle(portal, row, now)
    key, issue_id = K(row["PK"], row["SK"]), row["issue_id"]
    try:
        looked = look_at(portal, issue_id, now)
    except NotFound:  # a row of what is no longer there
        portal.db.write(Delete(key))
        return Counter()
    at = looked.before.next_moment
    if at is None or rows.key_at(issue_id, at) != key:  # else it went with the first of the transactions
        portal.db.write(Delete(key))
    return looked.handled
