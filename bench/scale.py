"""How the portal grows: round trips, capacity units and bytes of each main action at 1,000, 100,000 and 100,000,000
issues, and the hottest partition under a month's mix.

    python -m bench.scale [--write]      # takes about two minutes; --write puts it into docs/operations.md
"""

import argparse
import sys
from collections.abc import Sequence

from bench import document
from bench.growth import PARTITION_READS, PARTITION_WRITES, YEARS, Heat, grows, heat, number_tries
from bench.measure import Cost, costs
from bench.mix import Usage

SMALL, LARGE, HUGE = 1_000, 100_000, 100_000_000
_REPORTS = "owner: report"
_EXPLAINED = f"""\
Each row is one request with everything in it: sign-in check, permission, page or JSON, audit row, key and notice
where a real one has them (a `behind` row is one event). The units are what DynamoDB would bill, worked out from the
items that were really read and written (`bench/capacity.py`): consistent reads whole, index reads half, a
transaction's items twice, copies in indexes once each. {SMALL:,} and {LARGE:,} issues are real tables (13 records an
issue); half of the issues are in the one community that is asked, with 250 of them open, and the owner who asks has
a quarter of those. {HUGE:,} is worked out: a query reads min(its limit, rows of its range), and a range grows with
the table only in `OUTBOX#`, where rows stay for a moment, and in `DUE#`, each of whose rows is a row of this table;
everything else is a get by key, a page, or belongs to one person, issue or community. "=" says that no query of the
action reads more rows. A report draws a number that must be new: {HUGE:,} issues in {YEARS} years are
{HUGE / YEARS / 365:,.0f} a day, and a draw of five digits fails so often that a report takes {number_tries(HUGE):.2f}
transactions on average (the second draw has six digits). KB are what goes to the table and comes back, and the answer
as it leaves, compressed.
"""


def rows(small: Sequence[Cost], large: Sequence[Cost]) -> list[list[str]]:
    """The table's rows."""
    return [_row(one, other) for one, other in zip(small, large, strict=True)]


def _row(small: Cost, large: Cost) -> list[str]:
    both = [f"{cost.trips}" for cost in (small, large)]
    units = [f"{_units(cost, 'read')} / {_units(cost, 'write')}" for cost in (small, large)]
    sizes = [f"{(cost.bill.sent + cost.bill.received) / 1024:.1f}" for cost in (small, large)]
    answer = f"{large.answer / 1024:.1f}"
    return [small.name, *both, _huge_trips(large), *units, _huge(large), *sizes, answer]


def _units(cost: Cost, kind: str) -> str:
    return f"{cost.bill.units(kind):g}"


def _huge_trips(large: Cost) -> str:
    if large.name.startswith(_REPORTS):
        return f"{large.trips + number_tries(HUGE) - 1:.2f}"
    return f"{large.trips}"


def _huge(large: Cost) -> str:
    if grows(large, LARGE, HUGE):
        return "grows"
    if large.name.startswith(_REPORTS):
        return f"{_units(large, 'read')} / {large.bill.units('write') * number_tries(HUGE):.1f}"
    return "="


_HEAD = ["", "trips 1,000", "100,000", "100,000,000", "RCU / WCU 1,000", "100,000", "100,000,000",
         "table KB 1,000", "100,000", "answer KB"]  # fmt: skip


def _hot(found: list[Heat]) -> list[list[str]]:
    return [
        [
            one.kind,
            f"{one.reads:.2f} ({_percent(one.reads / PARTITION_READS)})",
            f"{one.writes:.2f} ({_percent(one.writes / PARTITION_WRITES)})",
            f"{_percent(one.read_share)} / {_percent(one.write_share)}",
        ]
        for one in found
    ]


def _percent(share: float) -> str:
    return f"{share:.2%}" if share >= 0.0001 or not share else "< 0.01%"


def hottest(measured: Sequence[Cost]) -> str:
    """The hottest partition of each kind, for one community and for the company that has 100,000,000 issues."""
    one = Usage(homes=4_000)
    homes = HUGE / YEARS / one.issues_per_home_a_year
    many = Usage(homes=round(homes))
    head = ["", "RCU/s (of 3,000)", "WCU/s (of 1,000)", "share of all reads / writes"]
    parts = []
    for usage in (one, many):
        found = heat(measured, usage)
        top = found[0]
        limit = max(top.reads / PARTITION_READS, top.writes / PARTITION_WRITES)
        words = f"{usage.communities:,.0f} communities" if usage.communities > 1 else "One community"
        parts.append(
            f"{words}, {usage.homes:,} homes, {usage.issues:,.0f} reports a month, busiest hour; the hottest "
            f"partition uses {_percent(limit)} of what one can serve:\n\n{document.table(head, _hot(found))}"
        )
    return "\n\n".join(parts)


def section(small: Sequence[Cost], large: Sequence[Cost]) -> str:
    """The whole section, in Markdown."""
    return (
        f"## How it grows\n\n{_EXPLAINED}\n{document.table(_HEAD, rows(small, large))}\n\n### Hot partitions\n\n"
        "The mix is `bench/mix.py`: 3 reports a home and year with all that follows them, and 6 open pages of the "
        "desk for each 4,000 homes, asking every 15 s for 10 h a day; 15 % of a day falls into its busiest hour. "
        "What one person or one issue has to itself is left out: it is as busy as one person can be.\n\n"
        f"{hottest(large)}\n"
    )


def main(given: Sequence[str] = ()) -> int:
    """Measure and print; with --write put it into docs/operations.md too."""
    parser = argparse.ArgumentParser(description="How the portal grows.")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--large", type=int, default=LARGE, help="a smaller number, to try it out")
    options = parser.parse_args(list(given))
    text = section(list(costs(SMALL)), list(costs(options.large)))
    print(text)
    if options.write:
        document.write("scale", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
