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
GOALS = {"get": 0.75, "list": 0.35, "queue": 0.35, "transaction": 0.95, "page": 0.45}


@dataclass
class Worker:
    """A contestant's process."""

    name: str
    process: "subprocess.Popen[str]"
    took: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def start(cls, name: str, plan: Path) -> "Worker":
        """Start it; it answers when it has loaded."""
        command = [CONTESTANTS[name], "-m", "bench.worker", name]
        environment = os.environ | {"BENCH_PLAN": str(plan), "PYTHONPATH": str(ROOT)}
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
        finally:
            for worker in workers:
                worker.stop()
        return workers


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the pairs' ratios."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Processor time of warm requests.")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    ours, *others = measure(given.pairs, given.times)
    print("| row | the portal | " + " | ".join(other.name for other in others) + " | goal |")
    print("|---|---|" + "---|" * len(others) + "---|")
    for row, goal in GOALS.items():
        cells = [
            f"{ratio(ours.took[row], other.took[row]):.2f} × ({median(other.took[row]):.2f} ms)"
            for other in others
        ]
        print(f"| {row} | {median(ours.took[row]):.2f} ms | {' | '.join(cells)} | {goal} × |")


if __name__ == "__main__":
    main()
