"""SOPs of a community in the table: versions for each category, remembered for a minute. Keys: `docs/keys.md`."""

import time
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Db
from chalicelib.managing import store as versions
from chalicelib.managing.models import Version
from chalicelib.managing.rules import in_force
from chalicelib.sops.models import Sop
from chalicelib.sops.policy import built_in
from chalicelib.times import BEGINNING

Book = dict[str, list[Version[Sop]]]
_KEEP_S = 60.0
#: (table, community) → (when read, its versions): none holds within two minutes of being made, so a minute's
#: age is always right for what has begun by now.
_kept: dict[tuple[Db, str], tuple[float, Book]] = {}


def what(category_id: str) -> str:
    """How the keys of a category's SOP begin."""
    return f"SOP#{category_id}"


def book(db: Db, community_id: str) -> Book:
    """All versions that a community's managers have made, by category: at most a minute old, else one query."""
    key = (db, community_id)
    read_at, found = _kept.get(key, (0.0, None))
    if found is None or time.monotonic() - read_at > _KEEP_S:
        found = read(db, community_id)
        _kept[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read anew from now on: for whoever saved something, and for tests."""
    _kept.clear()


def read(db: Db, community_id: str) -> Book:
    """All versions by category as they are now, oldest first: what managers look at. One query."""
    found: Book = {}
    for item in db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("SOP#")):
        category_id = item["SK"].split("#")[1]
        found.setdefault(category_id, []).append(versions.from_item(item, Sop))
    return found


def default(category_id: str) -> Version[Sop]:
    """The built-in one, which holds until a community has its own."""
    return Version(0, BEGINNING, BEGINNING, "", built_in(category_id))


def holding(db: Db, community_id: str, category_id: str, at: datetime) -> Version[Sop]:
    """The SOP that holds for what begins at a moment; an issue keeps the one that held when it was reported."""
    return in_force(book(db, community_id).get(category_id, []), at) or default(category_id)


def newest(db: Db, community_id: str, category_id: str, limit: int) -> list[Version[Sop]]:
    """The newest versions as they are now, newest first, the built-in one at the end: one round trip."""
    return [*versions.newest(db, community_id, what(category_id), Sop, limit), default(category_id)]
