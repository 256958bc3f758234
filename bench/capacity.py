"""What DynamoDB bills for an item, a read and a write: pure arithmetic on wire JSON.

The embedded engines report capacity wrongly, so it is worked out here from the items themselves, by the rules of
AWS's developer guide ("DynamoDB item sizes and formats", "Read and write operations", "Using Global Secondary
Indexes", "Transactions: how it works"). Sizes are in bytes, units in read or write capacity units.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

Wire = dict[str, Any]

_READ_BYTES = 4096
_WRITE_BYTES = 1024
#: A transaction prepares and commits: each of its items is billed twice. Index copies are written once, afterwards.
TRANSACTION = 2
#: What DynamoDB adds to each stored item, and to each entry of an index, when it bills storage.
STORED_OVERHEAD = 100


def value_size(value: Wire) -> int:
    """The size of one AttributeValue without its name."""
    ((kind, content),) = value.items()
    if kind in ("S", "B"):
        return len(content.encode()) if isinstance(content, str) else len(content)
    if kind == "N":
        return _number_size(content)
    if kind == "M":
        return 3 + sum(len(name.encode()) + value_size(part) + 1 for name, part in content.items())
    if kind == "L":
        return 3 + sum(value_size(part) + 1 for part in content)
    if kind in ("BOOL", "NULL"):
        return 1
    raise ValueError(f"no size for {kind}")


def _number_size(text: str) -> int:
    """About one byte for two significant digits, and one; another for a sign. At most 21."""
    digits = text.lstrip("-").replace(".", "").strip("0") or "0"
    return min(21, (len(digits) + 1) // 2 + 1 + text.startswith("-"))


def item_size(item: Wire) -> int:
    """An item: its attributes' names and values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def read_units(size: int, *, consistent: bool) -> float:
    """One read of so many bytes, also of something that is not there: per 4 KB, half when eventually consistent."""
    return max(1, math.ceil(size / _READ_BYTES)) * (1.0 if consistent else 0.5)


def batch_units(sizes: Iterable[int], *, consistent: bool) -> float:
    """A batch of gets: each item is rounded up by itself."""
    return sum(read_units(size, consistent=consistent) for size in sizes)


def query_units(sizes: Iterable[int], *, consistent: bool) -> float:
    """A query: the sum of all items that it read, before any filter, is rounded up once."""
    return read_units(sum(sizes), consistent=consistent)


def write_units(before: Wire | None, after: Wire | None) -> int:
    """One write to a table: the larger of the item before and after it, per 1 KB, at least one."""
    size = max((item_size(item) for item in (before, after) if item), default=0)
    return max(1, math.ceil(size / _WRITE_BYTES))


@dataclass(frozen=True)
class Index:
    """A global secondary index; `projected` None means whole items."""

    name: str
    keys: tuple[str, ...]
    table_keys: tuple[str, ...]
    projected: frozenset[str] | None = None

    @classmethod
    def all_of(cls, table: Wire) -> list[Self]:
        """The indexes of a table's definition."""
        own = tuple(part["AttributeName"] for part in table["KeySchema"])
        return [cls._of(index, own) for index in table.get("GlobalSecondaryIndexes", [])]

    @classmethod
    def _of(cls, index: Wire, own: tuple[str, ...]) -> Self:
        keys = tuple(part["AttributeName"] for part in index["KeySchema"])
        named = index["Projection"].get("NonKeyAttributes", [])
        whole = index["Projection"]["ProjectionType"] == "ALL"
        return cls(index["IndexName"], keys, own, None if whole else frozenset([*named, *keys, *own]))

    def entry(self, item: Wire | None) -> Wire | None:
        """What the index holds of an item; None when it lacks one of the index's keys."""
        if item is None or any(name not in item for name in self.keys):
            return None
        wanted = item if self.projected is None else {n: v for n, v in item.items() if n in self.projected}
        return dict(wanted)

    def write_units(self, before: Wire | None, after: Wire | None) -> int:
        """What a write to the table costs in this index: nothing when its entry stays as it is, one write when
        the entry comes, goes or changes, two when its key changes."""
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old and new and any(old[name] != new[name] for name in self.keys):
            return write_units(old, None) + write_units(None, new)
        return write_units(old, new)
