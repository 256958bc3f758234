"""What a load is judged to be: where it bends, and what the brake is."""

import os
from collections import Counter

import pytest

from bench.openloop import Timed
from bench.processes import cpu_seconds, role_of
from bench.sampler.sitecustomize import part_of
from bench.verdict import Step, bends, brake, section

CORES = float(os.cpu_count() or 1)


def _step(
    rate: float,
    late_ms: float = 10,
    cores: dict[str, float] | None = None,
    idle: float = CORES,
    failed: int = 0,
) -> Step:
    calls = [Timed("look", late_ms, late_ms / 2, 200 if n >= failed else None) for n in range(int(rate * 10))]
    return Step(rate, 10, calls, cores or {"web server": 0.3, "engine": 0.2}, idle)


def test_it_bends_where_calls_get_late_or_are_not_answered() -> None:
    first = _step(10)
    assert not bends([first, _step(20, late_ms=90)])
    assert bends([first, _step(20, late_ms=101)]), (
        "five times what 20 ms are, however quick the first rate was"
    )
    assert bends([first, _step(20, failed=20)])


def test_the_brake_is_a_process_with_a_whole_core_or_the_machine_or_else_waiting() -> None:
    assert brake(_step(10, cores={"web server": 0.95, "engine": 0.2})).startswith("the web server")
    full = _step(10, cores={"web server": 0.5, "engine": 0.4}, idle=0.0)
    assert brake(full).startswith("the processor")
    assert full.others == pytest.approx(CORES - 0.9)
    assert brake(_step(10)).startswith("waiting")


def test_the_section_tells_both_servers_their_bend_and_their_brake() -> None:
    text = section(
        [_step(10), _step(20, late_ms=500)],
        [_step(10, late_ms=50)],
        (400, 20),
        Counter({"botocore": 3, "the app": 1}),
    )
    assert "It bends between 10 and 20 calls a second" in text
    assert "| `chalice local`, 10/s | 100 | 10 | 50 | 50 | 50 | 25 | 0 | 30.0 | 20.0 |" in text
    assert "the web server fills a core first, at 67 calls a second" in text, "0.3 cores for 20 a second"
    assert "(20.0 times)" in text
    assert "botocore 75%, the app 25%" in text


def test_processor_time_is_told_by_what_a_process_is() -> None:
    found = cpu_seconds([os.getpid(), 2**22 + 1])
    assert list(found) == [role_of(os.getpid())]
    assert sum(found.values()) > 0


def test_a_thread_is_told_by_the_innermost_part_that_is_known() -> None:
    import sys

    assert part_of(sys._getframe()) == "", "neither the app nor its server"
    names: dict[str, object] = {"f": sys._getframe, "part": part_of}
    for file, part in {"/x/chalicelib/web.py": "the app", "/x/botocore/client.py": "botocore"}.items():
        exec(compile("found = part(f())", file, "exec"), names)
        assert names["found"] == part
