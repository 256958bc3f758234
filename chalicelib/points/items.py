"""Purses, sheets of lots, entries and events as items of the table, and back. Keys: `docs/keys.md`."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from chalicelib.points.models import Earned, EarningEvent, Entry, Lot, Month, Part, Pending, Purse, Sheet
from chalicelib.records import Item, K
from chalicelib.times import moment, rfc3339

#: Days' rows of what is due, and what asks for an earning, are spread over so many partitions; so are sums.
SHARDS = 4
_PURSE = (
    "balance",
    "owed",
    "expiring",
    "earned",
    "tier",
    "warned",
    "checked",
    "told",
    "home",
    "entries",
    "version",
)


def points_pk(account_id: str) -> str:
    """The partition of one person's points."""
    return f"POINTS#{account_id}"


def balance_key(account_id: str) -> K:
    """What somebody has."""
    return K(points_pk(account_id), "BALANCE")


def event_key(event_id: str) -> K:
    """That an event was counted, for ever."""
    return K(f"EARNED#{event_id}", "EVENT")


def used_key(account_id: str, kind: str, span: str) -> K:
    """How much was earned by one rule in a day, month or year."""
    return K(points_pk(account_id), f"USED#{kind}#{span}")


def sheet_key(account_id: str, name: str, *, is_open: bool) -> K:
    """Lots that expire together; those with points left lie where spending looks."""
    return K(points_pk(account_id), f"{'OPEN' if is_open else 'SHUT'}#{name}")


def entry_key(account_id: str, number: int) -> K:
    """A row of the ledger."""
    return K(points_pk(account_id), f"E#{number:09d}")


def shard_of(text: str) -> int:
    """Which of the partitions something lies in."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % SHARDS


def sum_key(community_id: str, month: Month, rule: str, account_id: str) -> K:
    """A part of what a rule's points came to in a month of a community; without a rule, of what expires with it."""
    return K(f"POINTSUM#{community_id}", f"{month}#{shard_of(account_id)}#{rule}")


def due_key(account_id: str, at: datetime) -> K:
    """That something is to be done about somebody's points."""
    return K(f"DUEP#{at.astimezone(UTC):%Y-%m-%d}#{shard_of(account_id)}", f"{rfc3339(at)}#{account_id}")


def ask_key(event_id: str) -> K:
    """That an event waits to be counted."""
    return K(f"EARN#{shard_of(event_id)}", event_id)


def item(key: K, **attributes: Any) -> Item:
    """An item with its key."""
    return {"PK": key.pk, "SK": key.sk, **attributes}


def purse_item(purse: Purse) -> Item:
    """A purse as kept."""
    return item(
        balance_key(purse.account_id),
        **{name: getattr(purse, name) for name in _PURSE},
        pending=[{**asdict(one), "due": rfc3339(one.due)} for one in purse.pending],
        next_moment=rfc3339(purse.next_moment) if purse.next_moment else None,
    )


def purse_from(account_id: str, kept: Item | None) -> Purse:
    """A purse from the table; an empty one where there is none."""
    if kept is None:
        return Purse(account_id)
    return Purse(
        account_id,
        pending=tuple(Pending(**{**one, "due": moment(one["due"])}) for one in kept["pending"]),
        next_moment=moment(kept["next_moment"]) if "next_moment" in kept else None,
        **{name: kept[name] for name in _PURSE},
    )


def sheet_item(account_id: str, sheet: Sheet, *, is_open: bool) -> Item:
    """Lots as kept: short lists, because each spending writes them again."""
    lots = [
        [one.points, one.left, one.kind, one.event_id, one.community_id, rfc3339(one.at)]
        for one in sheet.lots
    ]
    return item(sheet_key(account_id, sheet.id, is_open=is_open), lots=lots)


def sheet_from(kept: Item) -> Sheet:
    """Lots from the table."""
    where, _, name = kept["SK"].partition("#")
    lots = tuple(_lot(*one) for one in kept["lots"])
    return Sheet(name, lots, where == "OPEN")


def _lot(points: int, left: int, kind: str, event_id: str, community_id: str, at: str) -> Lot:
    return Lot(points, left, kind, event_id, community_id, moment(at))


def entry_item(account_id: str, entry: Entry) -> Item:
    """A row of the ledger as kept."""
    return item(
        entry_key(account_id, entry.number),
        id=entry.id,
        at=rfc3339(entry.at),
        delta=entry.delta,
        kind=entry.kind,
        balance_after=entry.balance_after,
        parts=[[part.sheet, part.lot, part.points] for part in entry.parts],
        **{name: getattr(entry, name) or None for name in ("rule", "note", "ref")},
    )


def entry_from(kept: Item) -> Entry:
    """A row of the ledger from the table."""
    return Entry(
        id=kept["id"],
        number=int(kept["SK"][2:]),
        at=moment(kept["at"]),
        delta=kept["delta"],
        kind=kept["kind"],
        balance_after=kept["balance_after"],
        parts=parts_from(kept["parts"]),
        **{name: kept.get(name, "") for name in ("rule", "note", "ref")},
    )


def parts_from(kept: Iterable[Any]) -> tuple[Part, ...]:
    """What an entry took from which lots, from the table."""
    return tuple(Part(*one) for one in kept)


def earned_item(earned: Earned, now: datetime) -> Item:
    """What became of an event, as kept for ever."""
    kept = {name: value for name, value in asdict(earned).items() if value not in ("", None)}
    kept |= {"due": rfc3339(earned.due)} if earned.due else {}
    return item(event_key(earned.event_id), **kept, counted_at=rfc3339(now))


def earned_from(kept: Item) -> Earned:
    """What became of an event, from the table."""
    given = {one.name: kept[one.name] for one in fields(Earned) if one.name in kept}
    return Earned(**given | ({"due": moment(kept["due"])} if "due" in kept else {}))


def ask_item(event: EarningEvent) -> Item:
    """An event that waits to be counted."""
    return item(ask_key(event.id), **{**asdict(event), "at": rfc3339(event.at)}, what="earn")


def event_from(kept: Item) -> EarningEvent:
    """An event that waited."""
    given = {one.name: kept[one.name] for one in fields(EarningEvent)}
    return EarningEvent(**{**given, "at": moment(kept["at"])})
