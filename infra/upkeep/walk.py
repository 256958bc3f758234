"""Walking through all records, changing some: at a bounded rate, and going on where it stopped."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.db import Db, Item, K, Put, Update
from chalicelib.errors import ChangedMeanwhile
from chalicelib.times import rfc3339

#: Records of one page: a page costs a round trip, and is done again when the walk is stopped within it.
AT_ONCE = 100
#: How often a record that somebody changes at the same moment is looked at again.
_TRIES = 3
#: So many records that were left are named; of the others only the number is kept.
_NAMED = 20

#: The write that a record needs, on condition that it is as it was read; None when it needs none.
Change = Callable[[Item], Update | None]


@dataclass
class Progress:
    """How far a walk has come. `left` records could not be changed; `names` says which, and why, of the first."""

    seen: int = 0
    changed: int = 0
    left: int = 0
    names: list[str] = field(default_factory=list)
    next: Item | None = None
    done: bool = False


@dataclass
class Pace:
    """At most `rate` records a second, read or changed; the clock and the waiting can be replaced."""

    rate: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def keep(self, started: float, records: int) -> None:
        """Wait until `records` may have taken as long as they should since `started`."""
        ahead = records / self.rate - (self.clock() - started)
        if ahead > 0:
            self.sleep(ahead)


def everything(db: Db, at_once: int = AT_ONCE) -> Iterator[Item]:
    """All records, one after another, in no order."""
    start: Item | None = None
    while True:
        page = db.scan(at_once, start)
        yield from page.items
        start = page.next
        if start is None:
            return


def mark_key(name: str) -> K:
    """How far a migration has come."""
    return K("SYSTEM", f"MIGRATION#{name}")


def run(
    db: Db, name: str, change: Change, now: Callable[[], datetime], pace: Pace, at_once: int = AT_ONCE
) -> Iterator[Progress]:
    """Walk through all records and give each the write that it needs; says after each page how far it is.

    Stopped at any point, it goes on where it was: the mark is written after each page, and what is done already
    needs no write. Once it is through, the next run begins anew. A record that does not keep still is left, as
    its own writers bring it up to date.
    """
    progress = _begin(db, name)
    while not progress.done:
        started = pace.clock()
        page = db.scan(at_once, progress.next)
        for item in page.items:
            _give(db, item, change, progress)
        progress.next, progress.done = page.next, page.next is None
        _mark(db, name, progress, now())
        yield progress
        pace.keep(started, len(page.items))


def _begin(db: Db, name: str) -> Progress:
    kept = db.get(mark_key(name))
    if kept is None or kept["done"]:
        return Progress()
    return Progress(kept["seen"], kept["changed"], kept["left"], kept["names"], kept.get("next"))


def _mark(db: Db, name: str, progress: Progress, now: datetime) -> None:
    key = mark_key(name)
    row = {"PK": key.pk, "SK": key.sk, **vars(progress), "at": rfc3339(now)}
    db.write(Put(row, replace=True))


def _give(db: Db, found: Item, change: Change, progress: Progress) -> None:
    progress.seen += 1
    item: Item | None = found
    for _ in range(_TRIES):
        try:
            op = change(item) if item else None
            if op is not None:
                db.write(op)
                progress.changed += 1
            return
        except ChangedMeanwhile:
            item = db.get(K(found["PK"], found["SK"]))
        except Exception as error:  # one bad record must not hold up all others; the command says which
            _leave(found, type(error).__name__, progress)
            return
    _leave(found, "busy", progress)


def _leave(item: Item, why: str, progress: Progress) -> None:
    progress.left += 1
    if len(progress.names) < _NAMED:
        progress.names.append(f"{item['PK']} {item['SK']}: {why}")
