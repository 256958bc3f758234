"""Previews in the table: a partition for each community, with the photos' rows beside them. Keys: `docs/keys.md`."""

from chalicelib.conditions import Attr
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.errors import NotFound
from chalicelib.previews.models import Preview
from chalicelib.times import moment, rfc3339


def previews_pk(community_id: str) -> str:
    """The partition of a community's previews."""
    return f"PREVIEWS#{community_id}"


def preview_key(community_id: str, preview_id: str) -> K:
    """A preview."""
    return K(previews_pk(community_id), f"PREVIEW#{preview_id}")


def add(community_id: str, one: Preview) -> Op:
    """The write of a new preview."""
    key = preview_key(community_id, one.id)
    return Put({"PK": key.pk, "SK": key.sk, **one.model_dump(exclude={"at"}), "at": rfc3339(one.at)})


def remove(community_id: str, preview_id: str) -> Op:
    """The write that takes a preview away; it fails with NotFound where it is gone."""
    return Delete(preview_key(community_id, preview_id), condition=Attr("PK").exists(), error=NotFound())


def listed(db: Db, community_id: str) -> list[tuple[Preview, Item | None]]:
    """A community's previews, the newest first, each with its photo's row: one round trip."""
    rows = db.query_all(previews_pk(community_id))
    photos = {row["id"]: row for row in rows if row["SK"].startswith("PHOTO#")}
    found = [
        Preview.model_validate({**row, "at": moment(row["at"])})
        for row in rows
        if row["SK"].startswith("PREVIEW#")
    ]
    return [(one, photos.get(one.photo_id)) for one in reversed(found)]
