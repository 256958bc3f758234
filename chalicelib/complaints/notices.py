"""Whom a change of a complaint concerns, and in which words' name."""

from typing import Any

from chalicelib.complaints.models import Complaint
from chalicelib.crypto import Keyring
from chalicelib.inbox.models import OFFICE, Event, Notice
from chalicelib.issues.models import Holder

_TOLD: dict[str, Event] = {
    "start": "complaint_investigating",
    "reply": "complaint_replied",
    "mediate": "complaint_dispute",
    "arbitrate": "complaint_dispute",
    "litigate": "complaint_dispute",
    "answer": "complaint_answered",
    "close": "complaint_closed",
}


def notice(complaint: Complaint, event: Event, **fields: Any) -> Notice:
    """A notice about a complaint, suggestion or praise."""
    return Notice(
        event=event,
        issue_id=complaint.id,
        number=complaint.number,
        category_id=f"{complaint.kind}/{complaint.category}",
        community_id=complaint.community_id,
        about="complaint",
        **fields,
    )


def filed(complaint: Complaint) -> Notice:
    """That it came: to who sent it, and to the office."""
    return notice(
        complaint,
        "complaint_received",
        owners=(complaint.person.id,),
        roles=(OFFICE,),
        but=(complaint.person.id,),  # staff may send them, too
        staff_event="complaint_new",
    )


def step_taken(keys: Keyring, complaint: Complaint, step: str) -> list[Notice]:
    """What its sender is told of a step of staff: nothing of what is worked out behind the scenes."""
    event = _TOLD.get(step)
    if event is None:
        return []
    return [notice(complaint, event, owners=(complaint.person.id,), who=sealed(keys, complaint.handler))]


def given(complaint: Complaint, before: Complaint, but: str) -> list[Notice]:
    """Who has it now, if that is news to them."""
    holder = complaint.handler
    if holder is None or holder == before.handler or holder.id == but:
        return []
    return [notice(complaint, "complaint_given", staff=(holder.id,))]


def to_handler(complaint: Complaint, event: Event) -> Notice:
    """What its sender did, to who has it, else to the office."""
    if complaint.handler:
        return notice(complaint, event, staff=(complaint.handler.id,))
    return notice(complaint, event, roles=(OFFICE,))


def disagrees(complaint: Complaint) -> Notice:
    """That its sender does not agree: managers are told, too."""
    staff = (complaint.handler.id,) if complaint.handler else ()
    return notice(complaint, "complaint_dissent", staff=staff, roles=("manager",))


def late(complaint: Complaint, what: str) -> Notice:
    """What the clock says: a warning to who has it, what is late to managers, too."""
    staff = (complaint.handler.id,) if complaint.handler else ()
    events: dict[str, Event] = {
        "warn": "complaint_warn",
        "breach": "complaint_breach",
        "latest": "complaint_latest",
    }
    office = () if staff else (OFFICE,)
    return notice(
        complaint, events[what], staff=staff, roles=office if what == "warn" else ("manager", *office)
    )


def sealed(keys: Keyring, holder: Holder | None) -> str | None:
    """A member of staff's name for a message, sealed."""
    return keys.seal(holder.name, "inbox|name") if holder and holder.name else None
