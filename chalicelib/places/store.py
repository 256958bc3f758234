"""Public places in the table: with their community, found by their code, and one of a name. Keys: `docs/keys.md`."""

from chalicelib.conditions import Attr, Key
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.errors import N_, Conflict, VersionConflict
from chalicelib.places.models import Place
from chalicelib.places.rules import normalised


class NameTaken(Conflict):
    """409: another place of the community has this name."""

    code = "name_taken"
    detail = N_("There is a place of this name already. Give this one another name.")


def place_key(community_id: str, place_id: str) -> K:
    """The place itself."""
    return K(f"COMMUNITY#{community_id}", f"PLACE#{place_id}")


def pointer_key(place_id: str) -> K:
    """Which community a code is of."""
    return K(f"PLACE#{place_id}", "COMMUNITY")


def name_key(community_id: str, name: str) -> K:
    """Who has a name; only places in use hold theirs."""
    return K(f"COMMUNITY#{community_id}", f"PLACENAME#{normalised(name)}")


def _item(place: Place) -> Item:
    key = place_key(place.community_id, place.id)
    fields = place.model_dump(include={"id", "name", "building", "retired", "version"})
    return {"PK": key.pk, "SK": key.sk, **fields}


def _place(item: Item) -> Place:
    community_id = item["PK"].removeprefix("COMMUNITY#")
    fields = {name: item[name] for name in ("id", "name", "building", "retired", "version")}
    return Place.model_construct(community_id=community_id, **fields)


def _hold_name(place: Place) -> Op:
    key = name_key(place.community_id, place.name)
    return Put({"PK": key.pk, "SK": key.sk, "place_id": place.id}, error=NameTaken())


def add(place: Place) -> list[Op]:
    """Writes of a new place; they fail with NameTaken when the name is in use."""
    pointer = pointer_key(place.id)
    return [
        _hold_name(place),
        Put(_item(place)),
        Put({"PK": pointer.pk, "SK": pointer.sk, "community_id": place.community_id}),
    ]


def change(before: Place, after: Place) -> list[Op]:
    """Writes of a changed place, on condition of its version; they fail with VersionConflict or NameTaken."""
    seen = Attr("version").eq(before.version)
    ops: list[Op] = [Put(_item(after), condition=seen, error=VersionConflict())]
    held = None if before.retired else name_key(before.community_id, before.name)
    wanted = None if after.retired else name_key(after.community_id, after.name)
    if held == wanted:
        return ops
    ops += [Delete(held)] if held else []
    return ops + ([_hold_name(after)] if wanted else [])


def get(db: Db, community_id: str, place_id: str) -> Place | None:
    """One place of a community, in use or retired."""
    item = db.get(place_key(community_id, place_id))
    return _place(item) if item else None


def find(db: Db, place_id: str) -> Place | None:
    """A place by its code alone: two round trips."""
    pointer = db.get(pointer_key(place_id))
    return get(db, pointer["community_id"], place_id) if pointer else None


def id_of_name(db: Db, community_id: str, name: str) -> str | None:
    """The id of the place in use that has this name."""
    item = db.get(name_key(community_id, name)) if normalised(name) else None
    return str(item["place_id"]) if item else None


def all_of(db: Db, community_id: str) -> list[Place]:
    """All of a community's places, retired ones too: tens to hundreds, so read whole."""
    rows = db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("PLACE#"))
    return [_place(row) for row in rows]
