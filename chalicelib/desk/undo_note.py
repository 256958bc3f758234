"""The note that says that a step was taken, and offers to take it back."""

from datetime import datetime
from typing import Any

from chalicelib.ids import is_id
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import UNDO_WITHIN
from chalicelib.web import Call


def done(flash: str, file: IssueFile, at: datetime) -> str:
    """A note for the next page that says what was done, and offers to take it back."""
    return f"{flash}~{file.issue.id}~{file.issue.version}~{int(at.timestamp())}"


def offered(call: Call) -> dict[str, Any] | None:
    """The step that the page before has taken, while it can be taken back. The note is the browser's own, so all of
    it is checked again when it is sent."""
    parts = call.cookies.get("flash", "").split("~")
    if len(parts) != 4 or not is_id(parts[1]) or not all(p.isascii() and p.isdigit() for p in parts[2:]):
        return None
    left = int(parts[3][:12]) + int(UNDO_WITHIN.total_seconds()) - int(call.now.timestamp())
    if not 0 < left <= UNDO_WITHIN.total_seconds():
        return None
    return {"issue_id": parts[1], "version": parts[2][:9], "left_s": left}
