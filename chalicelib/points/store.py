"""Points in the table: reading purses and lots, and the writes of one change. Keys: `docs/keys.md`.

Whatever changes somebody's points writes their balance on condition of its version, so all changes of one person
come one after another, and what was read with the balance still holds when it is written.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.conditions import Attr, Key
from chalicelib.db import Db, Delete, Item, K, Op, Put, Update
from chalicelib.errors import ChangedMeanwhile, Unavailable
from chalicelib.points import items, rules
from chalicelib.points.book import Book
from chalicelib.points.errors import PurseMoved
from chalicelib.points.models import Month, Purse, Sheet
from chalicelib.points.months import month_of
from chalicelib.points.policy import KEEP_USED, SHEETS_AT_ONCE

Result = TypeVar("Result")
#: How often a change is judged anew when others of the same person get in between: twenty at once all get through.
_TRIES = 60
#: Sheets of the first look and of each further one: two full ones hold what nearly all rewards cost.
_FIRST, _FURTHER = 2, 10


def settled(db: Db, work: Callable[[], Result]) -> Result:
    """Do `work`, which reads, judges and writes, until nobody got in between. Raises Unavailable when that never
    happens."""
    for attempt in range(_TRIES):
        try:
            return work()
        except ChangedMeanwhile:
            db.pause(attempt)
    raise Unavailable


def purse(db: Db, account_id: str) -> Purse:
    """What somebody has: one round trip."""
    return items.purse_from(account_id, db.get(items.balance_key(account_id)))


def open_sheets(db: Db, account_id: str, points: int, now: datetime) -> list[Sheet]:
    """The sheets that expire soonest, as many as hold so many points; usually one round trip."""
    found: list[Sheet] = []
    start: Item | None = None
    sort = Key("SK").between(f"OPEN#{month_of(now)}", "OPEN#~")
    while len(found) < SHEETS_AT_ONCE:
        page = db.query(
            Key("PK").eq(items.points_pk(account_id)) & sort, limit=_FURTHER if found else _FIRST, start=start
        )
        found += map(items.sheet_from, page.items)
        start = page.next
        if start is None or sum(sheet.left for sheet in found) >= points:
            break
    return found[:SHEETS_AT_ONCE]


def last_sheet(db: Db, account_id: str, month: Month) -> list[Sheet]:
    """The newest open sheet of a month, for another lot: one round trip."""
    sort = Key("SK").begins_with(f"OPEN#{month}#")
    found = db.query(Key("PK").eq(items.points_pk(account_id)) & sort, limit=1, newest_first=True)
    return [items.sheet_from(one) for one in found.items]


def expired_sheets(db: Db, account_id: str, now: datetime, limit: int) -> list[Sheet]:
    """Open sheets whose month is over, the oldest first: one round trip."""
    sort = Key("SK").between("OPEN#", f"OPEN#{month_of(now)}")
    found = db.query(Key("PK").eq(items.points_pk(account_id)) & sort, limit=limit)
    return [items.sheet_from(one) for one in found.items]


def sheets(db: Db, account_id: str, names: Iterable[str]) -> list[Sheet]:
    """Sheets by their ids, wherever they lie: one round trip."""
    wanted = [
        items.sheet_key(account_id, name, is_open=where)
        for name in sorted(set(names))
        for where in (True, False)
    ]
    return [items.sheet_from(one) for one in db.batch_get(wanted) if one]


def writes(before: Purse, book: Book) -> list[Op]:
    """All that a change writes, the balance first; it fails with PurseMoved when another one came in between."""
    who, changed = before.account_id, after(before, book)
    return [
        put_purse(before, changed),
        *(Put(items.entry_item(who, entry), error=PurseMoved()) for entry in book.entries),
        *(op for name in sorted(book.changed) for op in _sheet(book, name)),
        *(_sum(key, counts, who) for key, counts in sorted(book.tallies.items())),
        *_due(before, changed),
    ]


def after(before: Purse, book: Book) -> Purse:
    """A purse as a change leaves it. What should have been done already is due at once: the clock is past its day."""
    changed = replace(book.purse, version=before.version + 1)
    comes = rules.next_moment(changed)
    return replace(changed, next_moment=max(comes, book.now) if comes else None)


def count_used(key: K, seen: int, used: int, now: datetime) -> Op:
    """The write of how much was earned in a day, month or year, unless somebody counted since it was read: the balance
    does not guard it, as it may have been read a moment later."""
    same = Attr("points").eq(seen) if seen else Attr("PK").not_exists()
    row = items.item(key, points=used, expires_at=int((now + KEEP_USED).timestamp()))
    return Put(row, condition=same, error=PurseMoved())


def put_purse(before: Purse, changed: Purse) -> Op:
    """The write of a balance, on condition that it is still what was read."""
    same = Attr("version").eq(before.version) if before.version else Attr("PK").not_exists()
    return Put(items.purse_item(changed), condition=same, error=PurseMoved())


def _sheet(book: Book, name: str) -> list[Op]:
    """A sheet goes to the open ones or away from them with its first or last point."""
    sheet, who = book.sheets[name], book.purse.account_id
    is_open = sheet.left > 0
    found = book.found.get(name, is_open)
    moved: list[Op] = [] if found == is_open else [Delete(items.sheet_key(who, name, is_open=found))]
    return [*moved, Put(items.sheet_item(who, sheet, is_open=is_open), replace=True)]


def _sum(key: tuple[str, Month, str], counts: dict[str, int], account_id: str) -> Op:
    adds = {name: count for name, count in counts.items() if count}
    return Update(items.sum_key(*key, account_id), adds=adds or {"outstanding": 0})


def _due(before: Purse, after: Purse) -> list[Op]:
    if before.next_moment == after.next_moment:
        return []
    ops: list[Op] = (
        [Delete(items.due_key(before.account_id, before.next_moment))] if before.next_moment else []
    )
    if after.next_moment:
        key = items.due_key(after.account_id, after.next_moment)
        ops.append(Put(items.item(key, account_id=after.account_id), replace=True))
    return ops
