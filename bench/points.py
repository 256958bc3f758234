"""What one person's points cost with 100 and with 100,000 entries: balance, first page of history, having a reward.

    python -m bench.points [entries]     # half a minute

Entries lie a few minutes apart over the last eleven months, most of them earnings of ten points and each twentieth a
spending, as `points.book` makes them. Counted are round trips and capacity units of the table; milliseconds are the
app's own work, without the table.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.inside import Caller
from bench.measure import Cost, cost, quiet
from bench.preparing import Action
from bench.world import HERE, World, world
from chalicelib.db import Item
from chalicelib.points import items, store
from chalicelib.points.book import Book
from chalicelib.points.models import Lot, Purse, Sheet
from chalicelib.records import encode_item
from chalicelib.rewards import catalogue
from chalicelib.rewards.models import SaveReward

FEW, MANY = 100, 100_000
_EARNED, _SPENT, _EACH = 10, 100, 20
_SPAN = timedelta(days=330)


def history(account_id: str, entries: int, now: datetime) -> Iterator[Item]:
    """So many entries of one person, with their lots and balance, as they are kept."""
    purse, sheets = Purse(account_id), dict[str, Sheet]()
    for number in range(entries):
        at = now - _SPAN + _SPAN * number / entries
        wanted = list(sheets.values())[:1] if number % _EACH == _EACH - 1 else list(sheets.values())[-1:]
        book = Book(purse, wanted, at)
        if number % _EACH == _EACH - 1 and sum(sheet.left for sheet in wanted) >= _SPENT:
            book.take(_SPENT, "spent", note="访客停车券")
        else:
            book.earn(Lot(_EARNED, 0, "event", f"bench:{number}", HERE, at))
        for name in book.changed:
            sheets[name] = book.sheets[name]
            if not sheets[name].left:
                yield items.sheet_item(account_id, sheets.pop(name), is_open=False)
        yield from (items.entry_item(account_id, entry) for entry in book.entries)
        purse = book.purse
    yield from (items.sheet_item(account_id, sheet, is_open=True) for sheet in sheets.values())
    yield items.purse_item(store.after(replace(purse, version=entries - 1), Book(purse, [], now)))


def _get(path: str) -> Action:
    def prepare(filled: World) -> object:
        caller = filled.caller("owner")
        return lambda: len(caller.call("GET", path).body)

    return Action(path, prepare)  # type: ignore[arg-type]


def _redeem(reward_id: str) -> Action:
    def prepare(filled: World) -> object:
        caller: Caller = filled.caller("owner")
        path = f"/api/v1/rewards/{reward_id}/redemptions"
        return lambda: len(caller.call("POST", path, {}).body)

    return Action("a reward for 200 points", prepare)  # type: ignore[arg-type]


def measured(entries: int) -> list[Cost]:
    """What each costs on a portal of its own."""
    now = datetime.now(UTC)
    with quiet(), world(200) as filled:
        owner, manager = filled.people["owner"], filled.people["manager"]
        filled.table.load(encode_item(one) for one in history(owner.id, entries, now))
        body = SaveReward(community_id=HERE, name="家电清洗", points=200, stock=1000)
        reward = catalogue.add(filled.portal, manager, body, None, now)
        actions = [
            _get("/api/v1/points"),
            _get("/api/v1/points/entries"),
            _get("/points"),
            _redeem(reward.id),
        ]
        return [cost(filled, action) for action in actions]


def section(few: list[Cost], many: list[Cost], entries: int) -> str:
    """The table, with how often more the long ledger costs than the short one."""
    rows = [
        f"| {a.name} | {a.trips} / {b.trips} | {a.bill.units('read'):g} / {b.bill.units('read'):g} "
        f"| {a.bill.units('write'):g} / {b.bill.units('write'):g} | {a.cpu_ms:.1f} / {b.cpu_ms:.1f} "
        f"| {b.bill.units('read') / max(1, a.bill.units('read')):.2f} |"
        for a, b in zip(few, many, strict=True)
    ]
    return "\n".join(
        [
            "## One person's points, with a short and a long ledger",
            "",
            f"With {FEW} / {entries:,} entries (each figure twice). Signing in's look-up is part of each.",
            "",
            "| what | round trips | read units | write units | app ms | × read |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "Nothing grows with the entries: the balance is one record, a page of history 20, and a reward reads the",
            "records of lots that expire first, two of at most a hundred lots.",
        ]
    )


def main() -> int:
    """Measure and print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    print(section(measured(FEW), measured(entries), entries))
    return 0


if __name__ == "__main__":
    sys.exit(main())
