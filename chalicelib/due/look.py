"""Looking at an issue: what has come is done, and its next moment gets its row."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from chalicelib.due import plan
from chalicelib.due.handling import Due, change_for
from chalicelib.errors import ChangedMeanwhile, NotFound, Unavailable
from chalicelib.issues import store
from chalicelib.issues.commit import Change, commit
from chalicelib.issues.models import Issue
from chalicelib.logs import log
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found and left: the issue as it was read and as it is now, and how many moments of each kind were
    handled."""

    before: Issue
    after: Issue
    handled: Counter[str]


def look_at(portal: Portal, issue_id: str, now: datetime) -> Looked:
    """Handle what is due of an issue by `now`, each moment in a transaction of its own: one query before them, and
    nothing else when nothing is. Raises NotFound, or Unavailable when others get in between all the time.
    """
    handled: Counter[str] = Counter()
    for _ in range(_TRIES):
        try:
            return _look_at(portal, issue_id, now, handled)
        except ChangedMeanwhile:
            continue  # somebody took a step or wrote, or another run was quicker
    raise Unavailable


def _look_at(portal: Portal, issue_id: str, now: datetime, handled: Counter[str]) -> Looked:
    file = store.load(portal.db, portal.keys, issue_id)
    if file is None:
        raise NotFound
    before = file.issue
    terms = plan.terms_for(portal, before)
    while due := [one for one in plan.pending(file, terms) if rfc3339(one.at) <= rfc3339(now)]:
        moment, *others = due
        file = commit(portal, change_for(portal, Due(file, moment, tuple(others), terms, now)), now)
        handled[moment.kind] += 1
        log("moment_handled", issue_id=issue_id, kind=moment.kind, rung=moment.level)
    if plan.planned(file, terms, now) is not file:
        file = commit(portal, Change(file, file.issue), now)
    return Looked(before, file.issue, handled)
