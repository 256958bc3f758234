"""What the measurements say, and that the documents say it: growth, budgets, hot partitions, cost."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench import document
from bench.actions import ACTIONS
from bench.bill import Bill, Charge, Read
from bench.cost import action_usd, lines, stored_bytes
from bench.growth import grows, heat, number_tries, rows_at
from bench.measure import Cost, costs
from bench.mix import Usage, month
from bench.prices import Assumed, Prices
from tests.test_budgets import (
    ASK_FOR_CODE,
    HEALTH,
    NO_NEWS,
    RATING,
    READS,
    REPORT,
    REPORT_WITH_PHOTOS,
    SIGNED_IN,
    SIMILAR,
    STEP,
)

_STEPS = ("owner: message", "owner: confirm", "owner: reopen", "desk: acknowledge", "desk: start", "desk: resolve",
          "desk: message")  # fmt: skip
NAMED = {
    "is it up (healthz)": HEALTH,
    "ask for a sign-in code": ASK_FOR_CODE,
    "owner: report": REPORT,
    "owner: report with two photos": REPORT_WITH_PHOTOS,
    "owner: rate": RATING,
    "owner: similar at a public place": SIMILAR,
    "desk: live poll, nothing new": NO_NEWS,
    **dict.fromkeys(_STEPS, STEP),
}
PAGES = {(who, path): [*SIGNED_IN, *calls] for who, path, calls in READS}


@pytest.fixture(scope="module")
def measured() -> dict[str, Cost]:
    """Each action on a small portal."""
    return {cost.name: cost for cost in costs(600)}


def _documented() -> dict[str, list[str]]:
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", document.read("scale").split("### Hot")[0], re.M)
    return {name: cells.split(" | ") for name, cells in rows[1:]}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_costs_the_round_trips_of_its_budget_and_of_the_document(
    action: object, measured: dict[str, Cost]
) -> None:
    (one,) = [one for one in ACTIONS if one is action]
    cost, told = measured[one.name], _documented()[one.name]
    assert [told[0], told[1]] == [str(cost.trips)] * 2
    if one.budget:
        assert cost.bill.calls == PAGES[one.budget]
    if one.name in NAMED:
        assert cost.bill.calls == NAMED[one.name]


def test_every_budget_that_names_a_main_action_is_compared() -> None:
    assert set(NAMED) <= {action.name for action in ACTIONS}
    assert sum(action.budget is not None for action in ACTIONS) >= 10
    assert set(month(Usage())) <= {action.name for action in ACTIONS}


def test_the_units_of_the_document_are_those_measured(measured: dict[str, Cost]) -> None:
    written = {name: cells[4] for name, cells in _documented().items()}
    for name in (*NAMED, "desk: queue of 20", "behind: deliver a notice to one person"):
        bill = measured[name].bill
        assert written[name] == f"{bill.units('read'):g} / {bill.units('write'):g}", name


def _cost(name: str = "desk: x", **bill: object) -> Cost:
    return Cost(name, replace(Bill(), **bill), answer=1000, cpu_ms=2.0)  # type: ignore[arg-type]


def test_a_query_reads_more_on_a_larger_table_only_where_its_range_grows_and_up_to_its_limit() -> None:
    assert rows_at(Read("QUEUE#maple", 21, 21), 1000, 100_000) == 21
    assert rows_at(Read("ISSUE#1", 9, None), 1000, 100_000) == 9
    assert rows_at(Read("OUTBOX#1", 1, 100), 1000, 100_000) == 100
    assert not grows(_cost(reads=[Read("QUEUE#maple", 21, 21)]), 1000, 100_000)
    assert grows(_cost(reads=[Read("OUTBOX#1", 2, 100)]), 1000, 100_000)


def test_numbers_are_drawn_again_as_often_as_a_day_is_full() -> None:
    assert number_tries(1_000) == pytest.approx(1, abs=0.001)
    assert number_tries(100_000_000) == pytest.approx(1.27, abs=0.01)


def test_the_hottest_partition_is_the_one_that_all_communities_share() -> None:
    costs = [
        _cost(
            "owner: report",
            charges=[
                Charge("write", "OUTBOX#3", 2),
                Charge("write", "ISSUE#7", 2),
                Charge("read", "QUEUE#maple", 1),
            ],
        )
    ]
    one = {heat.kind: heat for heat in heat(costs, Usage(homes=4_000))}
    many = {heat.kind: heat for heat in heat(costs, Usage(homes=4_000_000))}
    shard, queue = "`OUTBOX#<shard>`", "`QUEUE#<community>` (index)"
    assert many[shard].writes == pytest.approx(1000 * one[shard].writes)
    assert many[queue].reads == pytest.approx(one[queue].reads)
    assert one[shard].write_share == pytest.approx(0.5 / 8)
    assert one[queue].read_share == pytest.approx(1)


def test_an_action_is_priced_by_its_parts_and_what_happens_behind_needs_no_gateway() -> None:
    prices, assumed = Prices(), Assumed()
    units = [Charge("read", "a", 8), Charge("write", "b", 10)]
    asked = action_usd(_cost(charges=units, calls=["query"]), prices, assumed)
    behind = action_usd(_cost("behind: x", charges=units, calls=["query"]), prices, assumed)
    assert asked - behind == pytest.approx(3.5e-6)
    busy_s = (2 / assumed.processor + assumed.trip_ms) / 1000
    table = (8 * 0.125 + 10 * 0.625) / 1e6
    function = busy_s * 1.5 * prices.lambda_gb_second + 0.2e-6
    away = 1000 / 1e9 * 0.09 + assumed.log_bytes / 1e9 * 0.5
    assert behind == pytest.approx(table + function + away)


def test_twice_the_homes_cost_twice_but_for_what_is_fixed(measured: dict[str, Cost]) -> None:
    found = [
        {
            line.what: line.usd
            for line in lines(list(measured.values()), 9_000, Usage(homes=homes), Prices(), Assumed())
        }
        for homes in (100_000, 200_000)
    ]
    one, two = found
    assert two["DynamoDB, writes"] == pytest.approx(2 * one["DynamoDB, writes"], rel=0.02)
    assert two["API Gateway"] == pytest.approx(2 * one["API Gateway"], rel=0.01)
    assert two["Alarms and a dashboard"] == one["Alarms and a dashboard"]


def test_a_stored_issue_counts_its_rows_their_overhead_and_its_copy_in_the_index() -> None:
    row: dict[str, object] = {"PK": {"S": "x" * 98}}
    indexed: dict[str, object] = {"status_queue": {"S": "x" * 88}}
    assert stored_bytes([row]) == 200
    assert stored_bytes([row, indexed]) == 600


def test_a_section_is_written_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    before, after = document.markers("scale")
    path.write_text(f"top\n{before}\nold\n{after}\nend\n")
    document.write("scale", "new \\1 text\n", path)
    assert path.read_text() == f"top\n{before}\nnew \\1 text\n{after}\nend\n"
    with pytest.raises(ValueError, match="no place"):
        document.write("cost", "x", path)
