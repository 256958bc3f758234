"""Moments at which consultations are to be looked at again: rows by day and shard, in order of time."""

import hashlib
from datetime import date, datetime
from typing import Any

from chalicelib.consultations.models import Booking
from chalicelib.consultations.policy import REMINDERS
from chalicelib.db import Item, Op, Put
from chalicelib.times import rfc3339

PREFIX, SHARDS = "DUEB", 2
#: A day before, an hour before, in the order of `REMINDERS`.
_KINDS = ("day", "hour")


def due_pk(day: date, shard: int) -> str:
    """One of the partitions of a day (UTC)."""
    return f"{PREFIX}#{day}#{shard}"


def add(at: datetime, kind: str, object_id: str, **fields: Any) -> Op:
    """The write of a moment; the same one again changes nothing."""
    shard = int(hashlib.sha256(object_id.encode()).hexdigest(), 16) % SHARDS
    item: Item = {"PK": due_pk(at.date(), shard), "SK": f"{rfc3339(at)}#{kind}#{object_id}", "kind": kind}
    return Put({**item, "at": rfc3339(at), **fields}, replace=True)


def of_booking(before: Booking | None, after: Booking, now: datetime) -> list[Op]:
    """The moments of a booking that are new with a change: reminders, or its start while nobody has said yes."""
    same = before is not None and (before.status, before.starts_at) == (after.status, after.starts_at)
    if same or not after.alive:
        return []
    if after.status == "requested":
        return [add(after.starts_at, "start", after.id, booking_id=after.id)]
    moments = [(after.starts_at - ahead, kind) for ahead, kind in zip(REMINDERS, _KINDS, strict=True)]
    return [add(at, kind, after.id, booking_id=after.id) for at, kind in moments if at > now]
