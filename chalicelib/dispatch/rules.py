"""Who should take an issue: pure decisions, no I/O, no clock.

Everybody is compared by one number that people can check: in how many minutes could they begin? It adds up the time
until their shift, what they have to do already, and the walk. Whoever lacks the skill or the certificate may not.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.dispatch.models import Candidate, Proposal, Reason, Task, Worker
from chalicelib.dispatch.policy import (
    BUSY_WITHIN_MIN,
    JOB_MIN,
    MISSED_WINDOW_MIN,
    NEEDS,
    STEP_MIN,
    UNKNOWN_SKILL_MIN,
    Need,
)

_WEEK = 7
_MINUTE = timedelta(minutes=1)


def propose(
    task: Task, people: Sequence[Candidate], order: Sequence[str], now: datetime, zone: ZoneInfo
) -> list[Proposal]:
    """Everybody, the best first; those who may not take it come last. Equals change places from issue to issue."""
    found = [weigh(task, one, order, now, zone) for one in people]
    return sorted(found, key=lambda p: (p.minutes is None, p.minutes or 0, _turn(task.id, p.id)))


def best(proposals: Sequence[Proposal]) -> Proposal | None:
    """Who is proposed, if anybody may take it."""
    return proposals[0] if proposals and proposals[0].minutes is not None else None


def _turn(issue_id: str, person_id: str) -> str:
    return hashlib.sha256(f"{issue_id}|{person_id}".encode()).hexdigest()


def weigh(task: Task, person: Candidate, order: Sequence[str], now: datetime, zone: ZoneInfo) -> Proposal:
    """How well one person fits an issue, with the reasons."""
    need = NEEDS.get(task.category_id, NEEDS["other"])
    able = _able(need, person, now, zone)
    if any(reason.code in _NEVER for reason in able):
        return Proposal(person.id, person.name, None, able)
    ready, when = _ready(task, person.worker, now, zone)
    if ready is None:
        return Proposal(person.id, person.name, None, (*able, *when))
    around = _around(task, person, order, ready)
    start = _wanted(task, now)
    minutes = max(0, (ready - start) // _MINUTE) + sum(map(_minutes, (*able, *when, *around)))
    return Proposal(person.id, person.name, minutes, (*able, *when, *around))


_NEVER = frozenset({"not_role", "no_skill", "no_certificate", "expired"})


def _minutes(reason: Reason) -> int:
    """What a reason costs, in minutes."""
    each = {
        "skill_unknown": UNKNOWN_SKILL_MIN,
        "no_window": MISSED_WINDOW_MIN,
        "busy": BUSY_WITHIN_MIN,
        "load": JOB_MIN * reason.n,
        "steps": STEP_MIN * reason.n,
    }
    return each.get(reason.code, 0)


def _able(need: Need, person: Candidate, now: datetime, zone: ZoneInfo) -> tuple[Reason, ...]:
    """Whether somebody can do it at all, and may."""
    worker = person.worker
    skills = worker.skills if worker else []
    if need.skill not in skills and (skills or "technician" not in person.roles):
        return (Reason("no_skill" if skills else "not_role", need.skill),)
    known = Reason("skill", need.skill) if skills else Reason("skill_unknown")
    if need.certificate is None:
        return (known,)
    kept = [one for one in worker.certificates if one.kind == need.certificate] if worker else []
    if not kept:
        return (known, Reason("no_certificate", need.certificate))
    until = max(one.valid_until for one in kept)
    code: Reason = Reason("certificate", need.certificate)
    if until < now.astimezone(zone).date():
        code = Reason("expired", need.certificate)
    return (known, code)


def _wanted(task: Task, now: datetime) -> datetime:
    """The earliest moment at which the owner wants somebody."""
    starts = [max(now, window.start) for window in task.windows if window.end > now]
    return min(starts, default=now)


def _ready(
    task: Task, worker: Worker | None, now: datetime, zone: ZoneInfo
) -> tuple[datetime | None, tuple[Reason, ...]]:
    """When somebody could come, best within a time that suits the owner; None when they work no more at all."""
    open_windows = [window for window in task.windows if window.end > now]
    for window in sorted(open_windows, key=lambda one: one.start):
        at = available_from(worker, max(now, window.start), zone)
        if at is not None and at < window.end:
            return at, (_shift_reason(worker, at, now, zone), Reason("in_window", at=at))
    at = available_from(worker, now, zone)
    if at is None:
        return None, (Reason("no_shift"),)
    missed = (Reason("no_window"),) if open_windows else ()
    return at, (_shift_reason(worker, at, now, zone), *missed)


def _shift_reason(worker: Worker | None, at: datetime, now: datetime, zone: ZoneInfo) -> Reason:
    if is_absent(worker, now) and at > now:
        return Reason("absent", at=at)
    if worker is None or not worker.shifts:
        return Reason("shift_unknown")
    if available_from(worker, now, zone) == now:
        return Reason("on_shift")
    return Reason("shift_later", at=at)


def is_absent(worker: Worker | None, at: datetime) -> bool:
    """Whether somebody has said that they are away then."""
    return worker is not None and any(one.start <= at < one.end for one in worker.absences)


def available_from(worker: Worker | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment from `at` on at which somebody is at work; `at` where nothing is known. None when their
    absence leaves no shift of the next weeks."""
    if worker is None:
        return at
    moment = at
    for _ in range(2 * len(worker.absences) + 2):
        away = [one.end for one in worker.absences if one.start <= moment < one.end]
        later = max(away, default=moment)
        begins = next_shift(worker, later, zone)
        if begins is None:
            return None
        if begins == moment:
            return moment
        moment = begins
    return None


