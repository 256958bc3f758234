"""How much the local portal bears: an open loop at several rates, where it bends, and what the brake is.

    python -m bench.load [--seconds 8] [--rates 20,40,80,120,160]

Loopback only, on a portal of its own; the same mix then meets plain `chalice local` on the same engine and records.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.document import table
from bench.fifty import Crowd
from bench.live import ROOT, LivePortal
from bench.openloop import Loop, Timed, arrivals, percentiles
from bench.people import OWNERS
from bench.processes import cpu_seconds, idle_seconds
from bench.visitors import MIX, Sender, Visitors

_WORKERS = 64
#: It bends where late calls take this much longer than at the first rate, or fewer are answered than asked.
_BENDS_AT, _KEEPS_UP = 5.0, 0.95
#: A process that spends this much of a core is the brake: Python uses one. So are all cores, when hardly any is idle.
_BUSY, _IDLE = 0.8, 0.15
_WARM_S = 3


@dataclass(frozen=True)
class Step:
    """One rate: what became of its calls, processor used of one core by each process, and where web threads were."""

    rate: float
    seconds: float
    calls: list[Timed]
    cores: dict[str, float]
    places: Counter[str]
    #: Cores of the machine that had nothing to do.
    idle: float

    @property
    def others(self) -> float:
        """Cores that anything else on this machine used."""
        return max(0.0, (os.cpu_count() or 1) - self.idle - sum(self.cores.values()))

    @property
    def late(self) -> tuple[float, float, float]:
        """50th, 95th and 99th of the times since calls were due, in ms."""
        return percentiles([call.late_ms for call in self.calls])

    @property
    def failed(self) -> int:
        """Calls with no answer, or another one than they must get."""
        return sum(call.status is None for call in self.calls)

    @property
    def answered(self) -> float:
        """Calls answered a second, to the last answer."""
        return (len(self.calls) - self.failed) / self.seconds


@dataclass
class Bench:
    """One portal with people in it, and how its web server is looked at."""

    portal: LivePortal
    visitors: Visitors
    samples: Path

    def at(self, url: str, rate: float, seconds: float, pids: Sequence[int] = ()) -> Step:
        """One rate against one address; `pids` are processes beside the portal's own."""
        family = [*self.portal.family(), *pids]
        plan = arrivals(rate, seconds, MIX, random.Random(rate))
        senders = [Sender(self.visitors, url) for _ in range(_WORKERS)]
        places = self._places()
        before, own, idle = cpu_seconds(family), time.process_time(), idle_seconds()
        started = time.monotonic()
        calls = Loop(plan).run(senders)
        took = time.monotonic() - started
        used = cpu_seconds(family)
        used.subtract(before)
        cores = {role: spent / took for role, spent in used.items()}
        cores["who asks (this bench)"] = (time.process_time() - own) / took
        idle = (idle_seconds() - idle) / took
        return Step(rate, took, calls, cores, self._places() - places, idle)

    def _places(self) -> Counter[str]:
        time.sleep(0.6)  # the sampler writes twice a second
        return Counter(json.loads(self.samples.read_text())) if self.samples.exists() else Counter()


@contextmanager
def bench() -> Iterator[Bench]:
    """A portal of its own with fifty people signed in, and a sampler in its web server."""
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.json"
        os.environ |= {"PYTHONPATH": str(ROOT / "bench" / "sampler"), "SAMPLE_FILE": str(samples)}
        portal = LivePortal.in_folder(Path(folder) / "data")
        portal.start()
        try:
            tokens = [token or "" for token in Crowd(portal.url).tokens]
            visitors = Visitors(tokens[: len(OWNERS)], tokens[len(OWNERS) : len(OWNERS) + 8])
            visitors.prepare(portal.url)
            yield Bench(portal, visitors, samples)
        finally:
            portal.stop()
            del os.environ["PYTHONPATH"], os.environ["SAMPLE_FILE"]


