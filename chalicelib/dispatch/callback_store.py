"""Calls to be made, and those made, in the table. Keys: `docs/keys.md`."""

from datetime import datetime

from chalicelib.conditions import Attr, Key
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.dispatch.callback_models import Called, CallTask
from chalicelib.dispatch.policy import CALL_BACK_KEEP, CALL_BACK_LIST, CALL_BACK_SPAN
from chalicelib.errors import N_, Conflict
from chalicelib.issues.items import issue_pk
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

_FIELDS = ("by", "outcome", "resolution", "reached", "satisfied", "fixed", "wants_contact", "words")


class CalledAlready(Conflict):
    """409: this call was made already, or nobody is to be called any more."""

    code = "called_already"
    detail = N_("A colleague has made this call already, or it is not needed any more.")


def task_key(community_id: str, due: datetime, issue_id: str) -> K:
    """A call to be made; they sort by when they are due."""
    return K(f"COMMUNITY#{community_id}", f"CALLBACK#{rfc3339(due)}#{issue_id}")


def put_task(task: CallTask) -> Op:
    """The write of a call to be made."""
    key = task_key(task.community_id, task.due, task.issue_id)
    fields = task.model_dump(include={"issue_id", "resolution", "policy", "tries"})
    return Put({"PK": key.pk, "SK": key.sk, **fields}, replace=True)


def drop_task(task: CallTask) -> Op:
    """The removal of a call that nobody needs any more."""
    return Delete(task_key(task.community_id, task.due, task.issue_id))


def take_task(task: CallTask) -> Op:
    """The removal of a call that was made: only one makes it. Fails with CalledAlready."""
    key = task_key(task.community_id, task.due, task.issue_id)
    return Delete(key, condition=Attr("PK").exists(), error=CalledAlready())


def _task(item: Item) -> CallTask:
    return made(
        CallTask,
        community_id=item["PK"].removeprefix("COMMUNITY#"),
        due=moment(item["SK"].split("#")[1]),
        **{name: item[name] for name in ("issue_id", "resolution", "policy", "tries")},
    )


def task(db: Db, community_id: str, due: datetime, issue_id: str) -> CallTask | None:
    """One call to be made."""
    item = db.get(task_key(community_id, due, issue_id))
    return _task(item) if item else None


def tasks(db: Db, community_id: str) -> list[CallTask]:
    """Calls to be made, the soonest first: one query."""
    key = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("CALLBACK#")
    return [_task(item) for item in db.query(key, limit=CALL_BACK_LIST).items]


def done(db: Db, community_id: str, now: datetime) -> int:
    """How many were called in the last 30 days: one query, of as many small rows."""
    since = f"CALLED#{rfc3339(now - CALL_BACK_SPAN)}"
    key = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").between(since, "CALLED#~")
    return len(db.query_all(key))


def add_called(task_: CallTask, called: Called, *, last: bool) -> list[Op]:
    """The writes of a call: with its issue for ever, and for the share of the last 30 days when it was the last."""
    row: Item = {
        "PK": issue_pk(task_.issue_id),
        "SK": f"C#{called.id}",
        "at": rfc3339(called.at),
        "due": rfc3339(called.due),
        **{name: getattr(called, name) for name in _FIELDS},
    }
    ops: list[Op] = [Put(row)]
    if last:
        key = K(f"COMMUNITY#{task_.community_id}", f"CALLED#{rfc3339(called.at)}#{task_.issue_id}")
        expires = int((called.at + CALL_BACK_KEEP).timestamp())
        ops.append(Put({"PK": key.pk, "SK": key.sk, "expires_at": expires}))
    return ops


def called_from(item: Item) -> Called:
    """A call from the table."""
    fields = {name: item.get(name) for name in _FIELDS}
    return made(
        Called, id=item["SK"].removeprefix("C#"), at=moment(item["at"]), due=moment(item["due"]), **fields
    )
