"""What a home reported before of the same kind: a pointer with each report, which goes by itself after 30 days.

Keys: `docs/keys.md`. A fault that comes back soon was perhaps never repaired; the desk sees it when it is reported.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Db, Op, Put
from chalicelib.issues.models import Issue
from chalicelib.issues.policy import REPEAT_WITHIN
from chalicelib.times import moment, rfc3339

_SHOWN = 5


@dataclass(frozen=True)
class Earlier:
    """An earlier report of the same home and kind."""

    id: str
    number: str
    at: datetime


def repeat_pk(issue: Issue) -> str:
    """The partition of one home's reports of one kind."""
    return f"REPEAT#{issue.community_id}#{issue.unit_id}#{issue.category_id}"


def add(issue: Issue) -> list[Op]:
    """The write that lets later reports find this one; none for what is in a public place, where no home is meant."""
    if issue.area != "unit":
        return []
    item = {
        "PK": repeat_pk(issue),
        "SK": issue.id,
        "number": issue.number,
        "created_at": rfc3339(issue.created_at),
        "expires_at": int((issue.created_at + REPEAT_WITHIN).timestamp()),
    }
    return [Put(item)]


def earlier(db: Db, issue: Issue) -> list[Earlier]:
    """Reports of the same home and kind in the 30 days before this one, the newest first: one query."""
    if issue.area != "unit":
        return []
    before = Key("PK").eq(repeat_pk(issue)) & Key("SK").lt(issue.id)
    rows = db.query(before, limit=_SHOWN, newest_first=True).items
    found = [Earlier(row["SK"], row["number"], moment(row["created_at"])) for row in rows]
    return [one for one in found if issue.created_at - one.at <= REPEAT_WITHIN]
