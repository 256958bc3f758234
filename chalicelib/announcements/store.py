"""Announcements in the table. Keys: `docs/keys.md`."""

import hashlib
from datetime import datetime

from chalicelib.announcements.models import Announcement
from chalicelib.conditions import Attr, Key
from chalicelib.db import Check, Db, Delete, Item, K, Op, Page, Put, Update
from chalicelib.errors import ChangedMeanwhile, Conflict
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

#: A counter in parts, so that a community that reads at once does not meet at one record.
READ_SHARDS = 10
DUE = "PUBLISH#0"
_KEPT = (
    "id", "community_id", "title", "text", "audience", "values", "publish_at", "ends_at", "state", "reached", "place",
    "version",
)  # fmt: skip


class Known(Conflict):
    """This person has it already, or has it no more."""


def announcement_key(community_id: str, announcement_id: str) -> K:
    """One announcement."""
    return K(f"COMMUNITY#{community_id}", f"ANNOUNCE#{announcement_id}")


def due_key(one: Announcement) -> K:
    """When somebody must see to an announcement."""
    return K(DUE, f"{one.publish_at}#{one.community_id}#{one.id}")


def known_key(account_id: str, announcement_id: str) -> K:
    """That a person got an announcement: on their first page until it ends."""
    return K(f"ACCOUNT#{account_id}", f"KNOW#{announcement_id}")


def _read_key(announcement_id: str, shard: int) -> K:
    return K(f"ANNOUNCED#{announcement_id}", f"READ#{shard}")


def from_item(item: Item) -> Announcement:
    """An announcement from the table."""
    return made(Announcement, **{"ends_at": None, **{name: item[name] for name in _KEPT if name in item}})


def _item(one: Announcement) -> Item:
    key = announcement_key(one.community_id, one.id)
    return {"PK": key.pk, "SK": key.sk, **one.model_dump()}


def get(db: Db, community_id: str, announcement_id: str) -> Announcement | None:
    """One announcement."""
    item = db.get(announcement_key(community_id, announcement_id))
    return from_item(item) if item else None


def page(db: Db, community_id: str, limit: int, after: str | None) -> Page:
    """A page of a community's announcements, the newest first."""
    pk = f"COMMUNITY#{community_id}"
    start = {"PK": pk, "SK": f"ANNOUNCE#{after}"} if after else None
    condition = Key("PK").eq(pk) & Key("SK").begins_with("ANNOUNCE#")
    return db.query(condition, limit=limit, start=start, newest_first=True)


def add(one: Announcement) -> list[Op]:
    """The writes of a new announcement."""
    return [Put(_item(one)), enqueue(one)]


def enqueue(one: Announcement) -> Op:
    """The write that has the announcement seen to at its moment."""
    key = due_key(one)
    row = {"PK": key.pk, "SK": key.sk, "community_id": one.community_id, "announcement_id": one.id}
    return Put(row, replace=True)


def done(one: Announcement) -> Op:
    """The write that leaves an announcement be."""
    return Delete(due_key(one))


def change(before: Announcement, after: Announcement) -> Op:
    """The write that changes an announcement, unless somebody did since it was read: then ChangedMeanwhile."""
    fresh = after.model_copy(update={"version": before.version + 1})
    return Put(_item(fresh), condition=Attr("version").eq(before.version), error=ChangedMeanwhile())


def same(one: Announcement) -> Op:
    """That nobody changed an announcement since it was read, such as by taking it back; else ChangedMeanwhile."""
    key = announcement_key(one.community_id, one.id)
    return Check(key, Attr("version").eq(one.version), error=ChangedMeanwhile())


def know(account_id: str, one: Announcement, until: datetime) -> Op:
    """The write that puts an announcement on somebody's first page, once."""
    key = known_key(account_id, one.id)
    row: Item = {
        "PK": key.pk, "SK": key.sk, "announcement_id": one.id, "community_id": one.community_id, "title": one.title,
        "at": one.publish_at, "expires_at": int(until.timestamp()),
    }  # fmt: skip
    return Put(row, error=Known())


def forget(account_id: str, announcement_id: str) -> list[Op]:
    """The writes that take an announcement back from somebody who has it."""
    there = Attr("PK").exists()
    inbox = K(f"ACCOUNT#{account_id}", f"INBOX#{announcement_id}")
    return [
        Delete(known_key(account_id, announcement_id), condition=there, error=Known()),
        Update(inbox, sets={"taken_back": True}, condition=there, error=Known()),
    ]


def note_read(db: Db, account_id: str, announcement_id: str, now: datetime) -> bool:
    """Count somebody's first look at an announcement; False when it was counted, or was never theirs."""
    unread = Attr("PK").exists() & Attr("read_at").not_exists()
    mine = Update(
        known_key(account_id, announcement_id),
        sets={"read_at": rfc3339(now)},
        condition=unread,
        error=Known(),
    )
    shard = int(hashlib.sha256(account_id.encode()).hexdigest(), 16) % READ_SHARDS
    try:
        db.write(mine, Update(_read_key(announcement_id, shard), adds={"read": 1}))
    except Known:
        return False
    return True


def read_counts(db: Db, announcement_ids: list[str]) -> dict[str, int]:
    """How many people have read each: one round trip for ten announcements."""
    keys = [_read_key(one, shard) for one in announcement_ids for shard in range(READ_SHARDS)]
    found = [row["read"] if row else 0 for row in db.batch_get(keys)] if keys else []
    return {
        one: sum(found[n * READ_SHARDS : (n + 1) * READ_SHARDS]) for n, one in enumerate(announcement_ids)
    }


def is_over(one: Announcement, now: datetime) -> bool:
    """Whether an announcement has ended."""
    return one.ends_at is not None and moment(one.ends_at) <= now
