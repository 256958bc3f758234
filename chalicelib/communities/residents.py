"""Who lives where: a row for each home of each person, so that a building's people, or all of a community's, are told.

Each row also says all homes of its person in that community: of several that are meant, one stands for the person, so
that people are counted and told once without remembering who was. Keys: `docs/keys.md`.
"""

from collections.abc import Callable, Iterable

from chalicelib.accounts.models import UnitRef
from chalicelib.conditions import Key
from chalicelib.db import Db, Delete, Item, K, Op, Page, Put


def home_of(unit: UnitRef) -> str:
    """A home by its building and id: "3#maple-3-101"; homes sort by building."""
    return f"{unit.building}#{unit.id}"


def resident_key(unit: UnitRef, account_id: str) -> K:
    """That a person has a home."""
    return K(f"COMMUNITY#{unit.community_id}", f"LIVES#{home_of(unit)}#{account_id}")


def rows(account_id: str, units: Iterable[UnitRef]) -> list[Item]:
    """The rows of a person's homes."""
    theirs = list(units)
    homes = {
        place: sorted(home_of(unit) for unit in theirs if unit.community_id == place)
        for place in {unit.community_id for unit in theirs}
    }
    return [_row(unit, account_id, homes[unit.community_id]) for unit in theirs]


def _row(unit: UnitRef, account_id: str, homes: list[str]) -> Item:
    key = resident_key(unit, account_id)
    return {"PK": key.pk, "SK": key.sk, "account_id": account_id, "homes": homes}


def moved(account_id: str, before: list[UnitRef], after: list[UnitRef]) -> list[Op]:
    """The writes that follow a change of somebody's homes."""
    known = rows(account_id, before)
    puts: list[Op] = [Put(row, replace=True) for row in rows(account_id, after) if row not in known]
    kept = {resident_key(unit, account_id) for unit in after}
    gone = [K(row["PK"], row["SK"]) for row in known if K(row["PK"], row["SK"]) not in kept]
    return puts + [Delete(key) for key in gone]


def of(db: Db, community_id: str, home: str, limit: int, after: str | None) -> Page:
    """Some of the people of a building ("3"), of one home ("3#maple-3-101"), or with "" of the whole community, from
    behind the key `after`."""
    pk = f"COMMUNITY#{community_id}"
    key = Key("PK").eq(pk) & Key("SK").begins_with(f"LIVES#{home}#" if home else "LIVES#")
    return db.query(key, limit=limit, start={"PK": pk, "SK": after} if after else None)


def stands_for(row: Item, meant: Callable[[str, str], bool]) -> bool:
    """Whether a row is the one that stands for its person when the homes are `meant` of which that is true; it is
    asked by building and id."""
    home = row["SK"].removeprefix("LIVES#").removesuffix(f"#{row['account_id']}")
    homes = row.get("homes", [home])  # a row from before says nothing of others
    found = (one for one in homes if meant(*one.split("#", 1)))
    return bool(next(found, None) == home)
