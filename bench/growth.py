"""What an action costs on a table that is too large to make here, and which partition is the hottest."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.bill import Read
from bench.measure import Cost
from bench.mix import Usage, month
from chalicelib.due import rows as due_rows
from chalicelib.inbox.outbox import SHARDS

#: DynamoDB serves this much a second from one partition, whatever the table.
PARTITION_READS, PARTITION_WRITES = 3000, 1000
#: Years in which the issues of a table came together, for how many come in a day.
YEARS = 5
#: Partitions whose rows become more with the whole table; all others belong to one person, issue or community, or
#: are read a page at a time (`docs/keys.md`, "How partitions grow"). What a tick finds in `DUE#` is counted by the
#: row of each issue that it closes.
_GROWING = re.compile(r"^OUTBOX#")


def rows_at(read: Read, measured: int, issues: int) -> int:
    """How many rows a query reads with so many issues: those of its range, but no more than its limit."""
    growth = issues / measured if _GROWING.match(read.partition) else 1
    rows = round(read.items * growth)
    return rows if read.limit is None else min(rows, read.limit)


def grows(cost: Cost, measured: int, issues: int) -> bool:
    """Whether any query of an action reads more rows on the larger table."""
    return any(rows_at(read, measured, issues) > read.items for read in cost.bill.reads)


def number_tries(issues: int, digits: int = 5) -> float:
    """How often a report draws a number on average over a day: the day's numbers fill a space of so many digits."""
    a_day = issues / (YEARS * 365)
    return 1 + min(1.0, a_day / float(10**digits) / 2)


#: Kinds of partitions: pattern of their keys, name, and how many there are for so many communities.
_KINDS: tuple[tuple[str, str], ...] = (
    (r"OUTBOX#", "`OUTBOX#<shard>`"),
    (r"DUE#", "`DUE#<date>#<shard>`"),
    (r"SYSTEM", "`SYSTEM`"),
    (r"COMMUNITY#", "`COMMUNITY#<community>`"),
    (r"AUDIT#", "`AUDIT#<community>#<date>`"),
    (r"QUEUE#[^#]+$", "`QUEUE#<community>` (index)"),
    (r"QUEUE#[^#]+#", "`QUEUE#<community>#<status>` (index), all states together"),
    (r"ASSIGNEE#", "`ASSIGNEE#<account>` (index), all of a community together"),
    (r"SPOT#", "`SPOT#…`, all of a community together"),
)
_OTHERS = "one person's, one issue's and the like"


def kind_of(partition: str) -> str:
    """The kind of a partition, in words."""
    return next((name for pattern, name in _KINDS if re.match(pattern, partition)), _OTHERS)


def how_many(kind: str, communities: float) -> float:
    """Over how many partitions a kind's load is spread; one for each community where nothing spreads it further."""
    fixed = {"`OUTBOX#<shard>`": SHARDS, "`DUE#<date>#<shard>`": due_rows.SHARDS, "`SYSTEM`": 1}
    return float(fixed.get(kind, communities))


@dataclass(frozen=True)
class Heat:
    """The busiest partition of a kind in the busiest hour: units a second, and of all units its share."""

    kind: str
    reads: float
    writes: float
    read_share: float
    write_share: float


def heat(costs: Iterable[Cost], usage: Usage) -> list[Heat]:
    """Every kind of partition under a month's mix, but for those that one person or issue has to itself."""
    done, reads, writes = month(usage), Counter[str](), Counter[str]()
    for cost in costs:
        times = usage.peak(cost.name, done[cost.name])
        for charge in cost.bill.charges:
            (reads if charge.kind == "read" else writes)[kind_of(charge.partition)] += times * charge.units  # type: ignore[assignment]
    all_reads, all_writes = sum(reads.values()), sum(writes.values())
    found = []
    for _, kind in _KINDS:
        spread = how_many(kind, usage.communities)
        one, other = reads[kind] / spread, writes[kind] / spread
        found.append(Heat(kind, one, other, one / all_reads, other / all_writes))
    return sorted(found, key=lambda h: -max(h.reads / PARTITION_READS, h.writes / PARTITION_WRITES))
