"""Storing a change of a complaint: its state, timeline, notice, audit row and idempotency key in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.audit import store as audit
from chalicelib.complaints import store
from chalicelib.complaints.models import Complaint, ComplaintFile, Row
from chalicelib.db import Op
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.issues.models import Actor
from chalicelib.once import Once, settled
from chalicelib.portal import Portal

Filed = tuple[ComplaintFile, datetime]
#: Words and people are not kept with a key: they don't change once they are there, and the file has them.
_WORDS = ("findings", "opinion", "decision", "reply", "result")
_LEFT_OUT = {"person", "handler", "content", *_WORDS}


@dataclass(frozen=True)
class Change:
    """What is to be stored together. `after` has the state once it is done."""

    before: ComplaintFile
    after: Complaint
    rows: list[Row]
    notices: list[Notice] = field(default_factory=list)
    act: audit.Act | None = None
    extra: list[Op] = field(default_factory=list)


def row(now: datetime, kind: Any, actor: Actor, **fields: Any) -> Row:
    """A new row for the timeline."""
    return Row(id=new_id(now), at=now, kind=kind, actor=actor, **fields)


def attempt(portal: Portal, once: Once | None, work: Callable[[], ComplaintFile], now: datetime) -> Filed:
    """Do `work` until it is settled, or give a key's former answer again; see `once.settled`."""
    return settled(portal.db, once, work, partial(replay, portal), now)


def commit(portal: Portal, change: Change, now: datetime, once: Once | None = None) -> ComplaintFile:
    """Store the change; gives back the file as it is then. Raises the error of what stood in the way."""
    before, after = change.before.complaint, change.after
    rows = [*change.before.timeline, *change.rows]
    done = change.before.model_copy(update={"complaint": after, "timeline": rows})
    ops: list[Op] = [once.put(snapshot(done, now), now)] if once else []
    ops += store.change(before, after, portal.keys) if after is not before else [store.unmoved(before)]
    ops += [store.add_row(after.id, one, portal.keys) for one in change.rows]
    ops += [outbox.add(notice, now) for notice in change.notices]
    ops += [audit.add(change.act, now)] if change.act else []
    portal.db.write(*ops, *change.extra)
    return done


def snapshot(file: ComplaintFile, now: datetime) -> dict[str, Any]:
    """What an idempotency key keeps, bounded in size: where the file stood."""
    complaint = file.complaint
    return {
        "complaint": complaint.model_dump(mode="json", exclude=_LEFT_OUT),
        "words": [name for name in _WORDS if getattr(complaint, name) is not None],
        "handler_id": complaint.handler.id if complaint.handler else None,
        "last": file.timeline[-1].id,
        "at": now.isoformat(),
    }


def replay(portal: Portal, kept: dict[str, Any]) -> Filed:
    """The file as it stood when a key was used, and that moment."""
    file = store.load(portal.db, portal.keys, kept["complaint"]["id"])
    assert file is not None, "complaints are never removed"
    now = file.complaint
    timeline = [one for one in file.timeline if one.id <= kept["last"]]
    held = [one.handler for one in reversed(timeline) if one.handler]
    then = {
        **kept["complaint"],
        **{name: getattr(now, name) for name in ("person", "content", *kept["words"])},
        "handler": next((one for one in held if one.id == kept["handler_id"]), None),
    }
    complaint = Complaint.model_validate(then)
    found = file.model_copy(update={"complaint": complaint, "timeline": timeline})
    return found, datetime.fromisoformat(kept["at"])
