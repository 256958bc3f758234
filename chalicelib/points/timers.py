"""What time does to points: pending ones become real, lots expire, levels are looked at, people are told before.

Everybody with something to come has one record among what is due, for the next moment. Each thing is one transaction
that moves it, so a run that is stopped anywhere, comes late, or has company, comes to the same. Keys: `docs/keys.md`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.conditions import Key
from chalicelib.db import Delete, Item, K, Op, Put
from chalicelib.logs import log_failure
from chalicelib.points import earning, items, rules, store, telling
from chalicelib.points.book import Book
from chalicelib.points.errors import PurseMoved
from chalicelib.points.models import Purse
from chalicelib.points.months import last_month, month_of
from chalicelib.points.policy import SHEETS_THAT_EXPIRE
from chalicelib.portal import Portal
from chalicelib.times import kept, rfc3339

_MARK = K("SYSTEM", "POINTTIMERS")
#: People looked at in one run: as a month begins there are many at once, and the next minute goes on.
_AT_ONCE = 400
_PAGE = 100


def run_due(portal: Portal, now: datetime) -> int:
    """Do all that is due up to `now`, of days missed too, for so many people; gives back how many were looked at."""
    mark = portal.db.get(_MARK)
    today = now.astimezone(UTC).date()
    done, looked = today - timedelta(days=1), 0
    for day in _days(mark, today):
        for row in _rows(portal, day, now):
            if looked >= _AT_ONCE or not _handle(portal, row, now):
                done = min(done, day - timedelta(days=1))
                if looked >= _AT_ONCE:
                    break
            looked += 1
    if mark is None or mark["day"] != str(done):  # once a day, not each minute
        portal.db.write(Put(items.item(_MARK, day=str(done)), replace=True))
    return looked


def _days(mark: Item | None, today: date) -> Iterator[date]:
    day = date.fromisoformat(mark["day"]) if mark else today - timedelta(days=1)
    while day <= today:
        yield day
        day += timedelta(days=1)


def _rows(portal: Portal, day: date, now: datetime) -> Iterator[Item]:
    for shard in range(items.SHARDS):
        due = Key("PK").eq(f"DUEP#{day}#{shard}") & Key("SK").lte(f"{rfc3339(now)}~")
        start: Item | None = None
        while True:
            page = portal.db.query(due, limit=_PAGE, start=start)
            yield from page.items
            start = page.next
            if start is None:
                break


def _handle(portal: Portal, row: Item, now: datetime) -> bool:
    """Look at one person's points; False when that did not work, and the row stays for the next run."""
    try:
        purse = look_at(portal, row["account_id"], now)
    except Exception:
        log_failure("points_not_looked_at", row=row["SK"])
        return False
    if purse.next_moment is None or items.due_key(purse.account_id, purse.next_moment) != (
        row["PK"],
        row["SK"],
    ):
        portal.db.write(Delete(K(row["PK"], row["SK"])))  # usually gone with the transaction that moved it
    return True


def look_at(portal: Portal, account_id: str, now: datetime) -> Purse:
    """Do all that is due about somebody's points; gives back what they have then. Raises Unavailable."""
    while True:
        purse = store.settled(portal.db, lambda: _step(portal, account_id, kept(now)))
        if purse.next_moment is None or purse.next_moment > now:
            return purse


def _step(portal: Portal, account_id: str, now: datetime) -> Purse:
    """Do the first thing that is due."""
    purse = store.purse(portal.db, account_id)
    if purse.next_moment is None or purse.next_moment > now:
        return purse
    for work in _WORKS:
        done = work(portal, purse, now)
        if done is not None:
            book, ops = done
            portal.db.write(*store.writes(purse, book), *ops)
            return store.after(purse, book)
    raise AssertionError(f"nothing to do at {purse.next_moment}")


_Done = tuple[Book, list[Op]] | None


def _become_real(portal: Portal, purse: Purse, now: datetime) -> _Done:
    due = [one for one in purse.pending if one.due <= now]
    if not due:
        return None
    first = min(due, key=lambda one: (one.due, one.event_id))
    event = portal.db.get(items.event_key(first.event_id))
    assert event is not None, "an event's row stays for ever"
    before = items.earned_from(event)
    book = Book(purse, store.last_sheet(portal.db, purse.account_id, last_month(now)), now)
    book.release(first.event_id)
    after = earning.settle(book, before)
    return book, [*earning.restated(before, after, now), *telling.earned(purse, book, after)]


def _expire(portal: Portal, purse: Purse, now: datetime) -> _Done:
    if not any(month < month_of(now) for month in purse.expiring):
        return None
    found = store.expired_sheets(portal.db, purse.account_id, now, SHEETS_THAT_EXPIRE)
    if not found:
        raise PurseMoved  # somebody else has just done it
    book = Book(purse, found, now)
    book.expire()
    return book, []


def _remind(portal: Portal, purse: Purse, now: datetime) -> _Done:
    month = month_of(now)
    if month not in purse.expiring or purse.told >= month:
        return None
    book = Book(replace(purse, told=month), [], now)
    return book, [telling.expiring(purse, month, purse.home, now)]


def _check_tier(portal: Portal, purse: Purse, now: datetime) -> _Done:
    month = month_of(now)
    if purse.tier == "standard" or purse.checked >= month:
        return None
    check = rules.check_tier(purse, month)
    book = Book(replace(purse, tier=check.tier, warned=check.warned, checked=month), [], now)
    return book, telling.tier_checked(purse, check, month, purse.home, now)


_WORKS: tuple[Callable[[Portal, Purse, datetime], _Done], ...] = (_become_real, _expire, _remind, _check_tier)
