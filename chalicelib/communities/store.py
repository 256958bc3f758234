"""Communities in the table: one partition each, with its homes and its staff. Keys: `docs/keys.md`."""

import time

from chalicelib.communities.models import Community, StaffMember, Unit
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.errors import NotFound, VersionConflict
from chalicelib.kept import made

_KEEP_S = 60.0
#: (table, community) → (when read, community): names and zones change rarely, so a minute's age is fine.
_kept: dict[tuple[Db, str], tuple[float, Community]] = {}


def community_key(community_id: str) -> K:
    """The community itself."""
    return K(f"COMMUNITY#{community_id}", "META")


def unit_key(community_id: str, unit_id: str) -> K:
    """One home."""
    return K(f"COMMUNITY#{community_id}", f"UNIT#{unit_id}")


def staff_key(community_id: str, account_id: str) -> K:
    """One member of staff."""
    return K(f"COMMUNITY#{community_id}", f"STAFF#{account_id}")


def get(db: Db, community_id: str) -> Community:
    """One community, at most a minute old; raises NotFound."""
    key = (db, community_id)  # itself, as another table may later have this one's place in memory
    read_at, community = _kept.get(key, (0.0, None))
    if community is None or time.monotonic() - read_at > _KEEP_S:
        item = db.get(community_key(community_id))
        if item is None:
            raise NotFound
        community = from_item(item)
        _kept[key] = (time.monotonic(), community)
    return community


def from_item(item: Item) -> Community:
    """A community from the table."""
    return Community.model_construct(
        id=item["PK"].removeprefix("COMMUNITY#"),
        name=item["name"],
        zone_name=item["zone"],
        buildings=tuple(item["buildings"]),
    )


def put_community(community: Community, before: Community | None) -> Op:
    """The write of a community, unless another import wrote it since it was read; fails with VersionConflict."""
    key = community_key(community.id)
    item = {
        "PK": key.pk,
        "SK": key.sk,
        "name": community.name,
        "zone": community.zone_name,
        "buildings": list(community.buildings),
    }
    unchanged: Condition = Attr("PK").not_exists()
    if before is not None:
        unchanged = Attr("name").eq(before.name) & Attr("buildings").eq(list(before.buildings))
    return Put(item, condition=unchanged, error=VersionConflict())


def put_unit(unit: Unit) -> Op:
    """The write of a home, new or changed."""
    key = unit_key(unit.community_id, unit.id)
    item = {"PK": key.pk, "SK": key.sk, "id": unit.id, "building": unit.building, "label": unit.label}
    return Put(item, replace=True)


def put_staff(community_id: str, member: StaffMember, keys: Keyring) -> Op:
    """The write of a member of staff, new or changed."""
    key = staff_key(community_id, member.id)
    name = keys.seal(member.name, f"{key.pk}|{key.sk}|name")
    return Put(
        {"PK": key.pk, "SK": key.sk, "id": member.id, "name": name, "roles": member.roles}, replace=True
    )


def member_from(item: Item, keys: Keyring) -> StaffMember:
    """A member of staff from the table."""
    name = keys.open(item["name"], f"{item['PK']}|{item['SK']}|name")
    return made(StaffMember, id=item["id"], name=name, roles=item["roles"])


def staff_member(db: Db, keys: Keyring, community_id: str, account_id: str) -> StaffMember | None:
    """One member of a community's staff, or None."""
    item = db.get(staff_key(community_id, account_id))
    return member_from(item, keys) if item else None


def staff(db: Db, keys: Keyring, community_id: str) -> list[StaffMember]:
    """All of a community's staff: tens, so read whole."""
    found = db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("STAFF#"))
    return [member_from(item, keys) for item in found]


def buildings_of(db: Db, community_id: str, unit_ids: list[str]) -> dict[str, str]:
    """The building of each of these homes that is there: one round trip for a hundred."""
    keys = [unit_key(community_id, one) for one in unit_ids]
    return {item["id"]: item["building"] for item in db.batch_get(keys) if item} if keys else {}


def units(db: Db, community_id: str) -> list[Unit]:
    """All of a community's homes, for imports."""
    found = db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("UNIT#"))
    return [
        Unit(id=i["id"], community_id=community_id, building=i["building"], label=i["label"]) for i in found
    ]
