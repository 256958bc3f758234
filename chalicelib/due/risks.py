"""Risks: what has been open for very long, until it is done. Their rows are written by the clock, and stay."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.issues import store
from chalicelib.issues.models import Issue
from chalicelib.issues.rules import WORK
from chalicelib.portal import Portal
from chalicelib.times import moment

#: A community has tens of risks in a year; those behind so many newer ones have long been done.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Risk:
    """An issue that is worked on, and since when it counts as a risk."""

    issue: Issue
    since: datetime


def risks(portal: Portal, community_id: str) -> list[Risk]:
    """A community's issues that are risks now, the one that was reported first at the top: two round trips."""
    rows = portal.db.query(Key("PK").eq(f"RISK#{community_id}"), limit=_LOOKED_AT, newest_first=True).items
    since = {row["issue_id"]: moment(row["at"]) for row in rows}
    found = store.get_many(portal.db, portal.keys, sorted(since))
    return [Risk(issue, since[issue.id]) for issue in found if issue.status in WORK]
