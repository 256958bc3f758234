"""Made-up complaints for tests; everything by keyword."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.complaints import handling, service
from chalicelib.complaints.bodies import CalledBack, FileComplaint, Give, Link, OwnerMove, Step
from chalicelib.complaints.models import ComplaintFile
from chalicelib.once import Once
from chalicelib.portal import Portal
from tests.factories import NOW

_HANDLE: dict[str, Any] = {
    "assign": (handling.assign, Give),
    "link": (handling.link, Link),
    "call_back": (handling.call_back, CalledBack),
}


def make_complaint(**changes: Any) -> FileComplaint:
    """What an owner sends; a field that is None is left out."""
    fields = {
        "kind": "complaint",
        "category": "service",
        "content": "等了三天没人来",
        "unit_id": "maple-1-101",
    }
    given = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    return FileComplaint.model_validate(given)


def complain(
    *, portal: Portal, by: Person, now: datetime = NOW, once: Once | None = None, **changes: Any
) -> ComplaintFile:
    """A complaint that was sent."""
    return service.file_complaint(portal, by, make_complaint(**changes), once, now)[0]


def complaint_step(
    *,
    portal: Portal,
    by: Person,
    file: ComplaintFile,
    do: str,
    now: datetime = NOW,
    once: Once | None = None,
    text: str | None = "查清楚了",
    decision: str | None = "加强培训",
) -> ComplaintFile:
    """A step of the office."""
    fields = {"step": do, "version": file.complaint.version, "text": text, "decision": decision}
    body = Step.model_validate(fields)
    return handling.step(portal, by, file.complaint.id, body, once, now)[0]


def handle(
    *, portal: Portal, by: Person, file: ComplaintFile, do: str, now: datetime = NOW, **fields: Any
) -> ComplaintFile:
    """What is no step: `assign`, `link`, `call_back`."""
    work, model = _HANDLE[do]
    body = model.model_validate({"version": file.complaint.version, **fields})
    found: ComplaintFile = work(portal, by, file.complaint.id, body, None, now)[0]
    return found


def complaint_move(
    *,
    portal: Portal,
    by: Person,
    file: ComplaintFile,
    action: str,
    now: datetime = NOW,
    once: Once | None = None,
    reason: str | None = None,
) -> ComplaintFile:
    """Withdraw, accept or dissent."""
    body = OwnerMove(version=file.complaint.version, reason=reason)
    return service.move(portal, by, file.complaint.id, action, body, once, now)[0]
