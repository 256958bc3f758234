"""What people were told, against what the portal holds: nothing lost, nothing doubled."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: Steps that raise an issue's version.
_MOVES = {"acknowledged", "assigned", "in_progress", "paused", "resolved", "closed", "reopened", "cancelled"}


@dataclass
class Ledger:
    """One person's acknowledged steps: (issue, what). A message counts by its text, which is unique."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def note(self, issue_id: str, what: str) -> None:
        """Something was acknowledged."""
        self.told.append((issue_id, what))


def by_issue(ledgers: list[Ledger]) -> dict[str, Counter[str]]:
    """All acknowledged steps of each issue."""
    found: dict[str, Counter[str]] = {}
    for ledger in ledgers:
        for issue_id, what in ledger.told:
            found.setdefault(issue_id, Counter())[what] += 1
    return found


def happened(row: dict[str, Any]) -> str:
    """What a row of a timeline says, in the ledger's words."""
    if row["kind"] in ("message", "internal"):
        return f"message {row['text']}"
    return "rated" if row["kind"] == "rated" else str(row["to"])


def differences(issue: dict[str, Any], told: Counter[str]) -> list[str]:
    """How an issue, as the desk sees it, differs from what people were told; empty when it does not."""
    rows = [row for row in issue["timeline"] if row["kind"] not in ("photo_rejected", "photo_removed")]
    kept = Counter(happened(row) for row in rows)
    lost = [f"{issue['number']}: lost {what}" for what in (told - kept).elements()]
    doubled = [f"{issue['number']}: one too many {what}" for what in (kept - told).elements()]
    moves = sum(times for what, times in told.items() if what in _MOVES)
    wrong = issue["version"] != 1 + moves
    return (
        lost + doubled + ([f"{issue['number']}: version {issue['version']} after {moves}"] if wrong else [])
    )
