"""Shelves in the table: one record a person, one a community. Keys: `docs/keys.md`."""

from typing import Any

from chalicelib.conditions import Attr
from chalicelib.db import Db, Item, K, Put
from chalicelib.desk.own_models import Reply, SavedFilter, Shelf
from chalicelib.errors import ChangedMeanwhile


def own_key(account_id: str) -> K:
    """What a person keeps."""
    return K(f"ACCOUNT#{account_id}", "DESK")


def shared_key(community_id: str) -> K:
    """What a community's staff share."""
    return K(f"COMMUNITY#{community_id}", "REPLIES")


def from_item(item: Item | None) -> Shelf:
    """A shelf from the table; an empty one where there is none."""
    if item is None:
        return Shelf()
    return Shelf.model_construct(
        replies=[Reply.model_construct(**row) for row in item.get("replies", [])],
        filters=[SavedFilter.model_construct(**row) for row in item.get("filters", [])],
        start=item.get("start"),
        version=item["version"],
    )


def write(db: Db, key: K, before: Shelf, after: Shelf) -> None:
    """Keep a shelf, unless it was changed since it was read: then ChangedMeanwhile."""
    rows: dict[str, Any] = after.model_dump(exclude={"version"})
    item = {
        "PK": key.pk,
        "SK": key.sk,
        **{name: rows[name] or None for name in rows},
        "version": before.version + 1,
    }
    unchanged = Attr("version").eq(before.version) if before.version else Attr("PK").not_exists()
    db.write(Put(item, condition=unchanged, error=ChangedMeanwhile()))
