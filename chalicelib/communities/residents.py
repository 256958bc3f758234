"""Who lives where: a pointer for each home of each person, so that a building's people can be told.

Keys: `docs/keys.md`.
"""

from chalicelib.accounts.models import UnitRef
from chalicelib.conditions import Key
from chalicelib.db import Db, Delete, Item, K, Op, Page, Put


def resident_key(unit: UnitRef, account_id: str) -> K:
    """That a person has a home; they sort by building."""
    return K(f"COMMUNITY#{unit.community_id}", f"LIVES#{unit.building}#{unit.id}#{account_id}")


def row(unit: UnitRef, account_id: str) -> Item:
    """The pointer as kept."""
    key = resident_key(unit, account_id)
    return {"PK": key.pk, "SK": key.sk, "account_id": account_id}


def moved(account_id: str, before: list[UnitRef], after: list[UnitRef]) -> list[Op]:
    """The writes that follow a change of somebody's homes."""
    puts: list[Op] = [Put(row(unit, account_id), replace=True) for unit in after if unit not in before]
    new = {resident_key(unit, account_id) for unit in after}
    gone = [resident_key(unit, account_id) for unit in before]
    return puts + [Delete(key) for key in gone if key not in new]


def of(db: Db, community_id: str, home: str, limit: int, after: str | None) -> Page:
    """Some of the people of a building ("3"), or of one home ("3#maple-3-101"), from behind the key `after`."""
    pk = f"COMMUNITY#{community_id}"
    key = Key("PK").eq(pk) & Key("SK").begins_with(f"LIVES#{home}#")
    return db.query(key, limit=limit, start={"PK": pk, "SK": after} if after else None)
