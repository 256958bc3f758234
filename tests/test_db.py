"""The data layer, the same on moto and on a real engine."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conditions import Attr, Key
from chalicelib.db import Check, Db, Delete, K, Put, Update
from chalicelib.errors import Conflict, IllegalTransition, NotFound, VersionConflict
from chalicelib.records import decode_item, encode, encode_item
from tests.racing import codes, race

VALUES: Any = st.recursive(
    st.text() | st.booleans() | st.integers(-(10**30), 10**30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(params=["moto_portal", "portal"])
def db(request: pytest.FixtureRequest) -> Db:
    found: Db = request.getfixturevalue(request.param).db
    return found


def _item(sk: str = "A", pk: str = "P", **more: Any) -> dict[str, Any]:
    return {"PK": pk, "SK": sk, **more}


@given(item=st.dictionaries(st.text(min_size=1), VALUES, max_size=4))
def test_items_come_back_as_they_were_kept(item: dict[str, Any]) -> None:
    assert decode_item(encode_item(item)) == item


@pytest.mark.parametrize("value", [1.5, None, {1, 2}, b"x", object()])
def test_what_has_no_place_in_the_table_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_attributes_that_are_none_are_left_out(db: Db) -> None:
    db.write(Put(_item(a=1, b=None, c={"d": None, "e": "x"})))
    assert db.get(K("P", "A")) == _item(a=1, c={"e": "x"})


def test_a_put_never_overwrites_unless_it_says_so(db: Db) -> None:
    db.write(Put(_item(a=1)))
    with pytest.raises(NotFound):
        db.write(Put(_item(a=2), error=NotFound()))
    assert db.get(K("P", "A")) == _item(a=1)
    db.write(Put(_item(a=3), replace=True))
    assert db.get(K("P", "A")) == _item(a=3)


def test_a_transaction_does_all_or_nothing_and_names_the_first_refusal(db: Db) -> None:
    db.write(Put(_item("A", version=1)), Put(_item("B", version=1)))
    stale = Attr("version").eq(7)
    with pytest.raises(VersionConflict):
        db.write(
            Put(_item("C")),
            Update(K("P", "A"), sets={"version": 2}, condition=stale, error=VersionConflict()),
            Delete(K("P", "B"), condition=stale, error=IllegalTransition()),
        )
    assert [row["SK"] for row in db.query_all("P")] == ["A", "B"]
    with pytest.raises(Conflict, match="conflict"):
        db.write(Check(K("P", "A"), stale), Put(_item("C")))
    db.write(Check(K("P", "A"), Attr("version").eq(1)), Put(_item("C")), Delete(K("P", "B")))
    assert [row["SK"] for row in db.query_all("P")] == ["A", "C"]


def test_an_update_sets_removes_and_adds_in_one(db: Db) -> None:
    db.write(Put(_item(a="x", b="y", n=1)))
    after = db.update(
        Update(K("P", "A"), sets={"a": "z", "gone": None}, removes=["b"], adds={"n": 2, "new": -1})
    )
    assert after == _item(a="z", n=3, new=-1) == db.get(K("P", "A"))


def test_an_update_whose_condition_fails_changes_nothing(db: Db) -> None:
    db.write(Put(_item(n=1)))
    with pytest.raises(VersionConflict):
        db.update(Update(K("P", "A"), adds={"n": 1}, condition=Attr("n").gt(5), error=VersionConflict()))
    with pytest.raises(Conflict):
        db.update(Update(K("P", "none"), adds={"n": 1}, condition=Attr("n").exists()))
    assert db.query_all("P") == [_item(n=1)]


def test_batches_of_more_than_a_hundred_keep_their_order_and_gaps(db: Db) -> None:
    for start in range(0, 120, 60):
        db.write(*(Put(_item(f"{n:03}", n=n)) for n in range(start, start + 60)))
    wanted = [K("P", f"{n:03}") for n in (*range(119, -1, -1), 500, 0)]
    found = db.batch_get(wanted)
    assert [row and row["n"] for row in found] == [*range(119, -1, -1), None, 0]
    assert db.batch_get([]) == []


def test_a_query_goes_page_by_page_both_ways(db: Db) -> None:
    db.write(*(Put(_item(f"X#{n}", n=n)) for n in range(5)), Put(_item("Y#0", n=9)))
    condition = Key("PK").eq("P") & Key("SK").begins_with("X#")
    first = db.query(condition, limit=3)
    assert [row["n"] for row in first.items] == [0, 1, 2]
    assert [row["n"] for row in db.query(condition, limit=3, start=first.next).items] == [3, 4]
    assert [row["n"] for row in db.query(condition, newest_first=True).items] == [4, 3, 2, 1, 0]
    assert [row["n"] for row in db.query_all(condition, limit=2)] == [0, 1, 2, 3, 4]
    assert [row["n"] for row in db.query(condition, keep=Attr("n").gt(2)).items] == [3, 4]


def test_an_index_holds_only_what_has_its_key_in_order(db: Db) -> None:
    db.write(
        Put(_item("A", open_queue="Q", due="2")),
        Put(_item("B", open_queue="Q", due="1")),
        Put(_item("C", due="0")),
    )
    key = Key("open_queue").eq("Q")
    assert [row["SK"] for row in db.query(key, index="open_queue").items] == ["B", "A"]
    assert db.count(key, index="open_queue", limit=100) == 2
    assert db.count(key, index="open_queue", limit=1) == 1
    db.update(Update(K("P", "A"), removes=["open_queue"]))
    assert [row["SK"] for row in db.query(key, index="open_queue").items] == ["B"]


def test_counting_at_once_loses_nothing(portal: Any) -> None:
    db: Db = portal.db
    results = race([lambda: db.write(Update(K("P", "A"), adds={"n": 1}))] * 10)
    assert codes(results) == ["ok"] * 10
    assert db.get(K("P", "A")) == _item(n=10)


def test_each_round_trip_is_counted(portal: Any) -> None:
    portal.db.calls.clear()
    portal.db.get(K("P", "A"))
    portal.db.batch_get([K("P", str(n)) for n in range(150)])
    portal.db.write(Put(_item()))
    assert portal.db.calls == ["get_item", "batch_get_item", "batch_get_item", "transact_write_items"]
