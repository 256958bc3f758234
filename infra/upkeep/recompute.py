"""`make recompute-deadlines`: work out each issue's promise and next moment from its rows, and say where the table
says something else.

It reads the open issues of all communities, or of COMMUNITY; with ALL=1 those whose work is done, too. It changes
nothing, but with FIX=1 it puts right what differs: for records of a release before, and after a shift between two.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from chalicelib.conditions import Key
from chalicelib.due import plan, rows
from chalicelib.due.look import look_at
from chalicelib.issues import store
from chalicelib.issues.items import value_of
from chalicelib.issues.models import OPEN, Issue, IssueFile, Status
from chalicelib.portal import Portal, portal
from chalicelib.times import rfc3339
from infra.upkeep.walk import everything

_NAMES = ("promised_at", "next_moment")


@dataclass(frozen=True)
class Difference:
    """What an issue's record says, and what its rows say."""

    issue_id: str
    name: str
    kept: str
    worked_out: str

    def __str__(self) -> str:
        return f"ISSUE#{self.issue_id} {self.name}: {self.kept}, but its rows say {self.worked_out}"


def differences(home: Portal, issue_id: str, now: datetime) -> list[Difference]:
    """Where an issue's record differs from what its rows say: two round trips."""
    file = store.load(home.db, home.keys, issue_id)
    if file is None:
        return [Difference(issue_id, "META", "gone", "an issue")]
    terms = plan.terms_for(home, file.issue)
    planned = plan.planned(file, terms, now).issue
    found = [
        Difference(issue_id, name, str(value_of(file.issue, name)), str(value_of(planned, name)))
        for name in _NAMES
        if not _agrees(file, terms, planned, name, now)
    ]
    at = file.issue.next_moment
    if at and home.db.get(rows.key_at(issue_id, at)) is None:
        found.append(Difference(issue_id, "DUE", "no row", rfc3339(at)))
    return found


def _agrees(file: IssueFile, terms: plan.Terms, planned: Issue, name: str, now: datetime) -> bool:
    kept, worked_out = getattr(file.issue, name), getattr(planned, name)
    if name == "next_moment" and kept and kept <= now:
        # What has come is due from when it was last looked at: a clock that is behind has not handled it yet.
        first = plan.pending(file, terms)
        return bool(first) and first[0].at <= kept
    return bool(kept == worked_out)


def issue_ids(home: Portal, community_id: str, *, every: bool) -> Iterator[str]:
    """The issues to look at: those of a community by its queues, else all that a walk through the table finds."""
    wanted = frozenset(get_args(Status)) if every else OPEN
    if community_id:
        for status in sorted(wanted):
            key = Key("status_queue").eq(f"QUEUE#{community_id}#{status}")
            yield from [item["id"] for item in home.db.query_all(key, index="status_queue")]
        return
    for item in everything(home.db):
        if item["PK"].startswith("ISSUE#") and item["SK"] == "META" and item["status"] in wanted:
            yield item["id"]


def recompute(home: Portal, ids: Iterator[str], now: datetime, *, fix: bool) -> tuple[int, list[Difference]]:
    """How many issues were looked at, and all differences; with `fix` each issue that differs is put right."""
    seen, found = 0, list[Difference]()
    for issue_id in ids:
        seen += 1
        differs = differences(home, issue_id, now)
        found += differs
        if fix and differs and differs[0].name != "META":
            _put_right(home, issue_id, now)
    return seen, found


def _put_right(home: Portal, issue_id: str, now: datetime) -> None:
    """Handle what has come, write what its rows say, and see to it that its next moment has a row."""
    at = look_at(home, issue_id, now).after.next_moment
    if at and home.db.get(rows.key_at(issue_id, at)) is None:
        home.db.write(rows.put(issue_id, at))


def main() -> int:
    """Say what differs; 1 when something does and was not put right."""
    community_id, fix = os.environ.get("COMMUNITY", ""), os.environ.get("FIX") == "1"
    ids = issue_ids(portal(), community_id, every=os.environ.get("ALL") == "1")
    seen, found = recompute(portal(), ids, datetime.now(UTC), fix=fix)
    for one in found:
        print(one)
    print(f"{seen} issues, {len(found)} differences{', put right' if fix and found else ''}")
    return 1 if found and not fix else 0


if __name__ == "__main__":
    sys.exit(main())
