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

from bench.fifty import Crowd
from bench.live import ROOT, LivePortal
from bench.openloop import Loop, arrivals
from bench.people import OWNERS
from bench.processes import cpu_seconds, idle_seconds
from bench.verdict import Step, bends, section
from bench.visitors import MIX, Sender, Visitors

_WORKERS = 64
_WARM_S = 3


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
        before, own, idle = cpu_seconds(family), time.process_time(), idle_seconds()
        started = time.monotonic()
        calls = Loop(plan).run(senders)
        took = time.monotonic() - started
        used = cpu_seconds(family)
        used.subtract(before)
        cores = {role: spent / took for role, spent in used.items()}
        cores["who asks (this bench)"] = (time.process_time() - own) / took
        return Step(rate, took, calls, cores, (idle_seconds() - idle) / took)

    def places(self, rate: float, seconds: float) -> Counter[str]:
        """Where the web server's threads are at a rate; looked at apart from the times, as looking takes time too."""
        wanted = self.samples.with_suffix(".on")
        wanted.touch()
        self.at(self.portal.url, rate, seconds)
        found: Counter[str] = Counter(json.loads(self.samples.read_text()))
        wanted.unlink()
        return found


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
    run: Bench, addresses: Sequence[tuple[str, Sequence[int]]], rates: Sequence[float], seconds: float
) -> list[list[Step]]:
    """One rate after another, each address in turn so that other work on the machine meets all; an address that
    bends is asked no more. An address comes with the processes that it has beside the portal's own."""
    found: list[list[Step]] = [[] for _ in addresses]
    for rate in rates:
        for steps, (url, pids) in zip(found, addresses, strict=True):
            assert urlsplit(url).hostname == "127.0.0.1", "this loads loopback only"
            if not steps or not bends(steps):
                steps.append(run.at(url, rate, seconds, pids))
    return found


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
            ours, plain = climb(run, [(own, []), (url, [pid])], rates, options.seconds)
        places = run.places(ours[-1].rate, options.seconds)
    print(section(ours, plain, kept, places))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
