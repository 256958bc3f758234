"""What a change of policy or calendar would do to open issues, before anybody saves it. No I/O, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.service_levels import rules
from chalicelib.service_levels.history import History
from chalicelib.service_levels.models import Goal, Levels, Outcome


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise whose due time a change moves; None where nothing is promised. `late`: it is missed by the change."""

    issue_id: str
    goal: Goal
    before: datetime | None
    after: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change does: the promises that it moves, those that are late at once by it first, then the next due."""

    moved: tuple[Moved, ...]
    #: How many promises stay as they are.
    unmoved: int

    @property
    def late(self) -> int:
        """How many promises are late at once."""
        return sum(one.late for one in self.moved)

    @property
    def late_issues(self) -> frozenset[str]:
        """The issues that are late at once by something."""
        return frozenset(one.issue_id for one in self.moved if one.late)


def preview(issues: Iterable[History], before: Levels, after: Levels, at: datetime) -> Preview:
    """What happens to the promises that these issues have still to keep when `after` holds instead of `before` from
    `at` on: the moment from which the new version is valid."""
    moved: list[Moved] = []
    unmoved = 0
    for history in issues:
        pairs = zip(_outcomes(history, before, at), _outcomes(history, after, at), strict=True)
        for old, new in pairs:
            if old.ended is not None or old.state == "missed":
                continue
            if old.due == new.due:
                unmoved += 1
                continue
            late = new.due is not None and new.due <= at
            moved.append(Moved(history.issue_id, new.goal, old.due, new.due, late))
    return Preview(tuple(sorted(moved, key=_most_urgent)), unmoved)


def _outcomes(history: History, levels: Levels, at: datetime) -> list[Outcome]:
    return rules.outcomes(history, levels, at)


def _most_urgent(one: Moved) -> tuple[bool, str, str]:
    return not one.late, str(one.after or one.before), one.issue_id
