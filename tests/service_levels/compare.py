"""`make check-deadlines`: do the rules agree with the slow model on so many random cases?

python -m tests.service_levels.compare 100000
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime

from chalicelib.service_levels import history, rules
from chalicelib.service_levels.models import Outcome
from tests.service_levels import slow_model
from tests.service_levels.random_cases import CATEGORY, Case, make_case
from tests.service_levels.slow_model import Judgement, as_minutes, minute

_CHUNK = 250


def by_rules(case: Case) -> list[Judgement]:
    """What the rules say, in the slow model's words."""
    rounds = history.rounds(case.created_at, case.timeline)
    one = history.History("issue", CATEGORY, "L2", case.created_at, rounds)
    return [_in_minutes(outcome) for outcome in rules.outcomes(one, case.levels, case.now)]


def _in_minutes(one: Outcome) -> Judgement:
    due = _minute(one.due)
    paused = 0
    for pause in one.pauses if due is not None else ():
        paused += min(minute(pause.until), due or 0) - max(minute(pause.start), minute(one.start))
    return Judgement(
        one.goal, one.round, one.turn, minute(one.start), one.state, due, _minute(one.ended), as_minutes(one.margin),
        paused,
    )  # fmt: skip


def _minute(moment: datetime | None) -> int | None:
    return minute(moment) if moment else None


def by_minutes(case: Case) -> list[Judgement]:
    """What the slow model says."""
    return slow_model.judge(case.created_at, case.timeline, case.levels, CATEGORY, case.now)


def differing(numbers: range) -> tuple[list[int], int]:
    """The cases about which the two do not agree, and how many promises were compared."""
    found, promises = [], 0
    for number in numbers:
        case = make_case(number)
        slow = by_minutes(case)
        promises += len(slow)
        if by_rules(case) != slow:
            found.append(number)
    return found, promises


def main() -> int:
    """Compare, and say on which cases they differ."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=int, nargs="?", default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    chunks = [range(n, min(n + _CHUNK, options.cases)) for n in range(0, options.cases, _CHUNK)]
    wrong: list[int] = []
    promises = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for chunk, (found, compared) in zip(chunks, pool.map(differing, chunks), strict=True):
            wrong += found
            promises += compared
            if chunk.stop % 10_000 == 0:
                print(f"{chunk.stop} …", flush=True)
    print(f"{options.cases} cases, {promises} promises: {len(wrong)} cases differ", *wrong[:20])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