@contextmanager
def plain_chalice(portal: LivePortal) -> Iterator[tuple[str, int]]:
    """`chalice local` on a running portal's engine and records; gives its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = json.loads((portal.data / "environment.json").read_text())
    command = [str(Path(sys.executable).parent / "chalice"), "local", "--port", str(port), "--no-autoreload",
               "--stage", "plain"]  # fmt: skip
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | kept | {"SAMPLE_FILE": ""}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)  # type: ignore[call-overload]
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("chalice local does not start")


def climb(
    run: Bench, url: str, rates: Sequence[float], seconds: float, pids: Sequence[int] = ()
) -> list[Step]:
    """One rate after another, up to the first at which it bends."""
    assert urlsplit(url).hostname == "127.0.0.1", "this loads loopback only"
    steps: list[Step] = []
    for rate in rates:
        steps.append(run.at(url, rate, seconds, pids))
        if bends(steps):
            break
    return steps


def bends(steps: Sequence[Step]) -> bool:
    """Whether the last rate is too much."""
    first, last = steps[0], steps[-1]
    asked = len(last.calls) / last.seconds
    return last.late[1] > _BENDS_AT * max(first.late[1], 20) or last.answered < _KEEPS_UP * asked


def brake(step: Step) -> str:
    """What holds a rate back, in words: a process that has a whole core, or the machine, whose cores are all busy."""
    busiest, most = max(step.cores.items(), key=lambda one: one[1])
    ours = sum(step.cores.values())
    if most > _BUSY:
        return f"the {busiest}: it uses {most:.2f} of a core, and Python uses one"
    if step.idle < _IDLE * (os.cpu_count() or 1):
        words = f"the processor: {step.idle:.2f} of {os.cpu_count()} cores are idle, {ours:.2f} are used by all of this"
        return (
            f"{words} and {step.others:.2f} by other work on the machine; the {busiest} uses most, {most:.2f}"
        )
    return f"waiting, not computing: the {busiest} uses most, {most:.2f} of a core"


def one_after_another(url: str, seconds: float = 2) -> float:
    """Small reads a second on one kept connection: what a server's own stalls leave of it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    calls, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        calls += 1
    connection.close()
    return calls / seconds


def _rows(name: str, steps: Sequence[Step]) -> list[list[str]]:
    return [
        [
            f"{name}, {step.rate:g}/s",
            f"{len(step.calls)}",
            f"{step.answered:.0f}",
            *(f"{value:.0f}" for value in step.late),
            f"{percentiles([call.service_ms for call in step.calls])[1]:.0f}",
            f"{step.failed}",
        ]
        for step in steps
    ]


def _profile(step: Step) -> str:
    seen = sum(step.places.values()) or 1
    where = ", ".join(f"{name} {count / seen:.0%}" for name, count in step.places.most_common())
    used = {**step.cores, "other work on the machine": step.others}
    cores = ", ".join(
        f"{role} {n:.2f}" for role, n in sorted(used.items(), key=lambda r: -r[1]) if n >= 0.005
    )
    return f"Cores used at {step.rate:g}/s: {cores}.\n\nWhere busy threads of the web server were: {where}.\n"


_HEAD = ["", "calls", "answered/s", "p50 ms", "p95 ms", "p99 ms", "p95 ms since sent", "failed"]


def section(ours: Sequence[Step], plain: Sequence[Step], kept: tuple[float, float]) -> str:
    """The section, in Markdown; `kept` is what one kept connection gets of each, in calls a second."""
    last, before = ours[-1], ours[-2] if len(ours) > 1 else ours[-1]
    rows = _rows("the portal", ours) + _rows("`chalice local`", plain)
    bent = (
        f"It bends between {before.rate:g} and {last.rate:g} calls a second."
        if bends(ours)
        else (f"It does not bend up to {last.rate:g} calls a second.")
    )
    return (
        "## Load on one machine\n\nAn open loop: calls come by chance (Poisson) at each rate and their times run from "
        "when they were due, so calls that had to wait to be sent count too. Each is a whole request over loopback "
        "(sign-in check, permission, the table on disk): "
        f"{', '.join(f'{weight} % {kind}' for kind, weight in MIX)}. The one who asks shares the cores.\n\n"
        f"{table(_HEAD, rows)}\n\n{bent} The brake is {brake(last)}.\n\n{_profile(last)}\n"
        f"`chalice local` at {plain[-1].rate:g}/s: the brake is {brake(plain[-1])}. One kept connection that reads "
        f"`/healthz` again and again gets {kept[0]:.0f} answers a second of the portal and {kept[1]:.0f} of "
        f"`chalice local` ({kept[0] / kept[1]:.1f} times): its answers leave in two pieces, and the second waits for "
        "the first one's receipt.\n"
    )


def main(given: Sequence[str] = ()) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="An open loop at several rates.")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rates", default="10,20,40,80,120,160")
    options = parser.parse_args(list(given))
    rates = [float(rate) for rate in options.rates.split(",")]
    with bench() as run:
        own = run.portal.url
        with plain_chalice(run.portal) as (url, pid):
            for address in (own, url):
                run.at(address, rates[0], _WARM_S)
            kept = one_after_another(own), one_after_another(url)
            ours = climb(run, own, rates, options.seconds)
            plain = climb(run, url, rates, options.seconds, [pid])
    print(section(ours, plain, kept))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
