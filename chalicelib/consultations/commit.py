"""Storing a change of a booking: the new state, its place in lists, the time that it takes or frees, its history,
notices, reminders, audit row and idempotency key in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.audit import store as audit
from chalicelib.consultations import due_store, store
from chalicelib.consultations.diary import Diary
from chalicelib.consultations.models import Booking
from chalicelib.db import Op, Put
from chalicelib.errors import N_, ChangedMeanwhile, Conflict, PortalError, Unavailable
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.once import Once
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

#: Whoever else books the same designer's day makes one read and judge anew.
_TRIES = 16


class SlotTaken(Conflict):
    """409: somebody was quicker."""

    code = "slot_taken"
    title = N_("This time is taken")
    detail = N_("Somebody was quicker. Please choose another time.")


@dataclass(frozen=True)
class Step:
    """What is to be stored together. `actor_id` is empty for the clock."""

    before: Booking | None
    after: Booking
    kind: str
    actor_id: str
    role: str
    text: str = ""
    notices: list[Notice] = field(default_factory=list)
    diary: Diary | None = None
    extra: list[Op] = field(default_factory=list)


def attempt(portal: Portal, once: Once | None, work: Callable[[], Booking]) -> Booking:
    """Do `work`, which reads, judges and writes; what changed in between is read and judged anew. A key that was
    used before, or is used at this very moment, gives that answer again."""
    if once and (kept := once.find(portal.db)):
        return replay(portal, kept)
    try:
        done: Booking = until_settled(portal, work)
        return done
    except PortalError:
        kept = once.find(portal.db) if once else None
        if kept is None:
            raise
    return replay(portal, kept)


def until_settled(portal: Portal, work: Callable[[], Any]) -> Any:
    """Do `work` again as long as something changes meanwhile; raises Unavailable when that does not end."""
    for number in range(_TRIES):
        try:
            return work()
        except ChangedMeanwhile:
            portal.db.pause(number)
    raise Unavailable


def commit(portal: Portal, step: Step, once: Once | None, now: datetime) -> Booking:
    """Store the step; gives back the booking as it is then. Raises the error of what stood in the way."""
    after = step.after
    ops: list[Op] = [once.put(_snapshot(after), now)] if once else []
    ops += store.put_booking(step.before, after, portal.keys)
    ops.append(_entry(step, now))
    ops += due_store.of_booking(step.before, after, now)
    ops += [outbox.add(notice, now) for notice in step.notices]
    if step.role == "staff":
        act = audit.Act(after.community_id, step.actor_id, "booking", after.id, step.kind)
        ops.append(audit.add(act, now))
    ops += step.diary.ops(now) if step.diary else []
    portal.db.write(*ops, *step.extra)
    return after


def _entry(step: Step, now: datetime) -> Op:
    row = {
        "at": rfc3339(now),
        "kind": step.kind,
        "actor_id": step.actor_id,
        "role": step.role,
        "text": step.text,
    }
    starts_at = rfc3339(step.after.starts_at)
    return Put({"PK": f"BOOKING#{step.after.id}", "SK": f"T#{new_id(now)}", **row, "starts_at": starts_at})


# Not kept with a key: personal or long, and unchanged since the booking was made.
_LEFT_OUT = {"owner_name", "consultant_name", "topic"}


def _snapshot(booking: Booking) -> dict[str, Any]:
    return booking.model_dump(mode="json", exclude=_LEFT_OUT)


def replay(portal: Portal, kept: dict[str, Any]) -> Booking:
    """The booking as it stood when a key was used."""
    now = store.get(portal.db, portal.keys, kept["id"])
    assert now is not None, "bookings are never removed"
    return Booking.model_validate({**kept, **{name: getattr(now, name) for name in _LEFT_OUT}})
