"""Taking back one's own last step: when that is possible, and what the issue is like then. Pure."""

from datetime import datetime

from chalicelib.errors import N_, Conflict
from chalicelib.issues.models import Before, Entry, Issue, IssueFile
from chalicelib.issues.policy import UNDO_WITHIN
from chalicelib.issues.rules import check_version

_KEPT = ("version", "handoff")


class CantUndo(Conflict):
    """409: this step can't be taken back; the detail says why."""

    code = "cannot_undo"
    title = N_("This can't be taken back")
    detail = N_(
        "There is no step of yours to take back: somebody did something after it, or it was taken back."
    )


_MERGED = N_("Merging can't be taken back: the owners of both reports already follow the same one.")
_LATE = N_(
    "Steps can be taken back for 30 seconds. Take the next step instead; the owner is told either way."
)
_RATED = N_("The owner has rated the repair meanwhile, so it can't be taken back. You can reopen it.")


def last_step(file: IssueFile, account_id: str) -> Entry | None:
    """The step that brought the issue where it is, if this person took it at the desk."""
    issue = file.issue
    for row in reversed(file.timeline):
        if row.before and row.before.version == issue.version - 1:
            return row if row.actor.id == account_id else None
    return None


def check(file: IssueFile, account_id: str, version: int, now: datetime) -> Entry:
    """The step to take back. Raises VersionConflict when the person saw another version, CantUndo when there is
    no step of theirs, it was a merge, it is too long ago, or the owner has rated it meanwhile.
    """
    issue = file.issue
    check_version(issue, version)
    row = last_step(file, account_id)
    if row is None:
        raise CantUndo
    if row.to == "merged":
        raise CantUndo(_MERGED)
    if now - row.at > UNDO_WITHIN:
        raise CantUndo(_LATE)
    if row.to == "resolved" and issue.rating and issue.rating.resolution == issue.resolutions:
        raise CantUndo(_RATED)
    return row


def seconds_left(file: IssueFile, account_id: str, now: datetime) -> int:
    """For how long this person may still take back the last step; 0 when they may not."""
    try:
        row = check(file, account_id, file.issue.version, now)
    except Conflict:
        return 0
    return int((row.at + UNDO_WITHIN - now).total_seconds())


def restored(issue: Issue, before: Before) -> Issue:
    """The issue as the step had found it, but for its version, which only ever rises."""
    former = {name: getattr(before, name) for name in Before.model_fields if name not in _KEPT}
    return issue.model_copy(update={**former, "version": issue.version + 1})
