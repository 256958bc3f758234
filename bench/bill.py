"""What calls to the table came to: which partition was billed for how much."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Charge:
    """Units that one partition of the table or of an index is billed for; `kind` is "read" or "write"."""

    kind: str
    partition: str
    units: float
    index: str = ""


@dataclass(frozen=True)
class Read:
    """What a query read: how many items, of at most how many (None without a limit), of which partition."""

    partition: str
    items: int
    limit: int | None


@dataclass
class Bill:
    """What some calls came to."""

    calls: list[str] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    #: Seconds spent in the table itself, which is none of the app's own work.
    table_s: float = 0.0

    def units(self, kind: str) -> float:
        """All read or write units."""
        return sum(charge.units for charge in self.charges if charge.kind == kind)

    def index_units(self, kind: str) -> float:
        """Those of them that indexes are billed for."""
        return sum(charge.units for charge in self.charges if charge.kind == kind and charge.index)

    def by_partition(self, kind: str) -> Counter[str]:
        """Units of each partition; an index's partitions are named by their own keys."""
        found: Counter[str] = Counter()
        for charge in self.charges:
            if charge.kind == kind:
                found[charge.partition] += charge.units  # type: ignore[assignment]
        return found
