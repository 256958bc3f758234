"""Outages in the table, with their community: those that run, and those that people still have messages of. Keys:
`docs/keys.md`."""

from datetime import datetime
from typing import Any

from chalicelib.conditions import Attr, Condition, Key
from chalicelib.db import Db, Delete, Item, K, Op, Put, Update
from chalicelib.dispatch.outage_models import Outage, PastOutage
from chalicelib.errors import ChangedMeanwhile, Conflict, VersionConflict
from chalicelib.inbox.outbox import KEEP
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

_PLAIN = ("number", "category_id", "homes", "text", "version")
_PAST = ("ended", "note", "into")


def outage_key(community_id: str, issue_id: str) -> K:
    """A running outage, by its master issue."""
    return K(f"COMMUNITY#{community_id}", f"OUTAGE#{issue_id}")


def past_key(community_id: str, issue_id: str) -> K:
    """One that has ended."""
    return K(f"COMMUNITY#{community_id}", f"OUTAGEPAST#{issue_id}")


def _item(key: K, outage: Outage) -> Item:
    return {
        "PK": key.pk,
        "SK": key.sk,
        **{name: getattr(outage, name) for name in _PLAIN},
        "since": rfc3339(outage.since),
        "until": rfc3339(outage.until) if outage.until else None,
    }


def _seen(before: Outage | None) -> Condition:
    return Attr("version").eq(before.version) if before else Attr("PK").not_exists()


def put(outage: Outage, before: Outage | None = None, error: Conflict | None = None) -> Op:
    """The write of an outage: a new one, or a changed one unless somebody changed it meanwhile (then `error`, or
    VersionConflict)."""
    item = _item(outage_key(outage.community_id, outage.issue_id), outage)
    return Put(item, condition=_seen(before), error=error or VersionConflict())


def end(before: Outage, past: PastOutage, error: Conflict | None = None) -> list[Op]:
    """The writes that end an outage, unless it was changed or ended meanwhile, and keep it for as long as its
    messages."""
    key = outage_key(before.community_id, before.issue_id)
    item = {
        **_item(past_key(past.community_id, past.issue_id), past),
        **{name: getattr(past, name) for name in _PAST},
        "ended_at": rfc3339(past.ended_at),
        "expires_at": int((past.ended_at + KEEP).timestamp()),
    }
    gone = Delete(key, condition=_seen(before), error=error or VersionConflict())
    return [gone, Put(item, replace=True)]


def again(past: PastOutage, outage: Outage) -> list[Op]:
    """The writes that have an outage run again whose end was taken back."""
    there = Attr("PK").exists()
    gone = Delete(past_key(past.community_id, past.issue_id), condition=there, error=ChangedMeanwhile())
    return [gone, put(outage, None, ChangedMeanwhile())]


def _fields(item: Item) -> dict[str, Any]:
    return {
        "issue_id": item["SK"].partition("#")[2],
        "community_id": item["PK"].removeprefix("COMMUNITY#"),
        **{name: item[name] for name in _PLAIN},
        "since": moment(item["since"]),
        "until": moment(item["until"]) if item.get("until") else None,
    }


def _outage(item: Item) -> Outage:
    return made(Outage, **_fields(item))


def _past(item: Item, now: datetime) -> PastOutage | None:
    if item["expires_at"] <= now.timestamp():
        return None
    more = {name: item[name] for name in _PAST}
    return made(PastOutage, **_fields(item), **more, ended_at=moment(item["ended_at"]))


def get(db: Db, community_id: str, issue_id: str) -> Outage | None:
    """One outage, if it runs."""
    item = db.get(outage_key(community_id, issue_id))
    return _outage(item) if item else None


def past(db: Db, community_id: str, issue_id: str, now: datetime) -> PastOutage | None:
    """One outage, if it has ended."""
    item = db.get(past_key(community_id, issue_id))
    return _past(item, now) if item else None


def find(db: Db, community_ids: list[str], issue_id: str, now: datetime) -> Outage | PastOutage | None:
    """One outage of some communities, whether it runs or has ended: one round trip."""
    running = [outage_key(one, issue_id) for one in community_ids]
    ended = [past_key(one, issue_id) for one in community_ids]
    rows = db.batch_get(running + ended) if running else []
    for row in filter(None, rows[: len(running)]):
        return _outage(row)
    return next((_past(row, now) for row in filter(None, rows[len(running) :])), None)


def running(db: Db, community_id: str) -> list[Outage]:
    """A community's running outages, the newest first: a few, one query."""
    key = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("OUTAGE#")
    return [_outage(item) for item in db.query_all(key, newest_first=True)]


def of_kind(db: Db, community_id: str, category_id: str) -> list[Outage]:
    """Those of one kind."""
    return [one for one in running(db, community_id) if one.category_id == category_id]


def gate(db: Db, community_id: str, category_id: str) -> Op:
    """To be asked for before the running ones are read: the write that holds unless another outage of this kind began
    since; then ChangedMeanwhile."""
    key = K(f"COMMUNITY#{community_id}", f"OUTAGEKIND#{category_id}")
    row = db.get(key)
    seen = Attr("rev").eq(row["rev"]) if row else Attr("PK").not_exists()
    return Update(key, adds={"rev": 1}, condition=seen, error=ChangedMeanwhile())
