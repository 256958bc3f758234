"""The measurements' own table does what the engine does, and its bill is the engine's."""

import json
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bench.expressions import condition, update
from bench.meter import Meter
from bench.table import Table
from chalicelib import ids
from chalicelib.communities import store as communities
from chalicelib.conditions import Attr, Key
from chalicelib.db import Db, Put
from chalicelib.dispatch import store as dispatch
from chalicelib.portal import Portal
from chalicelib.service_levels import store as levels
from chalicelib.sops import store as sops
from chalicelib.storage import Storage
from tests.factories import TABLE_FILE, make_portal
from tests.recording import kind_of
from tests.story import tell

DEFINITION = json.loads(TABLE_FILE.read_text())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Meter]:
    """Tells a table everything that the portal writes and asks, each time with the same ids: they say which rows share
    a shard, in which order a queue is gone through, and so how many tries a provider that is down is spared. What a
    process remembers for a minute it remembers throughout, however slow the machine is."""
    for module in (communities, dispatch, levels, sops):
        monkeypatch.setattr(module, "_KEEP_S", math.inf)

    def tell_to(client: Any, table: str, storage: Storage) -> Meter:
        monkeypatch.setattr(ids, "_last", {})
        monkeypatch.setattr("secrets.randbits", random.Random(1).getrandbits)
        meter = Meter(client, DEFINITION)
        tell(make_portal(client=meter, table=table, storage=storage))
        return meter

    return tell_to


def _kinds(meter: Meter) -> Counter[tuple[str, str, str, float]]:
    return Counter((one.kind, one.index, kind_of(one.partition), one.units) for one in meter.bill.charges)


def test_the_whole_story_comes_to_the_same_calls_and_units_on_this_table_and_on_the_engine(
    portal: Portal, told: Callable[..., Meter]
) -> None:
    here = told(Table(DEFINITION), "portal", portal.storage)
    there = told(portal.db._client, portal.db.table, portal.storage)
    assert Counter(here.bill.calls) == Counter(there.bill.calls)
    assert len(here.bill.calls) > 300
    assert _kinds(here) == _kinds(there)
    assert here.bill.units("write") > here.bill.index_units("write") > 0


@pytest.fixture
def db() -> Db:
    return Db(Table(DEFINITION), "portal")  # type: ignore[arg-type]


def test_a_query_reads_its_range_in_order_page_by_page_and_counts_what_it_filters(db: Db) -> None:
    for n in range(9):
        due = {"open_queue": "Q", "due": f"{8 - n}"} if n % 2 else {}
        db.write(Put({"PK": "P", "SK": f"A#{n}", "n": n, **due}))
    db.write(Put({"PK": "P", "SK": "B"}), Put({"PK": "Q", "SK": "A#1"}))
    key = Key("PK").eq("P") & Key("SK").begins_with("A#")
    first = db.query(key, limit=4)
    assert [item["n"] for item in first.items] == [0, 1, 2, 3]
    rest = db.query(key, limit=9, start=first.next)
    assert ([item["n"] for item in rest.items], rest.next) == ([4, 5, 6, 7, 8], None)
    assert [item["n"] for item in db.query(key, limit=2, newest_first=True).items] == [8, 7]
    within = Key("PK").eq("P") & Key("SK").between("A#3", "A#5")
    assert [item["n"] for item in db.query(within, keep=Attr("n").gt(3)).items] == [4, 5]
    queue = Key("open_queue").eq("Q") & Key("due").gt("1")
    page = db.query(queue, index="open_queue", limit=2)
    assert [item["due"] for item in page.items] == ["3", "5"]
    more = db.query(queue, index="open_queue", limit=2, start=page.next)
    assert ([item["due"] for item in more.items], more.next) == (["7"], None)
    assert db.count(queue, index="open_queue", limit=2) == 2


def test_a_bill_counts_what_a_filter_throws_away() -> None:
    meter = Meter(Table(DEFINITION), DEFINITION)
    db = Db(meter, "portal")  # type: ignore[arg-type]
    for n in range(10):
        db.write(Put({"PK": "P", "SK": str(n), "n": n, "text": "x" * 2000}))
    with meter.measured() as bill:
        assert db.query("P", keep=Attr("n").eq(3)).items[0]["n"] == 3
    assert (bill.calls, bill.units("read"), bill.reads[0].items) == (["query"], 5.0, 10)
    with meter.measured() as bill:
        db.write(Put({"PK": "P", "SK": "new", "text": "x" * 1500, "open_queue": "Q", "due": "1"}))
    assert (bill.units("write"), bill.index_units("write")) == (6, 2)
    assert bill.by_partition("write") == {"P": 4, "Q": 2}


@pytest.mark.parametrize("text", ["contains(#a, :v)", "#a ~ :v", "#a = :v #a", "size(#a) > :v", "#a = :v)"])
def test_an_expression_that_is_not_understood_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="is"):
        condition(text, {"#a": "a"}, {":v": {"S": "x"}})


def test_conditions_and_updates_mean_what_dynamodb_means() -> None:
    names, values = {"#a": "a", "#b": "b"}, {":one": {"N": "1"}, ":ten": {"N": "10"}, ":x": {"S": "x"}}
    item = {"a": {"N": "9"}, "b": {"M": {"id": {"S": "x"}}}}
    for text, wanted in {
        "#a < :ten": True,  # numbers, not texts
        "#a = :x": False,
        "#a < :x": False,  # of another type
        "#b.id = :x AND NOT #a = :one": True,
        "attribute_not_exists(c) OR #a = :one AND #a = :ten": True,
        "c <> :x": True,
        "#a BETWEEN :one AND :ten": True,
    }.items():
        assert condition(text, names, values)(item) is wanted, text
    changed = update(
        "SET #b = :x REMOVE #c ADD #a :one", {**names, "#c": "c"}, values, {**item, "c": {"S": "y"}}
    )
    assert changed == {"a": {"N": "10"}, "b": {"S": "x"}}
    with pytest.raises(ValueError, match="is not used"):
        update("DELETE #a :one", names, values, item)
