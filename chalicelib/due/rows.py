"""Rows of what is due: by day and shard, in time order. Keys: `docs/keys.md`.

An open issue has one, for its next moment; a community has one while its open issues are to be looked through
because its service levels have changed. Referrals have theirs for as long as something is to come of them
(`referrals/store.py`), vouchers one to remind of their end (`rewards/reminding.py`)."""

import hashlib
from datetime import UTC, datetime

from chalicelib.db import Delete, K, Op, Put
from chalicelib.times import rfc3339

PREFIX = "DUE"
SHARDS = 4


def due_pk(day: str, subject: str) -> str:
    """The partition of what is due on a day (UTC), spread over shards."""
    return f"{PREFIX}#{day}#{int(hashlib.sha256(subject.encode()).hexdigest(), 16) % SHARDS}"


def key_at(subject: str, at: datetime) -> K:
    """The row of an issue, or of a community's job, at a moment."""
    return K(due_pk(f"{at.astimezone(UTC):%Y-%m-%d}", subject), f"{rfc3339(at)}#{subject}")


def put(issue_id: str, at: datetime) -> Op:
    """The write of an issue's next moment; twice is once."""
    key = key_at(issue_id, at)
    return Put({"PK": key.pk, "SK": key.sk, "issue_id": issue_id}, replace=True)


def moved(issue_id: str, before: datetime | None, after: datetime | None) -> list[Op]:
    """The writes that put an issue's next moment in the place of the one before; none when it is the same."""
    if before == after:
        return []
    gone: list[Op] = [Delete(key_at(issue_id, before))] if before else []
    return [*gone, put(issue_id, after)] if after else gone


def put_job(community_id: str, at: datetime) -> Op:
    """The write of a community's open issues' looking-through, from the first one on."""
    key = key_at(f"LEVELS#{community_id}", at)
    return Put({"PK": key.pk, "SK": key.sk, "community_id": community_id}, replace=True)
