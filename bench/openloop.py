"""An open loop: calls begin when they are due, whether or not earlier ones have been answered.

A loop that waits for an answer before it asks again stops asking just when the server is slow, and so leaves out the
very calls that would have waited ("coordinated omission"). Here the moments are drawn beforehand, and a call's time
runs from the moment at which it was due: if everybody who could have made it was still waiting, that counts too.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Arrival:
    """A call that is due `at` seconds after the start."""

    at: float
    kind: str


@dataclass(frozen=True)
class Timed:
    """What became of a call: `late_ms` since it was due, `service_ms` since it was sent; None of status: it failed."""

    kind: str
    late_ms: float
    service_ms: float
    status: int | None


def arrivals(
    rate: float, seconds: float, kinds: Sequence[tuple[str, int]], draw: random.Random
) -> list[Arrival]:
    """Poisson arrivals: independent of each other, `rate` a second on average, each of a kind by its weight."""
    found, at = [], draw.expovariate(rate)
    names, weights = zip(*kinds, strict=True)
    while at < seconds:
        found.append(Arrival(at, draw.choices(names, weights)[0]))
        at += draw.expovariate(rate)
    return found


class Loop:
    """Makes the calls of a plan with so many workers; `send` makes one call and gives back its status."""

    def __init__(
        self,
        plan: Sequence[Arrival],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._plan, self._clock, self._sleep = iter(plan), clock, sleep
        self._lock = threading.Lock()
        self._start = clock()
        self.done: list[Timed] = []

    def run(self, senders: Sequence[Callable[[str], int | None]]) -> list[Timed]:
        """Call until the plan is done, one thread for each sender; gives back what became of the calls."""
        threads = [threading.Thread(target=self.work, args=(send,), daemon=True) for send in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.done

    def work(self, send: Callable[[str], int | None]) -> None:
        """One worker: take the next call, wait until it is due, make it."""
        for arrival in self._mine():
            due = self._start + arrival.at
            if (wait := due - self._clock()) > 0:
                self._sleep(wait)
            sent = self._clock()
            status = send(arrival.kind)
            end = self._clock()
            self.done.append(Timed(arrival.kind, (end - due) * 1000, (end - sent) * 1000, status))

    def _mine(self) -> Iterator[Arrival]:
        while True:
            with self._lock:
                arrival = next(self._plan, None)
            if arrival is None:
                return
            yield arrival


def percentiles(times: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    if len(times) < 2:
        only = times[0] if times else 0.0
        return only, only, only
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]
