"""What an open loop found, judged: the rate at which it bends, and what the brake is; as a Markdown section."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.document import table
from bench.openloop import Timed, percentiles
from bench.visitors import MIX

#: It bends where late calls take this much longer than at the first rate, or fewer are answered than asked.
_BENDS_AT, _KEEPS_UP = 5.0, 0.95
#: A process that spends this much of a core is the brake: Python uses one. So are all cores, when hardly any is idle.
_BUSY, _IDLE = 0.8, 0.15


@dataclass(frozen=True)
class Step:
    """One rate: what became of its calls, and how many cores each process used."""

    rate: float
    seconds: float
    calls: list[Timed]
    cores: dict[str, float]
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
    def cpu_ms(self) -> dict[str, float]:
        """Processor time of each process for one call, in ms; other work on the machine hardly changes it."""
        return {role: used * self.seconds * 1000 / len(self.calls) for role, used in self.cores.items()}

    @property
    def failed(self) -> int:
        """Calls with no answer, or another one than they must get."""
        return sum(call.status is None for call in self.calls)

    @property
    def answered(self) -> float:
        """Calls answered a second, to the last answer."""
        return (len(self.calls) - self.failed) / self.seconds


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


def first_full(step: Step) -> str:
    """Which process would fill its core first, were nothing else on the machine, and at how many calls a second."""
    role, most = max(step.cpu_ms.items(), key=lambda one: one[1])
    return f"By processor time a call, the {role} fills a core first, at {1000 / most:.0f} calls a second"


def _rows(name: str, steps: Sequence[Step]) -> list[list[str]]:
    return [
        [
            f"{name}, {step.rate:g}/s",
            f"{len(step.calls)}",
            f"{step.answered:.0f}",
            *(f"{value:.0f}" for value in step.late),
            f"{percentiles([call.service_ms for call in step.calls])[1]:.0f}",
            f"{step.failed}",
            f"{max(step.cpu_ms.get('web server', 0), step.cpu_ms.get('chalice local', 0)):.1f}",
            f"{step.cpu_ms.get('engine', 0):.1f}",
        ]
        for step in steps
    ]


def _profile(step: Step, places: Counter[str]) -> str:
    seen = sum(places.values()) or 1
    where = ", ".join(f"{name} {count / seen:.0%}" for name, count in places.most_common())
    used = {**step.cores, "other work on the machine": step.others}
    cores = ", ".join(
        f"{role} {n:.2f}" for role, n in sorted(used.items(), key=lambda r: -r[1]) if n >= 0.005
    )
    return f"Cores used at {step.rate:g}/s: {cores}.\n\nWhere busy threads of the web server were: {where}.\n"


_HEAD = [
    "",
    "calls",
    "answered/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "p95 ms since sent",
    "failed",
    "CPU ms a call: server",
    "engine",
]


def section(
    ours: Sequence[Step], plain: Sequence[Step], kept: tuple[float, float], places: Counter[str]
) -> str:
    """The section, in Markdown; `kept` is what one kept connection gets of each, in calls a second, and `places` where
    the web server's threads are at the last rate."""
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
        f"{table(_HEAD, rows)}\n\n{bent} The brake is {brake(last)}. {first_full(last)}.\n\n{_profile(last, places)}\n"
        f"`chalice local` at {plain[-1].rate:g}/s: the brake is {brake(plain[-1])}. One kept connection that reads "
        f"`/healthz` again and again gets {kept[0]:.0f} answers a second of the portal and {kept[1]:.0f} of "
        f"`chalice local` ({kept[0] / kept[1]:.1f} times): its answers leave in two pieces, and the second waits for "
        "the first one's receipt. It does not compress its answers, which the portal does as the gateway would.\n"
    )
