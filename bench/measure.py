"""Measuring actions: what each costs the table and the processor, on a portal of a given size."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from bench.actions import ACTIONS
from bench.bill import Bill
from bench.preparing import Action
from bench.world import World, world

_TIMES = 5


@dataclass(frozen=True)
class Cost:
    """What one action came to; `answer` is bytes to the caller, `cpu_ms` the app's own work, without the table."""

    name: str
    bill: Bill
    answer: int
    cpu_ms: float

    @property
    def trips(self) -> int:
        """Round trips to the table."""
        return len(self.bill.calls)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the portal's line for each request."""
    logger = logging.getLogger("portal")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def costs(issues: int) -> Iterator[Cost]:
    """Each action's cost on a portal of so many issues, filled for this."""
    with quiet(), world(issues) as filled:
        for action in ACTIONS:
            yield cost(filled, action)


def cost(world: World, action: Action) -> Cost:
    """One action, several times: the processor time is the median, the bill the last one's."""
    spent = []
    for _ in range(_TIMES):
        work = action.prepare(world)
        with world.meter.measured() as bill:
            started = time.thread_time()
            answer = work()
            spent.append(time.thread_time() - started - bill.table_s)
    return Cost(action.name, bill, answer, median(spent) * 1000)
