"""What the desk decides: what a step lacks, when it was taken, in which order to work. No I/O, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.desk.models import Transition
from chalicelib.errors import N_, Conflict, Invalid
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.issues.policy import SENT_AT_ONCE, STEPS_KEPT_FOR
from chalicelib.issues.rules import is_overdue, pause_needs_visit

_NEEDS_NOTE = N_("Please write why: the owner reads it.")
_NEEDS_REASON = N_("Choose why it is on hold.")
_NEEDS_VISIT = N_("Give the day and time that was agreed.")
NEEDS_TARGET = N_("Give the number of the open report in this community to merge it into.")
PAST_VISIT = N_("This time is over. Choose a later one.")


class StepTooOld(Conflict):
    """409: it was taken so long ago that nobody can say any more whether it was sent before."""

    code = "step_too_old"
    detail = N_(
        "This was written down more than 7 days ago. Look at the job as it is now, then decide again."
    )


class EarlierStepRefused(Conflict):
    """409: the step after which this one was taken was not done."""

    code = "earlier_step_refused"
    detail = N_("The step before this one could not be taken, so this one was not taken either.")


def check_complete(body: Transition, now: datetime) -> None:
    """Raises Invalid, field by field, when a step lacks what it needs; for "fixed" see `sops.rules`."""
    if body.to == "rejected" and not body.note:
        raise Invalid.field("note", "missing", _NEEDS_NOTE)
    if body.to == "merged" and not body.merge_into:
        raise Invalid.field("merge_into", "missing", NEEDS_TARGET)
    if body.to == "paused" and body.pause_reason is None:
        raise Invalid.field("pause_reason", "missing", _NEEDS_REASON)
    if body.to == "paused" and pause_needs_visit(body.pause_reason, body.visit_at):
        raise Invalid.field("visit_at", "missing", _NEEDS_VISIT)
    if body.visit_at is not None and body.visit_at < now:
        raise Invalid.field("visit_at", "past", PAST_VISIT)


def when_taken(
    file: IssueFile, at: datetime | None, now: datetime, writer_id: str | None = None
) -> datetime | None:
    """When a step, or what `writer_id` wrote, was really done, if it arrives now; None when that is as good as now.

    A phone's clock may be wrong, so what it says is kept between what came before and now: before a step that
    is the one which it had seen, before a message what the same person's phone sent later before.
    Raises StepTooOld for more than seven days (policy).
    """
    if at is None or now - at < SENT_AT_ONCE:
        return None
    if now - at > STEPS_KEPT_FOR:
        raise StepTooOld
    rows = [row for row in file.timeline if row.kind in ("status", "assigned")]
    if writer_id:
        rows = [row for row in file.timeline if row.actor.id == writer_id and row.taken_at]
    before = (rows[-1].taken_at or rows[-1].at) if rows else file.issue.created_at
    taken = max(at, before)
    return taken if now - taken >= SENT_AT_ONCE else None


@dataclass
class Jobs:
    """Somebody's work, each part in the order in which to do it."""

    overdue: list[Issue] = field(default_factory=list)
    today: list[Issue] = field(default_factory=list)
    later: list[Issue] = field(default_factory=list)


def in_order(issues: Iterable[Issue], zones: dict[str, ZoneInfo], now: datetime) -> Jobs:
    """What is overdue, what is for today, and the rest; by the agreed visit, else by the promised time."""
    jobs = Jobs()
    for issue in sorted(issues, key=moment_of):
        zone = zones[issue.community_id]
        is_today = moment_of(issue).astimezone(zone).date() <= now.astimezone(zone).date()
        if is_overdue(issue, now):
            jobs.overdue.append(issue)
        elif is_today or issue.status == "in_progress":
            jobs.today.append(issue)
        else:
            jobs.later.append(issue)
    return jobs


def moment_of(issue: Issue) -> datetime:
    """When to be there: an agreed visit goes before the promised time."""
    return issue.visit_at or issue.promised_at
