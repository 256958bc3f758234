"""What a warm request costs in processor time, the whole app against others that make the same calls.

python -m bench.warm [--pairs 15] [--times 20]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

from bench.plan import prepared

ROOT = Path(__file__).resolve().parent.parent
#: The others need packages that the portal has not.
_OTHERS = ROOT / ".venv-bench" / "bin" / "python"
CONTESTANTS = {
    "portal": sys.executable,
    "bare": str(_OTHERS),
    "powertools": str(_OTHERS),
    "fastapi_mangum": str(_OTHERS),
    "floor": str(_OTHERS),
}
#: What each row is, and the most that it may cost of the bare handler's.
GOALS = {"get": 0.35, "list": 0.35, "queue": 0.35, "transaction": 0.35, "page": 0.45}


@dataclass
class Worker:
    """A contestant's process."""

    name: str
    process: "subprocess.Popen[str]"
    took: dict[str, list[float]] = field(default_factory=dict)
    shares: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def start(cls, name: str, plan: Path) -> "Worker":
        """Start it; it answers when it has loaded."""
        command = [CONTESTANTS[name], "-m", "bench.warm_worker", name]
        environment = os.environ | {"LOG_LEVEL": "INFO", "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return cls(name, process)

    def run(self, row: str, times: int, keep: bool = True) -> None:
        """Let it answer a row's request so many times."""
        print(row, times, file=_there(self.process.stdin), flush=True)
        line = _there(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.name} ended at {row}")
        if keep:
            self.took.setdefault(row, []).append(json.loads(line)["ms"])

    def profile(self, row: str, times: int) -> None:
        """Let it say where a row's time goes."""
        print(f"profile {row}", times, file=_there(self.process.stdin), flush=True)
        self.shares[row] = json.loads(_there(self.process.stdout).readline())

    def stop(self) -> None:
        """End it."""
        _there(self.process.stdin).close()
        self.process.wait(10)


def _there(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, "opened at its start"
    return pipe


def measure(pairs: int, times: int) -> list[Worker]:
    """All rows of all contestants, in turn."""
    with tempfile.TemporaryDirectory() as folder, prepared(Path(folder)) as (_, plan):
        workers = [Worker.start(name, plan) for name in CONTESTANTS]
        try:
            for pair in range(-1, pairs):  # the first warms up
                for row in GOALS:
                    for worker in workers:
                        worker.run(row, times, keep=pair >= 0)
            for row in GOALS:
                workers[0].profile(row, times)
        finally:
            for worker in workers:
                worker.stop()
        return workers


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the pairs' ratios."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


ABOUT = """
The whole app as Lambda calls it, settings as in production: an API Gateway event in, an answer out, with sign-in
checked against the table (account, session and unread count: one read), permission, opaque cursors, sealed names
opened, security headers and a log line. Processor time of that process alone, each row in turn in one run; the
table is a stand-in that replays answers recorded from the embedded engine, so all get equal answers, and a write
finds the table as it was.

- **get** `GET /api/v1/issues/{id}`: sign-in, one query: an issue with six rows of timeline and four hand-offs, as
  its owner sees it.
- **list** `GET /api/v1/issues?limit=20`: sign-in, one query for pointers, one batch read of 21 issues.
- **queue** `GET /api/v1/desk/issues?limit=20`: sign-in, one index query of 21 issues, merged, with each one's
  allowed steps.
- **transaction** `POST …/transition`: sign-in, idempotency key looked up, issue read, the step judged, one
  transaction that writes state, timeline, hand-off, announcement, audit row and idempotency key, and the whole
  issue as answer.
- **page** `GET /issues`: as *list*, and the page with 20 cards, in the reader's language.

The others make the same calls with the very same requests, read every item and give all of it back: (a) **bare**, a
handler with a `boto3.client`, `TypeDeserializer`, `json.dumps`, plain Jinja2 with a page of the same markup; (b)
**powertools**, the same behind its resolver, with its logger; (c) **fastapi_mangum**; (d) **floor**, requests
signed by hand over `http.client`. None of them checks a session, permission or a key, opens a sealed name or judges
anything, so each has less to do than the portal. Median of the pairs' ratios: below 1 the portal is quicker.
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Processor time of warm requests.")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    ours, *others = measure(given.pairs, given.times)
    print(f"## Warm requests\n{ABOUT}")
    print("| row | the portal | " + " | ".join(other.name for other in others) + " | goal against bare |")
    print("|---|---|" + "---|" * len(others) + "---|")
    for name, goal in GOALS.items():
        print(_line(name, goal, ours.took[name], [other.took[name] for other in others]))
    missed = [name for name, goal in GOALS.items() if ratio(ours.took[name], others[0].took[name]) > goal]
    for name in missed:
        parts = ", ".join(f"{whose} {share:.0%}" for whose, share in ours.shares[name].items())
        print(f"\nWhere the time of *{name}* goes, which misses its goal: {parts}.")


def _line(name: str, goal: float, ours: list[float], others: list[list[float]]) -> str:
    cells = [f"{ratio(ours, theirs):.2f} × ({median(theirs):.2f} ms)" for theirs in others]
    met = "met" if ratio(ours, others[0]) <= goal else "missed"
    return f"| {name} | {median(ours):.2f} ms | {' | '.join(cells)} | ≤ {goal} ×: {met} |"


if __name__ == "__main__":
    main()
