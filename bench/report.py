"""`make bench`: runs every measurement and writes docs/benchmarks.md, or one section of it again.

    python -m bench.report [cold …]

Each section is what `python -m bench.NAME` prints; sections that are not measured now stay as they are.
"""

import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "benchmarks.md"
#: Module of `bench` → its heading, for those that print none.
SECTIONS = {
    "cold": "",
    "warm": "",
    "photo": "",
    "scale": "",
    "load": "",
    "dispatch": "",
    "month": "",
    "points": "",
    "fifty": "Fifty people at once, for a minute, on the local portal",
}
_VERSIONS = ("chalice", "botocore", "pydantic", "jinja2", "pillow")


def measured(name: str) -> str:
    """What a measurement prints, as a section; raises CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    said = done.stdout.strip()
    said = said[max(said.find("## "), 0) :]  # what the portal logs on the way is no part of it
    return f"## {SECTIONS[name]}\n\n```\n{said}\n```" if SECTIONS[name] else said


def parts_of(text: str) -> dict[str, str]:
    """The sections of a report by name."""
    found = re.findall(r"<!-- (\w+): .*?-->\n(.*?)(?=\n<!-- |\Z)", text, re.DOTALL)
    return {name: body.strip() for name, body in found}


def written(parts: dict[str, str], moments: dict[str, str]) -> str:
    """The whole report; `moments` says when each section was measured, and on what."""
    head = (
        "# Benchmarks\n\nWritten by `make bench` (`make bench ONLY=cold` measures one section again). Ratios are what "
        "counts: they are\ntaken in one run, everybody in turn, so that they hold on other machines too."
    )
    sections = [
        f"<!-- {name}: {moments[name]} -->\n{parts[name]}\n\n_Measured {moments[name]}._"
        for name in SECTIONS
        if name in parts
    ]
    return "\n\n".join([head, *sections]) + "\n"


def moments_of(text: str) -> dict[str, str]:
    """When each section of a report was measured."""
    return dict(re.findall(r"<!-- (\w+): (.*?) -->", text))


def machine() -> str:
    """The machine's class: cores, processor, memory."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    cores = len(re.findall(r"^processor", Path("/proc/cpuinfo").read_text(), re.MULTILINE))
    size = round(int(memory[1]) / 2**20) if memory else 0
    return f"{cores} cores of {processor[1] if processor else platform.machine()}, {size} GB"


def _now() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _VERSIONS)
    python = platform.python_version()
    return f"on {datetime.now(UTC):%Y-%m-%d}; {machine()}; Python {python}, {versions}"


def main(wanted: list[str]) -> None:
    """Measure what is wanted, or everything there is, and write the report."""
    names = wanted or [name for name in SECTIONS if find_spec(f"bench.{name}")]
    for name in names:
        body = measured(name)
        print(body, end="\n\n", flush=True)
        keep(name, body)


def keep(name: str, body: str) -> None:
    """Put a section in its place in the report, measured now; the others stay as they are."""
    text = TARGET.read_text() if TARGET.is_file() else ""
    parts, moments = parts_of(text), moments_of(text)
    parts = {one: re.sub(r"\n\n_Measured [^\n]*_$", "", said) for one, said in parts.items()}
    parts[name], moments[name] = body, _now()
    TARGET.write_text(written(parts, moments))


if __name__ == "__main__":
    main(sys.argv[1:])
