"""Where open issues of one category at one public place are found: a pointer each, as long as they are open.

Keys: `docs/keys.md`. Pointers are written in the transactions that open and end the work, so there is no moment
at which one is missing or left over.
"""

from chalicelib.conditions import Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Delete, K, Op, Put
from chalicelib.issues.models import Issue
from chalicelib.issues.rules import is_shared
from chalicelib.places.rules import normalised


def spot(
    keys: Keyring, community_id: str, category_id: str, place_id: str | None, location: str | None
) -> str | None:
    """The partition of what is open there; None where nobody could tell which place is meant.

    What people write in words is hashed: it may be anything, and keys stand in logs and metrics.
    """
    words = normalised(location or "")
    where = place_id or (words and f"={keys.hash('spot', words)[:32]}")
    return f"SPOT#{community_id}#{category_id}#{where}" if where else None


def moved(before: Issue | None, after: Issue, keys: Keyring) -> list[Op]:
    """The write that lets neighbours find an issue, or no longer; none where nothing changes."""
    was, is_now = before is not None and is_shared(before), is_shared(after)
    pk = spot(keys, after.community_id, after.category_id, after.place_id, after.location)
    if was == is_now or pk is None:
        return []
    if is_now:
        return [Put({"PK": pk, "SK": after.id, "issue_id": after.id}, replace=True)]
    return [Delete(K(pk, after.id))]


def newest(db: Db, pk: str, limit: int) -> list[str]:
    """Ids of the issues that are open there, the newest first: one query."""
    found = db.query(Key("PK").eq(pk), limit=limit, newest_first=True)
    return [item["issue_id"] for item in found.items]
