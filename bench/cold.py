"""Cold start and peak memory of the packaged portal, against what else one would deploy.

    python -m bench.cold [--pairs 15]

Each start is a process of its own. The zip is unpacked as Lambda does it and alone on the path.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from bench.stage import ROOT, Stage, stage
from infra.package.build import build

#: What is compared: name → module and attribute of the handler.
PEERS = {
    "(a) bare `boto3.client` handler": "bench.peers.bare:handler",
    "(b) Powertools' resolver": "bench.peers.powertools:handler",
    "(c) FastAPI with Mangum": "bench.peers.fastapi_mangum:handler",
    "(d) the floor: hand-signed `http.client`": "bench.peers.floor:handler",
}
#: For information: what `chalice package` zips has no bytecode. The goals are against the compiled one.
UNCOMPILED = "(a) as `chalice package` zips it, without bytecode"
PORTAL = "the portal, packaged"
CASES = {"get": "JSON get of one issue", "page": "HTML page of 20 rows"}
_BENCH_PACKAGES = ROOT / ".venv-bench" / "lib" / "python3.11" / "site-packages"

# Told apart from `-c` by nothing: no site, no environment, the same flags for everybody.
_CHILD = """
import sys
sys.path[:0] = sys.argv[2].split(":")
import importlib, json
module, _, name = sys.argv[1].partition(":")
handler = getattr(importlib.import_module(module), name)
with open(sys.argv[3]) as file:
    event = json.load(file)
answer = handler(event, None)
import time
answered, cpu = time.monotonic(), time.process_time()
assert answer["statusCode"] == 200, answer
with open("/proc/self/status") as file:
    peak = next(line for line in file if line.startswith("VmHWM")).split()[1]
sys.stderr.write(json.dumps({"answered": answered, "cpu": cpu, "peak": int(peak)}))
"""

Sample = dict[str, float]


#: What that handler imports.
_ITS_PACKAGES = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "urllib3",
    "jinja2",
    "markupsafe",
)
_BYTECODE = shutil.ignore_patterns("__pycache__")


@contextmanager
def uncompiled() -> Iterator[Path]:
    """The bare handler and its packages without bytecode."""
    with TemporaryDirectory() as folder:
        for name in _ITS_PACKAGES:
            shutil.copytree(_BENCH_PACKAGES / name, Path(folder, name), ignore=_BYTECODE)
        shutil.copyfile(_BENCH_PACKAGES / "six.py", Path(folder, "six.py"))
        shutil.copytree(ROOT / "bench" / "peers", Path(folder, "bench", "peers"), ignore=_BYTECODE)
        yield Path(folder)


@contextmanager
def unpacked() -> Iterator[Path]:
    """The zip of `make package STAGE=prod`, unpacked in a folder of its own."""
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(build("prod", out=ROOT / "build" / "bench") / "deployment.zip") as archive:
            archive.extractall(folder)
        yield Path(folder)


class Cold:
    """Starts handlers in fresh processes."""

    def __init__(self, where: Stage, tree: Path, sources: Path) -> None:
        self._stage, self._tree = where, tree
        peers = f"{ROOT}:{_BENCH_PACKAGES}"
        self.ways = {PORTAL: ("app:app", str(tree))} | {name: (way, peers) for name, way in PEERS.items()}
        self.ways[UNCOMPILED] = ("bench.peers.bare:handler", str(sources))

    def start(self, name: str, case: str) -> Sample:
        """One fresh process to its first answer: seconds, seconds of processor, peak memory in MB."""
        event = self._stage.plan.with_name(f"{case}.json")
        event.write_text(json.dumps(self._stage.event(case)))
        handler, paths = self.ways[name]
        begun = monotonic()
        done = subprocess.run(
            [_python(), "-I", "-S", "-B", "-c", _CHILD, handler, paths, str(event)],
            env=self._stage.environment, cwd=self._tree, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name} does not start:\n{done.stderr[-3000:]}")
        told: Any = json.loads(done.stderr.splitlines()[-1])
        return {"wall": told["answered"] - begun, "cpu": told["cpu"], "peak": told["peak"] / 1024}

    def imports(self, name: str, case: str) -> str:
        """Where the time of importing goes, by package, as a sentence."""
        self.start(name, case)  # writes the event, warms the disk
        handler, paths = self.ways[name]
        event = str(self._stage.plan.with_name(f"{case}.json"))
        done = subprocess.run(
            [_python(), "-I", "-S", "-B", "-X", "importtime", "-c", _CHILD, handler, paths, event],
            env=self._stage.environment, cwd=self._tree, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\w+)", done.stderr, re.MULTILINE)
        spent: Counter[str] = Counter()
        for took, package in found:
            spent[package] += int(took)
        parts = [f"{package} {took / spent.total():.0%}" for package, took in spent.most_common(8)]
        return f"{len(found)} modules are imported for it; of that time: {', '.join(parts)}."

    def compared(self, case: str, pairs: int) -> dict[str, list[Sample]]:
        """Samples of everybody, taken in turn; the first round, which warms the disk, does not count."""
        samples: dict[str, list[Sample]] = {name: [] for name in self.ways}
        for _ in range(pairs + 1):
            for name in self.ways:
                samples[name].append(self.start(name, case))
        return {name: found[1:] for name, found in samples.items()}


def _python() -> str:
    """The interpreter itself, not an environment's."""
    return str(getattr(sys, "_base_executable", sys.executable))


def row(name: str, ours: list[Sample], theirs: list[Sample]) -> str:
    """A peer's line: its own medians, and the portal as a multiple of it, pair by pair."""

    def ratio(what: str) -> float:
        return median(mine[what] / other[what] for mine, other in zip(ours, theirs, strict=True))

    def own(what: str) -> float:
        return median(sample[what] for sample in theirs)

    return (
        f"| {name} | {own('wall') * 1000:.0f} ms | {own('cpu') * 1000:.0f} ms | {own('peak'):.1f} MB "
        f"| {ratio('wall'):.2f} | {ratio('cpu'):.2f} | {ratio('peak'):.2f} |"
    )


def section(pairs: int) -> str:
    """The Markdown section."""
    parts = [_INTRODUCTION.format(pairs=pairs)]
    with unpacked() as tree, uncompiled() as sources, stage() as where:
        cold = Cold(where, tree, sources)
        for case, words in CASES.items():
            samples = cold.compared(case, pairs)
            parts.append(f"\n**{words}**\n\n{_HEAD}")
            parts += [row(name, samples[PORTAL], found) for name, found in samples.items()]
            parts.append(f"\n{PORTAL.capitalize()}: {cold.imports(PORTAL, case)}")
    return "\n".join(parts)


_INTRODUCTION = """## Cold start and memory

A fresh process to its first answer, {pairs} rounds in which everybody has a turn; the ratios are medians of the pairs.
Included: the interpreter, all imports, the connection, the answers of the table (a stand-in here). The portal also
opens its keyring by KMS, checks session and rights, and logs a line; the others do without. All are compiled: the
portal by its package, the others as Lambda's own boto3 and a well-made layer are. Memory is the process's peak
(VmHWM). The engine speaks plain HTTP: on AWS the portal's package also saves 13 ms of reading certificates. The
portal's page comes from compiled templates, the others' from their sources. Goals, against (a): processor ≤ 0.75,
memory ≤ 1.0."""
_HEAD = """| | time | processor | peak memory | portal ÷ it: time | processor | memory |
|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Cold start and memory.")
    parser.add_argument("--pairs", type=int, default=15)
    print(section(parser.parse_args().pairs))


if __name__ == "__main__":
    main()
