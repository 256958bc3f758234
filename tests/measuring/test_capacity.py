"""Capacity as DynamoDB bills it, by the examples of AWS's developer guide."""

from typing import Any

import pytest

from bench.capacity import Index, batch_units, item_size, query_units, read_units, write_units

KB = 1024


def _item(size: int, **more: str) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    fixed = {name: {"S": value} for name, value in {"PK": "p", "SK": "s", **more}.items()}
    return {**fixed, "x": {"S": "." * (size - item_size(fixed) - 1)}}


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}, 23),  # the guide's own
        ({"名": {"S": "漏水"}}, 3 + 6),
        ({"n": {"N": "27"}}, 1 + 2),
        ({"n": {"N": "-27"}}, 1 + 3),
        ({"n": {"N": "461"}}, 1 + 3),
        ({"n": {"N": "1000"}}, 1 + 2),
        ({"n": {"N": "0"}}, 1 + 2),
        ({"b": {"BOOL": True}}, 1 + 1),
        ({"m": {"M": {}}}, 1 + 3),
        ({"l": {"L": [{"S": "ab"}, {"S": "c"}]}}, 1 + 3 + 2 + 3),
        ({"m": {"M": {"id": {"S": "abc"}}}}, 1 + 3 + 1 + 2 + 3),
    ],
)
def test_an_item_is_its_names_and_values(item: dict[str, Any], size: int) -> None:
    assert item_size(item) == size


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [
        (8 * KB, True, 2),
        (8 * KB, False, 1),
        (int(3.5 * KB), True, 1),
        (0, True, 1),
        (0, False, 0.5),
        (8 * KB + 1, True, 3),
    ],
)
def test_a_read_is_billed_by_4_kb_and_half_when_eventually_consistent(
    size: int, consistent: bool, units: float
) -> None:
    assert read_units(size, consistent=consistent) == units


def test_a_batch_rounds_each_item_up_and_a_query_only_their_sum() -> None:
    sizes = [int(1.5 * KB), int(6.5 * KB)]
    assert batch_units(sizes, consistent=True) == 3  # 4 KB and 8 KB, not 8 KB
    assert query_units(sizes, consistent=True) == 2
    assert query_units([int(4.08 * KB)] * 10, consistent=True) == 11  # 40.8 KB are 44 KB
    assert query_units([64] * 1500, consistent=False) == 12  # 96 KB
    assert query_units([], consistent=False) == 0.5


def test_a_write_is_billed_by_the_larger_of_the_item_before_and_after() -> None:
    assert write_units(None, _item(512)) == 1
    assert write_units(None, _item(2 * KB)) == 2
    assert write_units(_item(3 * KB), _item(100)) == 3
    assert write_units(_item(2 * KB + 1), None) == 3
    assert write_units(None, None) == 1


INDEX = Index("queue", ("queue", "due"), ("PK", "SK"))


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, _item(500), 0),  # it has not the index's keys
        (None, _item(500, queue="q", due="1"), 1),
        (_item(500, queue="q", due="1"), _item(501, queue="q", due="1"), 1),
        (_item(500, queue="q", due="1"), _item(500, queue="q", due="1"), 0),
        (_item(500, queue="q", due="1"), _item(500, queue="r", due="1"), 2),  # one goes, one comes
        (_item(1500, queue="q", due="1"), _item(1500, queue="q", due="2"), 4),
        (_item(1500, queue="q", due="1"), _item(1500, due="1"), 2),
        (_item(1500, queue="q", due="1"), None, 2),
    ],
)
def test_an_index_is_billed_for_entries_that_come_go_or_change(before: Any, after: Any, units: int) -> None:
    assert INDEX.write_units(before, after) == units


def test_an_index_that_does_not_hold_an_attribute_is_not_billed_for_its_change() -> None:
    lean = Index("queue", ("queue", "due"), ("PK", "SK"), frozenset({"queue", "due", "PK", "SK"}))
    before, after = _item(500, queue="q", due="1"), _item(900, queue="q", due="1")
    assert lean.write_units(before, after) == 0
    assert INDEX.write_units(before, after) == 1
    assert lean.write_units(None, _item(5000, queue="q", due="1")) == 1
