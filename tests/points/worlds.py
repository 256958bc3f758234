"""Purses for tests, and what must always hold for them."""

from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.conditions import Key
from chalicelib.points import earning, items, store
from chalicelib.points.models import Earned, EarningEvent, Entry, Kind, Purse, Sheet
from chalicelib.portal import Portal
from tests.factories import NOW

_numbers = count()


def make_event(
    *, account_id: str = "A1", kind: Kind = "rating", at: datetime = NOW, **fields: Any
) -> EarningEvent:
    """Something that earns points, new unless `id` says otherwise."""
    given = {"id": f"{kind}:{next(_numbers)}", "community_id": "maple", **fields}
    return EarningEvent(kind=kind, account_id=account_id, at=at, **given)


def earn(*, portal: Portal, now: datetime = NOW, **fields: Any) -> Earned:
    """Count an event that has just happened."""
    return earning.earn(portal, make_event(**{"at": now, **fields}), now)


def ledger(portal: Portal, account_id: str = "A1") -> list[Entry]:
    """All of somebody's entries, the first one first."""
    rows = portal.db.query_all(Key("PK").eq(items.points_pk(account_id)) & Key("SK").begins_with("E#"))
    return [items.entry_from(row) for row in rows]


def lots(portal: Portal, account_id: str = "A1") -> list[Sheet]:
    """All of somebody's lots."""
    rows = portal.db.query_all(items.points_pk(account_id))
    return [items.sheet_from(row) for row in rows if row["SK"].startswith(("OPEN#", "SHUT#"))]


def assert_adds_up(portal: Portal, account_id: str = "A1") -> Purse:
    """Balance, ledger and lots say the same; gives back the purse."""
    purse = store.purse(portal.db, account_id)
    assert_consistent(purse, ledger(portal, account_id), lots(portal, account_id))
    return purse


def assert_consistent(purse: Purse, entries: list[Entry], sheets: list[Sheet]) -> None:
    """What must hold after whatever was done."""
    running = 0
    for number, entry in enumerate(entries, 1):
        running += entry.delta
        assert (entry.number, entry.balance_after, running >= 0) == (number, running, True)
        assert sum(part.points for part in entry.parts) == abs(entry.delta)
    left: dict[str, int] = {}
    moved: dict[tuple[str, int], int] = {}
    for entry in entries:
        for part in entry.parts:
            place = (part.sheet, part.lot)
            moved[place] = moved.get(place, 0) + (part.points if entry.delta > 0 else -part.points)
    for sheet in sheets:
        for number, lot in enumerate(sheet.lots):
            assert 0 <= lot.left <= lot.points
            assert moved.get((sheet.id, number), 0) == lot.left
        left[sheet.month] = left.get(sheet.month, 0) + sheet.left
    assert purse.balance == running == sum(left.values())
    assert purse.expiring == {month: points for month, points in left.items() if points}
    assert purse.entries == len(entries)
    assert purse.owed >= 0
    assert all(one.points > 0 for one in purse.pending)
