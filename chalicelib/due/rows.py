"""Rows of what is due: by day and shard, in time order. Keys: `docs/keys.md`.

An open issue has one, for its next moment; a community has one while its open issues are to be looked through because
its service levels have changed.
"""

import hashlib
from datetime import UTC, datetime

from chalicelib.conditions import Key
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.times import rfc3339

SHARDS = 4


def due_pk(day: str, subject: str) -> str:
    """The partition of what is due on a day (UTC), spread over shards."""
    return f"DUE#{day}#{int(hashlib.sha256(subject.encode()).hexdigest(), 16) % SHARDS}"


def key_at(subject: str, at: datetime) -> K:
    """The row of an issue, or of a community's job, at a moment."""
    return K(due_pk(f"{at.astimezone(UTC):%Y-%m-%d}", subject), f"{rfc3339(at)}#{subject}")


def put(issue_id: str, at: datetime) -> Op:
    """The write of an issue's next moment; twice is once."""
    key = key_at(issue_id, at)
    return Put({"PK": key.pk, "SK": key.sk, "issue_id": issue_id}, replace=True)


def delete(issue_id: str, at: datetime) -> Op:
    """The write that takes an issue's moment away; nothing happens when it is gone."""
    return Delete(key_at(issue_id, at))


def put_job(community_id: str, at: datetime) -> Op:
    """The write of a community's open issues' looking-through, from the first one on."""
    key = key_at(f"LEVELS#{community_id}", at)
    return Put({"PK": key.pk, "SK": key.sk, "community_id": community_id}, replace=True)


def until(db: Db, pk: str, now: datetime, limit: int) -> list[Item]:
    """The first of a partition's rows that are due."""
    return db.query(Key("PK").eq(pk) & Key("SK").lte(f"{rfc3339(now)}~"), limit=limit).items
