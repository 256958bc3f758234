"""`make bench`: fifty people at once, and whether each of their steps is there exactly once afterwards.

    python -m bench.fifty [--seconds 60] [--url http://127.0.0.1:8000]

Times are said twice: in milliseconds, and as a multiple of `GET /healthz` (one read of the table) by as many
connections on the same machine in the same run, so that runs on different machines can be compared.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench.client import Client, Sample
from bench.ledger import Ledger, by_issue, differences
from bench.live import LivePortal
from bench.people import COMMUNITY, MANAGER, OWNERS, STAFF, Owner, Staff, Worker, people_csv
from bench.pictures import phone_photo, scene


@dataclass
class Result:
    """What fifty people experienced."""

    seconds: float
    samples: list[Sample]
    baseline: list[Sample]
    races: int
    issues: int = 0
    steps: int = 0
    wrong: list[str] = field(default_factory=list)


class Crowd:
    """Fifty people who are signed in to one portal."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stop = threading.Event()
        self.manager = Client(url)
        self.manager.sign_in(MANAGER)
        done = self.manager.call("import", "POST", "/api/v1/desk/import", people_csv()).json
        assert done["errors"] == 0, done
        with ThreadPoolExecutor(10) as pool:
            self.tokens = list(pool.map(self._token, [*OWNERS, *(phone for phone, _ in STAFF)]))

    def _token(self, phone: str) -> str | None:
        client = Client(self.url)
        client.sign_in(phone)
        client.close()
        return client.token

    def baseline(self, seconds: float) -> list[Sample]:
        """What the smallest call that reads the table takes, asked by as many people."""
        end = time.monotonic() + seconds
        with ThreadPoolExecutor(len(self.tokens)) as pool:
            parts = pool.map(lambda token: _ask_for_health(Client(self.url, token), end), self.tokens)
            return [sample for part in parts for sample in part]

    def work(self, seconds: float) -> list[Worker]:
        """Let all of them do what they do, for so long."""
        photo = phone_photo(scene(width=2000, height=1500), quality=80)
        owners = len(OWNERS)
        kinds = [Owner if place < owners else Staff for place in range(len(self.tokens))]
        workers: list[Worker] = [
            kind(Client(self.url, token), self.stop, photo)
            for kind, token in zip(kinds, self.tokens, strict=True)
        ]
        for worker in workers:
            worker.client.samples.clear()
            worker.start()
        self.stop.wait(seconds)
        self.stop.set()
        for worker in workers:
            worker.join()
        return workers

    def check(self, ledgers: list[Ledger]) -> tuple[int, int, list[str]]:
        """How many issues and steps were acknowledged, and what is not as people were told."""
        told = by_issue(ledgers)
        wrong: list[str] = []
        for issue_id, steps in told.items():
            issue = self.manager.call("check", "GET", f"/api/v1/desk/issues/{issue_id}").json
            wrong += differences(issue, steps)
        return len(told), sum(steps.total() for steps in told.values()), wrong + self.wrong_counts()

    def wrong_counts(self, limit_s: float = 60) -> list[str]:
        """The desk's live numbers, once everything is delivered, against the queue itself."""
        end = time.monotonic() + limit_s
        wrong = self._compare_counts()
        while wrong and time.monotonic() < end:
            time.sleep(0.5)
            wrong = self._compare_counts()
        return wrong

    def _compare_counts(self) -> list[str]:
        path = f"/api/v1/desk/counts?community_id={COMMUNITY}"
        shown = self.manager.call("check", "GET", path).json
        shown.pop("overdue")
        there = {status: self._how_many(status) for status in shown}
        return [f"{there[s]} issues are {s}, the desk says {n}" for s, n in shown.items() if there[s] != n]

    def _how_many(self, status: str) -> int:
        path = f"/api/v1/desk/issues?community_id={COMMUNITY}&status={status}&limit=100"
        found, cursor = 0, ""
        while True:
            answer = self.manager.call("check", "GET", path + cursor).json
            found += len(answer["items"])
            if answer["next_cursor"] is None:
                return found
            cursor = f"&cursor={answer['next_cursor']}"


def _ask_for_health(client: Client, end: float) -> list[Sample]:
    while time.monotonic() < end:
        client.call("healthz", "GET", "/healthz")
    client.close()
    return client.samples


def run(url: str, seconds: float, baseline_s: float) -> Result:
    """Fifty people for so long; raises the first thing that went wrong for one of them."""
    crowd = Crowd(url)
    baseline = crowd.baseline(baseline_s)
    workers = crowd.work(seconds)
    for worker in workers:
        if worker.failure is not None:
            raise worker.failure
    samples = [sample for worker in workers for sample in worker.client.samples]
    result = Result(seconds, samples, baseline, sum(worker.races for worker in workers))
    result.issues, result.steps, result.wrong = crowd.check([worker.ledger for worker in workers])
    crowd.manager.close()
    return result


def report(result: Result) -> str:
    """The result as a table."""
    base = median(sample.ms for sample in result.baseline)
    lines = [
        f"{'':26}{'calls':>7}{'calls/s':>9}{'median ms':>11}{'95 % ms':>9}{'x healthz':>11}",
        _line("GET /healthz (baseline)", result.baseline, base, _length(result.baseline)),
        _line("everything", result.samples, base, result.seconds),
    ]
    for kind in sorted({sample.kind for sample in result.samples}):
        some = [sample for sample in result.samples if sample.kind == kind]
        lines.append(_line(kind, some, base, result.seconds))
    lines.append(
        f"\n{result.issues} issues, {result.steps} acknowledged steps; somebody else was quicker {result.races} "
        f"times; {len(result.wrong)} lost, doubled or miscounted."
    )
    return "\n".join([*lines, *result.wrong[:20]])


def _length(samples: list[Sample]) -> float:
    return max(sample.at for sample in samples) - min(sample.at - sample.ms / 1000 for sample in samples)


def _line(name: str, samples: list[Sample], base: float, seconds: float) -> str:
    times = [sample.ms for sample in samples]
    late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    middle = median(times)
    return f"{name:26}{len(times):7}{len(times) / seconds:9.1f}{middle:11.1f}{late:9.1f}{middle / base:11.2f}"


@contextmanager
def somewhere(url: str | None) -> Iterator[str]:
    """The portal named, or one of our own in a folder that is gone afterwards."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        portal = LivePortal.in_folder(Path(folder))
        portal.start()
        try:
            yield portal.url
        finally:
            portal.stop()


def main() -> int:
    """Run and print; 1 when something was lost, doubled or miscounted."""
    parser = argparse.ArgumentParser(description="Fifty people at once.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", help="a running local portal; without, one is started")
    given = parser.parse_args()
    with somewhere(given.url) as url:
        result = run(url, given.seconds, baseline_s=min(10, given.seconds / 2))
    print(report(result))
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
