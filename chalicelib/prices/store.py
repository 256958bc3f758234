"""Price commitments in the table. Keys: `docs/keys.md`."""

from typing import Any

from chalicelib.conditions import Attr, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.errors import VersionConflict
from chalicelib.prices.models import Commitment
from chalicelib.times import rfc3339

_NAMES = ("offered_name", "signed_name")
#: Of one home, and of a community at the desk, the newest.
_AT_ONCE = 100


def commitment_key(commitment_id: str) -> K:
    """A commitment."""
    return K(f"COMMITMENT#{commitment_id}", "META")


def pointer_key(community_id: str, unit_id: str, commitment_id: str) -> K:
    """A commitment among its community's and home's."""
    return K(f"COMMUNITY#{community_id}", f"COMMITMENT#{unit_id}#{commitment_id}")


def to_item(one: Commitment, keys: Keyring) -> Item:
    """A commitment as kept, names sealed."""
    key = commitment_key(one.id)
    fields: dict[str, Any] = one.model_dump(mode="json", exclude={*_NAMES, "offered_at", "signed_at"})
    names = {name: keys.seal(getattr(one, name), f"{key.pk}|name") for name in _NAMES if getattr(one, name)}
    times = {
        "offered_at": rfc3339(one.offered_at),
        "signed_at": rfc3339(one.signed_at) if one.signed_at else None,
    }
    return {"PK": key.pk, "SK": key.sk, **fields, **names, **times}


def from_item(item: Item, keys: Keyring) -> Commitment:
    """A commitment from the table."""
    names = {name: keys.open(item[name], f"{item['PK']}|name") for name in _NAMES if item.get(name)}
    return Commitment.model_validate({**item, **names})


def add(one: Commitment, keys: Keyring) -> list[Op]:
    """The writes of a new commitment, and of its place in its home's list."""
    key = pointer_key(one.community_id, one.unit_id, one.id)
    row = {"PK": key.pk, "SK": key.sk, "commitment_id": one.id}
    return [Put(to_item(one, keys)), Put(row)]


def change(before: Commitment, after: Commitment, keys: Keyring) -> Op:
    """The write of a changed commitment; it fails with VersionConflict."""
    seen = Attr("version").eq(before.version)
    return Put(to_item(after, keys), condition=seen, error=VersionConflict())


def get(db: Db, keys: Keyring, commitment_id: str) -> Commitment | None:
    """One commitment."""
    item = db.get(commitment_key(commitment_id))
    return from_item(item, keys) if item else None


def listed(db: Db, keys: Keyring, community_id: str, unit_id: str | None = None) -> list[Commitment]:
    """Those of a home, or of a whole community, the newest first: two round trips, one where there are none."""
    prefix = f"COMMITMENT#{unit_id}#" if unit_id else "COMMITMENT#"
    rows = Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with(prefix)
    found = db.query(rows, limit=_AT_ONCE, newest_first=True).items
    ids = sorted((row["commitment_id"] for row in found), reverse=True)
    items = db.batch_get([commitment_key(one) for one in ids]) if ids else []
    return [from_item(item, keys) for item in items if item]
