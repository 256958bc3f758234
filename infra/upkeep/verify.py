"""`make verify`: whether a portal's records hold together, and what exactly does not. It changes nothing."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.db import Db
from chalicelib.portal import Portal, portal
from infra.upkeep.book import Book
from infra.upkeep.checks import enter
from infra.upkeep.walk import everything

_SHOWN = 100


@dataclass
class Found:
    """How many records of each kind there are, how many texts each key has sealed, photos that no record has, and
    what is wrong."""

    kinds: dict[str, int]
    seals: dict[str, int]
    strays: list[str]
    problems: list[str] = field(default_factory=list)


def verify(on: Portal, now: datetime) -> Found:
    """Look at every record and every photo of a portal.

    On one at work, steps taken meanwhile may look wrong; what is missing is looked up again before it is told, and
    the rest is worth a second run.
    """
    book = Book()
    for item in everything(on.db):
        enter(book, on.keys, item)
    stored = set(on.storage.walk("photos/"))
    problems = [*book.problems, *_missing(on.db, book), *sorted(book.unsettled(now))]
    problems += [
        f"{key.pk} {key.sk}: {name} is not in the bucket"
        for name, key in book.objects.items()
        if name not in stored
    ]
    written = set(on.storage.walk("letters/")) if book.letters else set()
    problems += [
        f"{key.pk} {key.sk}: {name} is not in the bucket"
        for name, key in book.letters.items()
        if name not in written
    ]
    strays = sorted(stored - set(book.objects))
    return Found(dict(sorted(book.kinds.items())), dict(sorted(book.seals.items())), strays, problems)


def _missing(db: Db, book: Book) -> Iterator[str]:
    pairs = list(book.missing().items())
    there = db.batch_get([key for pair in pairs for key in pair])
    for (key, by), found, source in zip(pairs, there[::2], there[1::2], strict=True):
        if found is None and source is not None:
            yield f"{key.pk} {key.sk}: missing, although {by.pk} {by.sk} needs it"


def main() -> int:
    """Print what was found; 1 when something is wrong."""
    found = verify(portal(), datetime.now(UTC))
    for kind, number in found.kinds.items():
        print(f"{number:>9}  {kind}")
    for name, number in found.seals.items():
        print(f"{number:>9}  texts sealed with {name}")
    if found.strays:
        print(f"{len(found.strays):>9}  photos in the bucket that no record has, such as {found.strays[0]}")
    for problem in found.problems[:_SHOWN]:
        print(f"WRONG  {problem}")
    print(f"{len(found.problems)} things are wrong" if found.problems else "all is well")
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
