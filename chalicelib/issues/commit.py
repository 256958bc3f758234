"""Storing a change of an issue: the new state, its timeline, hand-offs, notice, audit row and idempotency
key in one transaction, so that nothing is announced that is not stored and nothing stored goes unannounced."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.audit import store as audit
from chalicelib.conditions import Condition
from chalicelib.db import Item, Op, Put
from chalicelib.due import plan
from chalicelib.due import rows as due_rows
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.issues import rules, spot_store, store
from chalicelib.issues.models import Actor, Entry, Handoff, Holder, Issue, IssueFile
from chalicelib.kept import changed, made
from chalicelib.once import Once, settled
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

Filed = tuple[IssueFile, datetime]


def attempt(portal: Portal, once: Once | None, work: Callable[[], IssueFile], now: datetime) -> Filed:
    """Do `work` until it is settled, or give a key's former answer again; see `once.settled`."""
    return settled(portal.db, once, work, partial(replay, portal), now)


@dataclass(frozen=True)
class Change:
    """What is to be stored together. `after` has the state once it is done."""

    before: IssueFile
    after: Issue
    entries: list[Entry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    act: audit.Act | None = None
    extra: list[Op] = field(default_factory=list)
    #: Photos that come with the change, as the timeline's readers see them.
    photos: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Who holds the issue in its new stage; None for a front desk or the owner.
    holder: Holder | None = None
    #: What must hold besides the version, in words of the issue's record.
    only_if: Condition | None = None
    #: The row of a moment that is handled by the change, by its identity.
    handled: dict[str, Item] = field(default_factory=dict)
    #: What an idempotency key keeps besides the file as it is then.
    kept: dict[str, Any] = field(default_factory=dict)
    #: Whether it may move what is promised. What does not writes its own part of the issue (`extra`).
    promises: bool = True


def entry(now: datetime, kind: Any, actor: Actor, **fields: Any) -> Entry:
    """A new row for the timeline."""
    return made(Entry, id=new_id(now), at=now, kind=kind, actor=actor, **fields)


def commit(portal: Portal, change: Change, now: datetime, once: Once | None = None) -> IssueFile:
    """Store the change, what is promised and due next by it, and how far the steps of the repair are; gives back the
    file as it is then. Raises the error of what stood in the way."""
    moved, handoffs, handoff_ops = _hand_over(portal, change, now)
    done = _filed(change, moved, handoffs)
    if change.promises:
        done = plan.planned(done, plan.terms_for(portal, moved), now)
    ops: list[Op] = [once.put(snapshot(done, now) | change.kept, now)] if once else []
    ops += _meta(portal, change, done.issue)
    ops += [Put(row, error=store.IssueMoved()) for row in change.handled.values()]
    ops += handoff_ops
    ops += [store.add_entry(moved.id, row, portal.keys) for row in change.entries]
    ops += [outbox.add(notice, now) for notice in change.notices]
    ops += [audit.add(change.act, now)] if change.act else []
    portal.db.write(*ops, *change.extra)
    return done


def _meta(portal: Portal, change: Change, after: Issue) -> list[Op]:
    """The writes of the issue itself and of what points to it; without any, a look that it is still what was read."""
    before = change.before.issue
    if after is before:
        return [store.unmoved(before)] if change.promises else []
    return [
        store.change(before, after, portal.keys, change.only_if),
        *store.waiting(before, after),
        *spot_store.moved(before, after, portal.keys),
        *due_rows.moved(before.id, before.next_moment, after.next_moment),
    ]


def _hand_over(portal: Portal, change: Change, now: datetime) -> tuple[Issue, list[Handoff], list[Op]]:
    """End the running hand-off and start the next one when the stage or the holder changes."""
    before, after = change.before.issue, change.after
    running = next((h for h in change.before.handoffs if h.id == before.handoff and h.ended_at is None), None)
    stage = rules.STAGES.get(after.status)
    holder = after.assignee if stage == "handle" else change.holder
    if running and running.stage == stage and (running.holder == holder or stage != "handle"):
        return after, change.before.handoffs, []
    handoffs, ops = list(change.before.handoffs), list[Op]()
    if running and after is not before:
        handoffs[handoffs.index(running)] = changed(running, ended_at=now)
        ops.append(store.end_handoff(before.id, running.id, now))
    if stage and after is not before:
        started = made(Handoff, id=new_id(now), stage=stage, holder=holder, started_at=now)
        handoffs.append(started)
        ops.append(store.start_handoff(before.id, started, portal.keys))
        after = changed(after, handoff=started.id)
    return after, handoffs, ops


def _filed(change: Change, after: Issue, handoffs: list[Handoff]) -> IssueFile:
    return made(
        IssueFile,
        issue=after,
        timeline=[*change.before.timeline, *change.entries],
        handoffs=handoffs,
        photos={**change.before.photos, **change.photos},
        followers=change.before.followers,
        extras=change.before.extras,
        done={**change.before.done, **change.handled},
    )


# Not kept with a key: personal or long, and unchanged since the report (the rest comes from the file).
_LEFT_OUT = {"reporter", "assignee", "description", "ratings", "outdated"}


def snapshot(file: IssueFile, now: datetime) -> dict[str, Any]:
    """What an idempotency key keeps, bounded in size: where the file stood, not its whole timeline."""
    issue = file.issue
    return {
        "issue": issue.model_dump(mode="json", exclude=_LEFT_OUT),
        "assignee_id": issue.assignee.id if issue.assignee else None,
        "at": now.isoformat(),
        "last": file.timeline[-1].id,
        "photos": {row["id"]: [row["status"], row.get("reason") or ""] for row in file.photos.values()},
        "handoff": file.handoffs[-1].id,
        "running": file.handoffs[-1].ended_at is None,
        "followers": len(file.followers),
    }


def replay(portal: Portal, kept: dict[str, Any]) -> tuple[IssueFile, datetime]:
    """The file as it stood when a key was used, and that moment."""
    file = store.load(portal.db, portal.keys, kept["issue"]["id"])
    assert file is not None, "issues are never removed"
    timeline = [row for row in file.timeline if row.id <= kept["last"]]
    held = (row.assignee for row in reversed(timeline) if row.assignee)
    assignee = next((one for one in held if one.id == kept.get("assignee_id")), None)
    left_out = {
        "reporter": file.issue.reporter,
        "description": file.issue.description,
        "assignee": assignee,
        "ratings": _ratings_then(file.issue, kept["issue"].get("rating")),
    }
    photos = {
        photo_id: {**file.photos[photo_id], "status": status, "reason": reason or None}
        for photo_id, (status, reason) in kept["photos"].items()
        if photo_id in file.photos  # one taken back for good stays away
    }
    handoffs = [row for row in file.handoffs if row.id <= kept["handoff"]]
    if kept["running"]:
        handoffs[-1] = handoffs[-1].model_copy(update={"ended_at": None})
    then = IssueFile.model_construct(
        issue=Issue.model_validate({**kept["issue"], **left_out}),
        timeline=timeline,
        handoffs=handoffs,
        photos=photos,
        followers=file.followers[: kept["followers"]],
        extras=file.extras,
        done=_done_then(file.done, rfc3339(datetime.fromisoformat(kept["at"]))),
    )
    return then, datetime.fromisoformat(kept["at"])


def _done_then(done: dict[str, Item], at: str) -> dict[str, Item]:
    """The moments that had been handled by then, and who knew of them."""
    known = {name: row for name, row in done.items() if row["at"] <= at}
    late = {name for name, row in known.items() if row.get("seen_at", at) > at}
    return {name: _unseen(row) if name in late else row for name, row in known.items()}


def _unseen(row: Item) -> Item:
    return {name: value for name, value in row.items() if name not in ("seen_by", "seen_at")}


def _ratings_then(issue: Issue, last: dict[str, Any] | None) -> list[Any]:
    """The ratings up to the one that was the last: marks stay as they are once the next repair is rated."""
    return [*(one for one in issue.ratings if one.resolution < last["resolution"]), last] if last else []
