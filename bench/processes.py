"""Processor time of a portal's processes, by what they are (Linux)."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_ROLES = (
    ("local.serve", "web server"), ("local.engine", "engine"), ("local.pump", "event pump"),
    ("chalice", "chalice local"), ("local.run", "supervisor"),
)  # fmt: skip


def role_of(pid: int) -> str:
    """What a process is, by its command."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    return next((role for word, role in _ROLES if word in words), "photo workers")


def cpu_seconds(pids: Iterable[int]) -> Counter[str]:
    """Seconds of processor that each kind of process has used since its start; one that ended counts no more."""
    found: Counter[str] = Counter()
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found[role_of(pid)] += (int(fields[11]) + int(fields[12])) / _TICKS  # type: ignore[assignment]
        except OSError:
            continue
    return found


def idle_seconds() -> float:
    """Seconds that all cores of the machine together have had nothing to do since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / _TICKS
