"""The open loop: whoever had to wait to be asked is counted, and calls come by chance."""

import random
from itertools import pairwise
from statistics import mean

import pytest

from bench.openloop import Arrival, Loop, arrivals, percentiles


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("stall_s", [0.0, 20.0])
def test_a_server_that_stalls_once_shows_up_in_the_percentiles_of_all_who_had_to_wait(stall_s: float) -> None:
    clock, seen = Clock(), list[str]()
    plan = [Arrival(0.1 * n, "call") for n in range(1000)]

    def send(kind: str) -> int:
        seen.append(kind)
        clock.sleep(stall_s if len(seen) == 300 else 0.001)
        return 200

    loop = Loop(plan, clock, clock.sleep)
    loop.work(send)
    assert len(loop.done) == 1000
    middle, late, latest = percentiles([call.late_ms for call in loop.done])
    only_sent = percentiles([call.service_ms for call in loop.done])
    assert only_sent[2] == pytest.approx(1, abs=0.01), (
        "a closed loop would have seen one slow call in a thousand"
    )
    if stall_s:
        # 200 calls fell due in those 20 s: the first of them waited 20 s, the last hardly.
        assert late > 10_000
        assert latest > 15_000
    else:
        assert middle == pytest.approx(1, abs=0.01)
        assert latest == pytest.approx(1, abs=0.01)


def test_a_call_that_comes_before_it_is_due_waits_and_is_not_late() -> None:
    clock = Clock()
    loop = Loop([Arrival(5, "a"), Arrival(7, "b")], clock, clock.sleep)
    loop.work(lambda kind: 200)
    assert clock.now == 107
    assert [call.late_ms for call in loop.done] == [0, 0]


def test_workers_share_one_plan_and_a_failure_stops_nobody() -> None:
    plan = [Arrival(0, kind) for kind in "abcdef" * 20]
    done = Loop(plan).run([lambda kind: None if kind == "c" else 200] * 4)
    assert sorted(call.kind for call in done) == sorted("abcdef" * 20)
    assert sum(call.status is None for call in done) == 20


def test_calls_come_at_the_rate_and_in_the_mix_that_were_asked_for_and_by_chance() -> None:
    plan = arrivals(50, 200, [("look", 9), ("write", 1)], random.Random(7))
    gaps = [after.at - before.at for before, after in pairwise(plan)]
    assert len(plan) == pytest.approx(10_000, rel=0.05)
    assert sum(one.kind == "write" for one in plan) == pytest.approx(1_000, rel=0.15)
    assert mean(gap * gap for gap in gaps) == pytest.approx(2 / 50**2, rel=0.1), "gaps are exponential"
    assert plan == arrivals(50, 200, [("look", 9), ("write", 1)], random.Random(7))
