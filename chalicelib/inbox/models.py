"""Notices: what happened, and whom it concerns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.base import Base
from chalicelib.inputs import Input

Event = Literal[
    "reported", "acknowledged", "assigned", "in_progress", "paused", "resumed", "resolved", "reopened", "closed",
    "auto_closed", "cancelled", "rejected", "merged", "message", "urged", "rated", "photo_rejected",
    "given_to_you", "emergency", "step_done", "step_late", "recovery", "split",
    "outage", "outage_news", "outage_over", "outage_withdrawn",
    "undone", "undone_submitted", "undone_acknowledged", "undone_assigned", "undone_in_progress", "undone_paused",
    "undone_resolved", "undone_reopened",
    "booking_new", "booking_asked", "booking_confirmed", "booking_moved", "booking_cancelled", "booking_called_off",
    "booking_unanswered", "booking_day", "booking_hour", "booking_offered", "booking_lapsed",
    "booking_rated", "project_begun", "project_report", "project_comment", "project_stages", "report_late",
    "report_missing",
    "commitment_offered", "commitment_signed", "commitment_disputed", "commitment_withdrawn",
    "complaint_received", "complaint_investigating", "complaint_replied", "complaint_answered", "complaint_closed",
    "complaint_dispute", "complaint_new", "complaint_given", "complaint_message", "complaint_accepted",
    "complaint_dissent", "complaint_withdrawn", "complaint_warn", "complaint_breach", "complaint_latest",
    "delayed", "still_late",
    "referral_qualified", "referral_flagged",
    "due_soon", "escalated", "unresolved", "pause_over", "pause_over_waiting_owner", "pause_over_waiting_parts",
    "pause_over_appointment", "running_late", "running_late_unassigned", "ask_confirm", "ask_answer", "visit_soon",
    "points_earned", "points_reversed", "points_adjusted", "points_expiring", "tier_up", "tier_soon", "tier_down",
    "voucher_ready", "voucher_ending", "voucher_used", "voucher_cancelled", "adjustment_waits",
]  # fmt: skip
#: What the id of a notice or message is the id of; "line" is a place in line for a designer's time, without one.
About = Literal[
    "issue", "complaint", "booking", "line", "project", "commitment", "referral", "points", "announcement"
]


#: Words for several roles at once: who does the front desk's work (seniors do, too), and all who may dispatch.
DESK, OFFICE = "desk", "office"


@dataclass(frozen=True)
class Notice:
    """One thing that happened to an issue or a complaint, as it goes through the outbox; `about` says which, and
    `issue_id` is its id, `category_id` then the complaint's kind and category. Of points, `number` is how many, and
    `category_id` what for (`points.words`).

    `owners` and `staff` are account ids; `roles` are staff roles of the community, `DESK` or `OFFICE`: looked up on
    delivery (`inbox/whom.py`).
    `counts` says how the community's numbers per state change.
    """

    event: Event
    issue_id: str
    number: str
    category_id: str
    community_id: str
    owners: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    #: Whom of the roles it tells nothing new: who did it.
    but: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    #: A member of staff's name, sealed, and a visit's time, for the message's words.
    who: str | None = None
    visit_at: datetime | None = None
    #: The kind of appointment, or whatever else a message names in its own words.
    subject: str | None = None
    #: Buildings ("3") or homes ("3#maple-3-101") whose people are told too, each once.
    homes: tuple[str, ...] = ()
    #: For staff of another tone than for owners ("given to you" instead of "arranged").
    staff_event: Event | None = None
    about: About = "issue"
    #: Of a deadline: the goal, which level of the ladder is told, when it is or was due, and until when the owner hears
    #: from us again.
    goal: str | None = None
    #: The name of the SOP's step that is to be done, in both languages ("zh", "en").
    step: dict[str, str] | None = None
    level: int = 0
    due_at: datetime | None = None
    until: datetime | None = None
    #: Goes out at night, too, and waits for no digest: of an L1 issue, to those on duty.
    urgent: bool = False


class InboxMessage(Base):
    """A message in a person's inbox, in their language."""

    id: str
    at: str
    text: str
    unread: bool
    #: The id of what it is about: `about` says of which kind. Empty for an announcement, which has one of its own.
    issue_id: str
    desk: bool
    about: About = "issue"
    announcement_id: str | None = None


class InboxList(Base):
    """A page of the inbox, newest first."""

    items: list[InboxMessage]
    next_cursor: str | None
    unread: int


class ReadUntil(Input):
    """`PUT /api/v1/inbox/read`"""

    read_until: str = Field(max_length=64)
