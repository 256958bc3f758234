"""Whom a change of a booking concerns, and what they are told."""

from datetime import datetime
from typing import Any

from chalicelib.consultations.models import Booking, Waiting
from chalicelib.crypto import Keyring
from chalicelib.inbox.models import Event, Notice


def to_owner(booking: Booking, event: Event, keys: Keyring) -> Notice:
    """Something that the owner is told of."""
    return _notice(booking, event, keys, booking.consultant_name, owners=(booking.owner_id,))


def to_designer(booking: Booking, event: Event, keys: Keyring) -> Notice:
    """Something that the designer is told of."""
    return _notice(booking, event, keys, "", staff=(booking.consultant_id,))


def _notice(booking: Booking, event: Event, keys: Keyring, who: str, **fields: Any) -> Notice:
    return Notice(
        event=event,
        issue_id=booking.id,
        number="",
        category_id="",
        community_id=booking.community_id,
        about="booking",
        subject=booking.service.name,
        who=keys.seal(who, "inbox|name") if who else None,
        visit_at=booking.starts_at,
        **fields,
    )


def to_waiting(one: Waiting, event: Event, at: datetime, keys: Keyring) -> Notice:
    """Something that somebody in line is told of."""
    return Notice(
        event=event,
        issue_id=one.id,
        number="",
        category_id="",
        community_id=one.community_id,
        about="line",
        subject=one.service_name,
        who=keys.seal(one.consultant_name, "inbox|name"),
        visit_at=at,
        owners=(one.account_id,),
    )
