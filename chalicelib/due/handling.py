"""What is done about an issue when one of its moments has come: the step that the clock takes, and who is told."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.db import Item, Op, Put
from chalicelib.due import notices
from chalicelib.due.plan import Terms
from chalicelib.inbox.models import Notice
from chalicelib.issues import rules
from chalicelib.issues.commit import Change, entry
from chalicelib.issues.items import issue_pk
from chalicelib.issues.models import SYSTEM, Entry, Issue, IssueFile
from chalicelib.issues.notices import moved_counts
from chalicelib.portal import Portal
from chalicelib.service_levels.moments import Moment
from chalicelib.sops.moments import step_of
from chalicelib.times import rfc3339

#: What says more than a moment of this kind does: where that has come too, because the clock stood still or a new
#: policy has made several due at once, this one is recorded and told to nobody.
_SAYS_MORE = {
    "warn": ("breach",),
    "escalate": ("escalate",),
    "delay": ("delay",),
    "appointment": ("appointment",),
    "follow_up": ("auto_close", "pause_end"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A moment of an issue that has come, and the later ones of the same issue that have come as well."""

    file: IssueFile
    moment: Moment
    others: tuple[Moment, ...]
    terms: Terms
    now: datetime

    @property
    def silent(self) -> bool:
        """Whether it is recorded, and told to nobody."""
        visit, kind = self.file.issue.visit_at, self.moment.kind
        past = kind == "appointment" and visit is not None and visit <= self.now
        more = [one for one in self.others if one.kind in _SAYS_MORE.get(kind, ())]
        if kind in ("warn", "escalate"):
            more = [one for one in more if _promise(one) == _promise(self.moment)]
        return self.moment.over or past or bool(more) or self._guides_nobody

    @property
    def _guides_nobody(self) -> bool:
        """Whether it is about a step that only guides whoever has the issue, and nobody has it: other alerts say so."""
        named = step_of(self.moment.id)
        guides = any(step.id == named and not step.promised for step in self.terms.sop.steps)
        return guides and self.file.issue.assignee is None


def _promise(moment: Moment) -> list[str]:
    """Which promise a warning, breach or escalation is about: its round, goal and turn."""
    return moment.id.split(".")[:3]


def change_for(portal: Portal, due: Due) -> Change:
    """What a moment changes: always its own row, so that it is handled once; a step of the clock, a risk's row and
    notices where there are any."""
    issue, moment = due.file.issue, due.moment
    after = _step(due)
    return Change(
        due.file,
        after,
        _entries(issue, after, due.now),
        _told(portal, due, after),
        extra=_risk(issue, moment, due.now),
        handled={moment.id: _row(due)},
    )


def _step(due: Due) -> Issue:
    """The issue after the step that the clock takes: a pause that has lasted its time ends, and what nobody has said
    anything about closes."""
    issue, now = due.file.issue, due.now
    if due.moment.kind == "pause_end":
        return rules.moved(issue, issue.paused_from or "assigned", now)
    if due.moment.kind == "auto_close":
        return rules.moved(issue, "closed", now)
    return issue


def _entries(issue: Issue, after: Issue, now: datetime) -> list[Entry]:
    if after is issue:
        return []
    return [entry(now, "status", SYSTEM, from_status=issue.status, to=after.status)]


def _told(portal: Portal, due: Due, after: Issue) -> list[Notice]:
    found = [] if due.silent else notices.of(portal, due.file, due.moment, due.terms, due.now)
    if after is due.file.issue:
        return found
    first, *rest = found  # the clock's steps are always told, and the first to tell carries the numbers
    return [replace(first, counts=moved_counts(due.file.issue, after)), *rest]


def _row(due: Due) -> Item:
    """That a moment was handled: what it was, when it had come, and when it was handled. Whom a level was to tell goes
    along to the next one where that has come too: nobody is told four times at once."""
    moment = due.moment
    passed_on = moment.kind == "escalate" and due.silent and not moment.over
    return {
        "PK": issue_pk(due.file.issue.id),
        "SK": f"DONE#{moment.id}",
        "kind": moment.kind,
        "detail": moment.detail or None,
        "level": moment.level or None,
        "over": moment.over or None,
        "due_at": rfc3339(moment.at),
        "at": rfc3339(due.now),
        "passed_on": list(moment.told) if passed_on else None,
    }


def _risk(issue: Issue, moment: Moment, now: datetime) -> list[Op]:
    """The row of a risk: what has been unresolved for so long."""
    if moment.kind != "unresolved":
        return []
    row: Item = {
        "PK": f"RISK#{issue.community_id}",
        "SK": f"{issue.id}#{moment.id.partition('.')[0]}",
        "issue_id": issue.id,
        "number": issue.number,
        "category_id": issue.category_id,
        "at": rfc3339(now),
    }
    return [Put(row, replace=True)]