def next_shift(worker: Worker, at: datetime, zone: ZoneInfo) -> datetime | None:
    """`at` within a shift, or where none are entered; else when the next one begins."""
    if not worker.shifts:
        return at
    local = at.astimezone(zone)
    today, minutes = local.weekday(), local.hour * 60 + local.minute
    waits = [_wait(one.day, one.start, one.end, today, minutes) for one in worker.shifts]
    wait = min(waits)
    if wait == 0:
        return at
    day = local.date() + timedelta(days=(minutes + wait) // 1440)
    clock = (minutes + wait) % 1440
    return datetime.combine(day, time(clock // 60, clock % 60), zone)


def _wait(day: int, start: str, end: str, today: int, minutes: int) -> int:
    """Minutes from a moment of the week to a shift: 0 within it."""
    begins, ends = _clock(start), _clock(end)
    length = (ends - begins) % 1440 or 1440
    since = ((today - day) % _WEEK) * 1440 + minutes - begins
    since %= _WEEK * 1440
    return 0 if since < length else _WEEK * 1440 - since


def _clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _around(task: Task, person: Candidate, order: Sequence[str], ready: datetime) -> tuple[Reason, ...]:
    """What somebody has to do already, and how far away they are."""
    found = [Reason("load", n=len(person.jobs)) if person.jobs else Reason("free")]
    place = where(person, ready)
    if place and place == task.building:
        found.append(Reason("here", place))
    elif place in order and task.building in order:
        found.append(Reason("steps", place, abs(order.index(place) - order.index(task.building))))
    near = timedelta(minutes=BUSY_WITHIN_MIN)
    if any(job.visit_at and abs(job.visit_at - ready) < near for job in person.jobs):
        found.append(Reason("busy"))
    return tuple(found)


def where(person: Candidate, at: datetime) -> str:
    """The building in which somebody is likely to be: where they work, else where they are expected."""
    for job in person.jobs:
        if job.status == "in_progress" and job.building:
            return job.building
    near = timedelta(minutes=BUSY_WITHIN_MIN)
    visits = [job for job in person.jobs if job.visit_at and abs(job.visit_at - at) < near and job.building]
    return visits[0].building if visits else ""
