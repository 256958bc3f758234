"""`make verify-ledger`: silent where all agrees, and naming whatever does not."""

from collections.abc import Callable

import pytest

from chalicelib.db import Db, Delete, Item, K, Put
from chalicelib.portal import Portal
from chalicelib.rewards import service
from infra.upkeep import verify_ledger
from tests.factories import NOW, People
from tests.factories_points import give_points, make_reward, redeem
from tests.points.worlds import earn, make_event


def wrong(portal: Portal) -> list[str]:
    return list(verify_ledger.problems(verify_ledger.read(portal)))


@pytest.fixture
def busy(people: People) -> People:
    """Somebody who has earned, spent, and given back."""
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner, times=2)
    earn(portal=portal, account_id=owner.id)
    reward = make_reward(portal=portal, by=people.manager, points=310)
    redeem(portal=portal, by=owner, reward=reward)
    reward = make_reward(portal=portal, by=people.manager, points=200)
    service.cancel(portal, owner, redeem(portal=portal, by=owner, reward=reward).id, NOW)
    return people


def change(db: Db, key: K, by: Callable[[Item], Item]) -> None:
    row = db.get(key)
    assert row
    db.write(Put(by(row), replace=True))


def test_everything_that_was_done_by_the_portal_agrees(busy: People) -> None:
    assert wrong(busy.portal) == []


def test_whatever_is_changed_behind_its_back_is_named(busy: People) -> None:
    db, pk = busy.portal.db, f"POINTS#{busy.owner.id}"
    sheet = next(row for row in db.query_all(pk) if row["SK"].startswith("OPEN#"))
    change(db, K(pk, "BALANCE"), lambda row: {**row, "balance": row["balance"] + 1})
    assert any("the balance is 313, the ledger says 312" in problem for problem in wrong(busy.portal))
    change(db, K(pk, "BALANCE"), lambda row: {**row, "balance": row["balance"] - 1})
    lots = [[*lot[:1], lot[1] + 1, *lot[2:]] for lot in sheet["lots"]]
    change(db, K(pk, sheet["SK"]), lambda row: {**row, "lots": lots})
    assert len([problem for problem in wrong(busy.portal) if "/0 holds" in problem]) == 1
    db.write(Put(sheet, replace=True), Delete(K(pk, "E#000000002")))
    assert any("entry 2 is missing" in problem for problem in wrong(busy.portal))


def test_events_and_sums_are_compared_too(busy: People) -> None:
    db = busy.portal.db
    event = make_event(account_id=busy.owner.id)
    db.write(Put({"PK": f"EARNED#{event.id}", "SK": "EVENT", "event_id": event.id, "state": "earned"}))
    row = db.query("POINTSUM#maple").items[0]
    db.write(Put({**row, "outstanding": 7}, replace=True))
    found = wrong(busy.portal)
    assert [problem for problem in found if "nobody has its points" in problem]
    assert [problem for problem in found if "is told, the ledgers say" in problem]
