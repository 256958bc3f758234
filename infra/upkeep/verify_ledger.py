"""`make verify-ledger`: works out from all ledgers what people have, and says what differs. It changes nothing."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chalicelib.db import Item
from chalicelib.points import items
from chalicelib.points.models import Entry, Lot, Purse, Sheet
from chalicelib.points.months import month_of
from chalicelib.portal import Portal, portal
from infra.upkeep.walk import everything

_SHOWN = 100
Sums = Counter[tuple[str, str, str, str]]


@dataclass
class Person:
    """One person's records, as they are found."""

    purse: Purse
    entries: dict[int, Entry] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    pending: Counter[str] = field(default_factory=Counter)


@dataclass
class Ledgers:
    """All of them; `sums` is what communities are told, `events` how often each event became a lot."""

    people: dict[str, Person] = field(default_factory=dict)
    sums: Sums = field(default_factory=Counter)
    events: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, account_id: str) -> Person:
        """Somebody's records so far."""
        return self.people.setdefault(account_id, Person(Purse(account_id)))


def read(on: Portal) -> Ledgers:
    """Everything about points: one walk through all records."""
    found = Ledgers()
    for item in everything(on.db):
        for prefix, enter in _READ.items():
            if item["PK"].startswith(prefix):
                enter(found, item)
    return found


def _points(found: Ledgers, item: Item) -> None:
    who = item["PK"].removeprefix("POINTS#")
    person, sk = found.of(who), item["SK"]
    if sk == "BALANCE":
        person.purse = items.purse_from(who, item)
    elif sk.startswith("E#"):
        entry = items.entry_from(item)
        person.entries[entry.number] = entry
    elif sk.startswith(("OPEN#", "SHUT#")):
        sheet = items.sheet_from(item)
        if sheet.id in person.sheets:
            found.problems.append(f"{who}: the lots {sheet.id} lie in two places")
        if sheet.open != (sheet.left > 0):
            found.problems.append(f"{who}: the lots {sheet.id} lie in the wrong place")
        person.sheets[sheet.id] = sheet


def _event(found: Ledgers, item: Item) -> None:
    earned = items.earned_from(item)
    found.events[earned.event_id] = earned.state
    if earned.state == "pending":
        found.of(earned.account_id).pending[earned.event_id] += earned.points


def _sum(found: Ledgers, item: Item) -> None:
    month, _, rule = item["SK"].split("#")
    for name, points in item.items():
        if name not in ("PK", "SK"):
            found.sums[item["PK"].removeprefix("POINTSUM#"), month, rule, name] += points


_READ: dict[str, Callable[[Ledgers, Item], None]] = {"POINTS#": _points, "EARNED#": _event, "POINTSUM#": _sum}


def problems(found: Ledgers) -> Iterator[str]:
    """What does not agree, in words."""
    yield from found.problems
    sums: Sums = Counter()
    lots: Counter[str] = Counter()
    for who, person in sorted(found.people.items()):
        for problem in _of(person, sums):
            yield f"{who}: {problem}"
        lots.update(
            lot.event_id for sheet in person.sheets.values() for lot in sheet.lots if lot.kind != "adjusted"
        )
    for event_id, count in lots.items():
        if count > 1 or found.events.get(event_id) not in ("earned", "reversed"):
            yield f"event {event_id}: counted {count} times, and said to be {found.events.get(event_id)}"
    for event_id, state in found.events.items():
        if state == "earned" and event_id not in lots:
            yield f"event {event_id}: said to be earned, but nobody has its points"
    for key in sorted(set(sums) | set(found.sums)):
        if sums[key] != found.sums[key]:
            yield f"{' '.join(key)}: {found.sums[key]} is told, the ledgers say {sums[key]}"


def _of(person: Person, sums: Sums) -> Iterator[str]:
    purse, total = person.purse, 0
    left: Counter[tuple[str, int]] = Counter()
    for number in range(1, max([purse.entries, *person.entries]) + 1):
        entry = person.entries.get(number)
        if entry is None:
            yield f"entry {number} is missing"
            continue
        total += entry.delta
        if entry.balance_after != total or sum(part.points for part in entry.parts) != abs(entry.delta):
            yield f"entry {number} says {entry.balance_after}, the entries up to it {total}"
        _count(person, entry, left, sums)
    if total != purse.balance or purse.entries != len(person.entries):
        yield f"the balance is {purse.balance}, the ledger says {total}"
    yield from _lots(person, left)
    pending = {one.event_id: one.points for one in purse.pending}
    if pending != dict(person.pending):
        yield f"pending are {pending}, the events say {dict(person.pending)}"


def _count(person: Person, entry: Entry, left: Counter[tuple[str, int]], sums: Sums) -> None:
    for part in entry.parts:
        points = part.points if entry.delta > 0 else -part.points
        left[part.sheet, part.lot] += points
        lot = _lot(person, part.sheet, part.lot)
        if lot:
            sums[lot.community_id, month_of(entry.at), lot.kind, entry.kind] += points
            sums[lot.community_id, part.sheet[:7], "", "outstanding"] += points


def _lot(person: Person, sheet: str, place: int) -> Lot | None:
    lots = person.sheets[sheet].lots if sheet in person.sheets else ()
    return lots[place] if place < len(lots) else None


def _lots(person: Person, left: Counter[tuple[str, int]]) -> Iterator[str]:
    expiring: Counter[str] = Counter()
    for sheet in person.sheets.values():
        for place, lot in enumerate(sheet.lots):
            said = left.pop((sheet.id, place), 0)
            expiring[sheet.month] += lot.left
            if lot.left != said or not 0 <= lot.left <= lot.points:
                yield f"lot {sheet.id}/{place} holds {lot.left} of {lot.points}, the ledger says {said}"
    for (sheet_id, place), points in left.items():
        yield f"lot {sheet_id}/{place} is missing, the ledger says that it holds {points}"
    kept = {month: points for month, points in expiring.items() if points}
    if kept != person.purse.expiring:
        yield f"expiring are {person.purse.expiring}, the lots say {kept}"


def main() -> int:
    """Print what was found; 1 when something differs."""
    found = read(portal())
    wrong = list(problems(found))
    entries = sum(len(person.entries) for person in found.people.values())
    outstanding = sum(person.purse.balance for person in found.people.values())
    print(f"{len(found.people):>9}  people\n{entries:>9}  entries\n{outstanding:>9}  points outstanding")
    for problem in wrong[:_SHOWN]:
        print(f"WRONG  {problem}")
    print(f"{len(wrong)} things differ" if wrong else "every balance is what its ledger says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
