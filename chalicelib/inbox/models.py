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
    "given_to_you", "emergency",
    "undone", "undone_submitted", "undone_acknowledged", "undone_assigned", "undone_in_progress", "undone_paused",
    "undone_resolved", "undone_reopened",
    "booking_new", "booking_asked", "booking_confirmed", "booking_moved", "booking_cancelled", "booking_called_off",
    "booking_unanswered", "booking_day", "booking_hour", "booking_offered", "booking_lapsed",
]  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """One thing that happened to an issue, as it goes through the outbox.

    `owners` and `staff` are account ids; `roles` are staff roles of the community, looked up on delivery.
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
    counts: dict[str, int] = field(default_factory=dict)
    #: A member of staff's name, sealed, and a visit's time, for the message's words.
    who: str | None = None
    visit_at: datetime | None = None
    #: A consultation instead of an issue (`issue_id` is empty then), and what it is about.
    booking_id: str | None = None
    subject: str | None = None
    #: For staff of another tone than for owners ("given to you" instead of "arranged").
    staff_event: Event | None = None


class InboxMessage(Base):
    """A message in a person's inbox, in their language."""

    id: str
    at: str
    text: str
    unread: bool
    issue_id: str
    desk: bool
    #: What is to be opened where it is about a consultation; "line" for a place in line.
    booking_id: str | None = None


class InboxList(Base):
    """A page of the inbox, newest first."""

    items: list[InboxMessage]
    next_cursor: str | None
    unread: int


class ReadUntil(Input):
    """`PUT /api/v1/inbox/read`"""

    read_until: str = Field(max_length=64)
