"""What one minute of the clock costs: round trips and units with the same things due at 1,000 and at 100,000 issues.

python -m bench.sweep [--write]      # takes about a minute; --write puts it into docs/operations.md
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench import document
from bench.bill import Bill
from bench.measure import quiet
from bench.world import World, world
from chalicelib.issues import timers
from chalicelib.service_levels.policy import DEFAULT_POLICY

SMALL, LARGE = 1_000, 100_000
#: How many issues have something to come in the minute.
DUE = (0, 1, 20)
_EXPLAINED = """\
One run of the clock (`tick` without the outbox) in a minute in which so many issues are to be warned of: each has two
promises and a step of its SOP, so three moments, each of them one transaction with its own row, its notice, the
issue's next moment and the move of its row among what is due. What is not due is not read: no index is walked, no
issue looked at.
"""


@dataclass(frozen=True)
class Minute:
    """One run of the clock: how many issues there are and had something to come, what was handled, and its bill."""

    issues: int
    due: int
    handled: int
    bill: Bill


def minutes(issues: int) -> Iterator[Minute]:
    """A minute for each number of due issues, on a portal of this size."""
    with quiet(), world(issues) as filled:
        at = datetime.now(UTC) + timedelta(minutes=30)  # before anything of the world itself comes
        for due in DUE:
            at += timedelta(minutes=1)
            yield _minute(filled, due, at)


def _minute(filled: World, due: int, at: datetime) -> Minute:
    """Reports whose warnings come in the minute before `at`."""
    first = DEFAULT_POLICY.classes["L1"].goals["acknowledge"].wall * DEFAULT_POLICY.warn_percent / 100
    for _ in range(due):
        filled.report("other_owner", at=at - first)
    timers.run_due(filled.portal, at - timedelta(minutes=1))
    with filled.meter.measured() as bill:
        handled = timers.run_due(filled.portal, at)
    return Minute(filled.issues, due, handled.total(), bill)


def section(found: Sequence[Minute]) -> str:
    """The section, in Markdown."""
    rows = [
        [
            f"{one.due}",
            f"{one.issues:,}",
            f"{one.handled}",
            f"{len(one.bill.calls)}",
            f"{one.bill.units('read'):g}",
            f"{one.bill.units('write'):g}",
        ]
        for one in sorted(found, key=lambda one: (one.due, one.issues))
    ]
    head = ["issues with something due", "of all", "moments handled", "round trips", "RCU", "WCU"]
    return f"## A minute of the clock\n\n{_EXPLAINED}\n{document.table(head, rows)}\n"


def main(given: Sequence[str] = ()) -> int:
    """Measure and print; with --write put it into docs/operations.md too. 1 when the cost depends on the size."""
    parser = argparse.ArgumentParser(description="What a minute of the clock costs.")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--large", type=int, default=LARGE, help="a smaller number, to try it out")
    options = parser.parse_args(list(given))
    small, large = list(minutes(SMALL)), list(minutes(options.large))
    text = section([*small, *large])
    print(text)
    if options.write:
        document.write("sweep", text)
    same = [
        (len(a.bill.calls), a.handled) == (len(b.bill.calls), b.handled)
        for a, b in zip(small, large, strict=True)
    ]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
