"""Who gets 10,000 issues, by proposal and by turns: spread of load and share done on time. No engine, seconds.

    python -m bench.dispatch [issues]

Both ways choose among those who have the skill and the certificate; taking turns is what a desk does that looks at
nothing else. Everybody works through their jobs in the order of the promised times, within their shifts; a job takes
20 to 80 minutes and the walk to it. The same issues for both, from a fixed seed.
"""

import heapq
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import mean, pstdev
from zoneinfo import ZoneInfo

from chalicelib.dispatch import rules
from chalicelib.dispatch.models import Candidate, Certificate, Job, Shift, Task, Worker
from chalicelib.dispatch.policy import NEEDS, STEP_MIN
from chalicelib.issues.policy import category_of
from chalicelib.service_levels.policy import DEFAULT_POLICY

ISSUES = 10_000
_ZONE = ZoneInfo("Asia/Shanghai")
_START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
_BUILDINGS = [str(n) for n in range(1, 21)]
_EVERY_MIN = 17.0
#: What is promised, near enough without a calendar.
_PROMISED = {name: one.goals["resolve"].wall for name, one in DEFAULT_POLICY.classes.items()}
_KINDS = {
    "plumbing": 30,
    "electrical": 25,
    "lift": 5,
    "doors_windows": 15,
    "wall_seepage": 5,
    "public_area": 12,
    "cleaning": 8,
}
_DAY, _LATE, _NIGHT = ("08:00", "17:00"), ("13:00", "22:00"), ("22:00", "08:00")
_SKILLS = (
    ("plumbing", "electrical"), ("electrical", "doors"), ("plumbing", "doors", "seepage"), ("lift", "electrical"),
    ("plumbing", "public"), ("cleaning", "public"),
)  # fmt: skip
Choice = Callable[[Task, list[Candidate], datetime], str | None]


@dataclass
class Arrival:
    """An issue with what it will take."""

    task: Task
    at: datetime
    due: datetime
    work_min: int


@dataclass
class Person:
    """Somebody at work: what they have, where they were last, and how much they did."""

    candidate: Candidate
    free_at: datetime = _START
    jobs: list[tuple[datetime, str, Arrival]] = field(default_factory=list)
    building: str = "1"
    work_min: int = 0


def people() -> list[Person]:
    """Eighteen people: every set of skills on every shift; certificates as the law wants them."""
    until = date(2030, 1, 1)
    found = []
    for n, skills in enumerate(_SKILLS * 3):
        start, end = (_DAY, _LATE, _NIGHT)[n // len(_SKILLS)]
        days = [day for day in range(7) if day != n % 7 and (day + 3) % 7 != n % 7]
        kinds = [
            kind
            for kind in ("electrician", "lift")
            if (kind == "lift") == ("lift" in skills) or kind == "electrician"
        ]
        worker = Worker.model_validate(
            {
                "id": f"p{n:02}",
                "community_id": "maple",
                "skills": skills,
                "certificates": [
                    Certificate.model_validate({"kind": kind, "valid_until": until}) for kind in kinds
                ],
                "shifts": [Shift(day=day, start=start, end=end) for day in days],
            }
        )
        found.append(Person(Candidate(worker.id, worker.id, ("technician",), worker)))
    return found


def arrivals(count: int) -> list[Arrival]:
    """Issues as they come: more by day than at night."""
    chance = random.Random(20261125)
    at, found = _START, []
    for n in range(count):
        hour = at.astimezone(_ZONE).hour
        at += timedelta(minutes=chance.expovariate(1 / (_EVERY_MIN * (0.7 if 7 <= hour < 22 else 3))))
        kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        task = Task(f"i{n:06}", kind, chance.choice(_BUILDINGS))
        due = at + _PROMISED[category_of(kind).sla_class]
        found.append(Arrival(task, at, due, chance.randint(20, 80)))
    return found


def work_until(person: Person, now: datetime, done: list[float]) -> None:
    """Let somebody do what they have, one job after the other, as far as they get by `now`."""
    while person.jobs:
        due, _, job = person.jobs[0]
        start = rules.available_from(person.candidate.worker, max(person.free_at, job.at), _ZONE)
        if start is None or start >= now:
            return
        heapq.heappop(person.jobs)
        walk = STEP_MIN * abs(int(person.building) - int(job.task.building))
        person.free_at = start + timedelta(minutes=walk + job.work_min)
        person.work_min += walk + job.work_min
        person.building = job.task.building
        done.append((due - person.free_at).total_seconds() / 60)


def run(choose: Choice, issues: Sequence[Arrival]) -> tuple[list[Person], list[float], int]:
    """Give out all issues; gives back the people, by how many minutes each was early, and how many nobody took."""
    staff, done, lost = people(), list[float](), 0
    for arrival in issues:
        for person in staff:
            work_until(person, arrival.at, done)
        taker = choose(arrival.task, [_seen(person) for person in staff], arrival.at)
        if taker is None:
            lost += 1
            continue
        chosen = next(person for person in staff if person.candidate.id == taker)
        heapq.heappush(chosen.jobs, (arrival.due, arrival.task.id, arrival))
    for person in staff:
        work_until(person, issues[-1].at + timedelta(days=60), done)
    return staff, done, lost


def _seen(person: Person) -> Candidate:
    """Somebody as the desk sees them."""
    one = person.candidate
    jobs = tuple(
        Job(
            job.task.id,
            "in_progress" if n == 0 else "assigned",
            person.building if n == 0 else job.task.building,
        )
        for n, (_, _, job) in enumerate(person.jobs)
    )
    return Candidate(one.id, one.name, one.roles, one.worker, jobs)


def proposed(task: Task, staff: list[Candidate], now: datetime) -> str | None:
    """Ours."""
    best = rules.best(rules.propose(task, staff, _BUILDINGS, now, _ZONE))
    return best.id if best else None


def by_turns() -> Choice:
    """Round-robin among those who may."""
    turns: dict[str, int] = {}

    def choose(task: Task, staff: list[Candidate], now: datetime) -> str | None:
        need = NEEDS[task.category_id]
        able = [one for one in staff if one.worker and need.skill in one.worker.skills]
        able = [one for one in able if rules.weigh(task, one, (), now, _ZONE).minutes is not None]
        if not able:
            return None
        turns[need.skill] = turns.get(need.skill, -1) + 1
        return able[turns[need.skill] % len(able)].id

    return choose


def _row(name: str, issues: Sequence[Arrival], choose: Choice) -> str:
    started = time.perf_counter()
    staff, done, lost = run(choose, issues)
    took_ms = (time.perf_counter() - started) * 1000 / len(issues)
    load = [person.work_min / 60 for person in staff]
    on_time = sum(early >= 0 for early in done) / len(issues)
    late = sorted(-early / 60 for early in done if early < 0)
    worst = f"{late[int(len(late) * 0.95)]:.1f} h" if late else "–"
    spread = pstdev(load) / mean(load)
    hours = f"{mean(load):.0f} h | {max(load) / mean(load):.2f}× | {spread:.2f}"
    return f"| {name} | {on_time:.1%} | {len(late)} | {worst} | {lost} | {hours} | {took_ms:.2f} ms |"


def main(count: int = ISSUES) -> None:
    """Print the section."""
    issues = arrivals(count)
    days = (issues[-1].at - issues[0].at).days
    print(f"## Who takes it: {count:,} issues, {len(people())} people, {days} days\n")
    print(
        "| | on time | late | late by, p95 | nobody | hours each | busiest / mean | spread of hours | a choice |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    print(_row("by proposal", issues, proposed))
    print(_row("by turns (round-robin)", issues, by_turns()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ISSUES)
