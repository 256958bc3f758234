"""What a week of free times of five designers costs: round trips, what is read, and CPU. `python -m bench.slots`

Five designers with four services each, every day of theirs full up to two hours; the table is a stub that answers from
memory, so that only our own work is measured.
"""

import json
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.consultations import plans, rules, store
from chalicelib.consultations.models import Day, Hold, Plan, Service
from chalicelib.consultations.plans import Consultant
from chalicelib.db import Db
from chalicelib.portal import Portal
from chalicelib.records import encode_item
from tests.factories import make_person, make_portal

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DESIGNERS, ROUNDS = 5, 50
_SERVICES = tuple(
    Service(id=f"s{n}", name=f"s{n}", minutes=minutes, before=15, after=15, mode="on_site")
    for n, minutes in enumerate((30, 60, 90, 120))
)


class _Memory:
    """Answers BatchGetItem from a dict, and knows how large what it gave was."""

    def __init__(self, items: dict[tuple[str, str], Any]) -> None:
        self.items, self.read_bytes, self.read_items = items, 0, 0

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - as the client names it
        ((table, wanted),) = RequestItems.items()
        found = [self.items.get((key["PK"]["S"], key["SK"]["S"])) for key in wanted["Keys"]]
        there = [item for item in found if item]
        self.read_items += len(wanted["Keys"])
        self.read_bytes += sum(len(json.dumps(item)) for item in there)
        return {"Responses": {table: there}}


def _day(plan: Plan, day: date) -> Day:
    start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    holds = [_hold(start + timedelta(minutes=75 * n), n) for n in range(6)]
    return Day(day=day, rev=0, holds=tuple(holds))


def _hold(at: datetime, number: int) -> Hold:
    where = f"maple/{number}"
    return rules.hold_of(
        _SERVICES[0], at, id=f"01K0000000000000000000000{number}", account_id="a", where=where
    )


def _table() -> tuple[_Memory, list[Consultant]]:
    items, who = {}, []
    for number in range(DESIGNERS):
        plan = Plan(
            consultant_id=f"d{number}", zone_name="Asia/Shanghai", services=_SERVICES,
            week=(((540, 1080),),) * 7, version=1,
        )  # fmt: skip
        written: list[Any] = [store.put_plan(None, plan)]
        for n in range(-1, 9):
            day = _day(plan, (NOW + timedelta(days=n)).date())
            written.append(store.put_day(plan.consultant_id, day, day.holds))
        for one in written:
            items[one.item["PK"], one.item["SK"]] = encode_item(one.item)
        who.append(Consultant(id=plan.consultant_id, name="", plan=plan))
    return _Memory(items), who


def main() -> None:
    """Measure, and print one line for each figure."""
    memory, who = _table()
    client: Any = memory
    portal: Portal = make_portal(client=client, table="t")
    assert isinstance(portal.db, Db)
    person = make_person(units=("maple-1-101",))
    plans.free_of_several(portal, person, who, NOW.date(), NOW)
    trips, read, size = len(portal.db.calls), memory.read_items, memory.read_bytes
    started = time.process_time()
    for _ in range(ROUNDS):
        found = plans.free_of_several(portal, person, who, NOW.date(), NOW)
    spent = (time.process_time() - started) / ROUNDS * 1000
    slots = sum(map(len, found.values()))
    print(f"a week of {DESIGNERS} designers, {len(_SERVICES)} services each: {slots} free times")
    print(
        f"round trips: {trips}; besides, the session, the staff, their plans with ratings, their pictures: 1 each"
    )
    print(f"items asked for: {read}, about {size // 1024} KB on the wire")
    print(f"CPU: {spent:.1f} ms")


if __name__ == "__main__":
    main()
