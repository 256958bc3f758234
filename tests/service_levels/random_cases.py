"""Random issues under random policies and calendars, all moments on whole minutes; one number makes one case."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, get_args

from chalicelib.issues.models import Actor, Entry
from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion, Frame, Frames
from chalicelib.service_levels.models import (
    Goal,
    Levels,
    PauseReason,
    Policy,
    PolicyVersion,
    ServiceClass,
    Span,
)
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar

MINUTE = timedelta(minutes=1)
CATEGORY = "wall_seepage"
#: China mostly, and zones whose clocks change: by night, at midnight, by half an hour.
ZONES = [
    *["Asia/Shanghai"] * 6, "America/New_York", "Europe/London", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe",
]  # fmt: skip
#: Days around which something is different: holidays, make-up workdays, clocks put forward and back, an unknown year.
DAYS = [
    date(2024, 12, 30), date(2025, 1, 24), date(2025, 2, 7), date(2025, 3, 8), date(2025, 3, 29), date(2025, 4, 3),
    date(2025, 4, 26), date(2025, 5, 30), date(2025, 9, 27), date(2025, 9, 30), date(2025, 10, 9), date(2025, 10, 25),
    date(2025, 11, 1), date(2025, 12, 30), date(2026, 2, 12), date(2026, 2, 26), date(2026, 3, 7), date(2026, 4, 3),
    date(2026, 5, 8), date(2026, 6, 18), date(2026, 9, 18), date(2026, 9, 24), date(2026, 10, 8), date(2026, 12, 29),
]  # fmt: skip
_NEXT: dict[str, list[str]] = {
    "submitted": ["acknowledged"] * 6 + ["rejected", "merged", "cancelled"],
    "acknowledged": ["assigned"] * 6 + ["rejected", "merged", "cancelled"],
    "assigned": ["in_progress"] * 4 + ["paused"] * 4 + ["assigned", "rejected", "merged", "cancelled"],
    "in_progress": ["paused"] * 4 + ["resolved"] * 4 + ["assigned", "merged"],
    "paused": ["in_progress"] * 4 + ["assigned"] * 2 + ["merged"],
    "resolved": ["closed"] * 2 + ["reopened"] * 3,
    "closed": ["reopened"],
    "reopened": ["assigned"] * 6 + ["rejected", "merged"],
}
_BY_OWNER = ("cancelled", "closed")


@dataclass
class Case:
    """An issue, what is promised for it, and when somebody looks."""

    created_at: datetime
    timeline: list[Entry]
    levels: Levels
    now: datetime


def _frames(random: Random) -> Frames:
    marks = sorted(random.sample(range(0, 1441, random.choice([1, 15, 30])), 2 * random.randint(1, 3)))
    return tuple(Frame(a, b) for a, b in zip(marks[::2], marks[1::2], strict=True))


def _calendar(random: Random) -> Calendar:
    zone = random.choice(ZONES)
    if random.random() < 0.3:
        return default_calendar(zone, chinese=zone == "Asia/Shanghai")
    usual = _frames(random)
    week: Any = tuple(usual if random.random() < (0.9 if n < 5 else 0.3) else () for n in range(7))
    if not any(week):
        week = (usual,) * 7
    near = [day + timedelta(days=random.randint(-4, 6)) for day in random.sample(DAYS, 8)]
    own = {day: _frames(random) if random.random() < 0.4 else () for day in near}
    return Calendar(zone, usual, week, random.random() < 0.7, own)


#: Few, so that the slow model asks the clock on the wall for each minute of each only once.
CALENDARS = [_calendar(Random(n)) for n in range(24)]


def _span(random: Random) -> Span:
    days, hours, minutes = random.choice([0, 0, 1, 2]), random.randint(0, 9), random.randint(0, 59)
    return Span(random.choice(["always", "working", "working"]), days, hours, minutes)


def _policy(random: Random) -> Policy:
    if random.random() < 0.05:
        return DEFAULT_POLICY
    goals: dict[Goal, Span] = {goal: _span(random) for goal in get_args(Goal) if random.random() < 0.9}
    own = {goal: random.choice([None, _span(random)]) for goal in get_args(Goal) if random.random() < 0.1}
    pauses: dict[PauseReason, timedelta] = {
        reason: random.randint(0, 2000) * MINUTE for reason in get_args(PauseReason)
    }
    ladder = DEFAULT_POLICY.classes["L2"].ladder
    fields = {name: getattr(DEFAULT_POLICY, name) for name in Policy.__dataclass_fields__}
    changed = {
        "classes": {"L2": ServiceClass(goals, ladder)},
        "categories": {CATEGORY: own},
        "pauses": pauses,
    }
    return Policy(**{**fields, **changed})


def _versions(random: Random, start: datetime) -> list[tuple[datetime, datetime]]:
    """Moments from which versions hold, and at which they were made."""
    moments = {start + random.randint(-2000, 8000) * MINUTE for _ in range(random.choice([0, 0, 0, 1, 1, 2]))}
    begin = start - timedelta(days=400)
    return [(begin, begin), *((at, at - random.choice([0, 0, 30, 4000]) * MINUTE) for at in sorted(moments))]


def _levels(random: Random, start: datetime) -> Levels:
    return Levels(
        tuple(PolicyVersion(at, made, _policy(random)) for at, made in _versions(random, start)),
        tuple(CalendarVersion(at, made, random.choice(CALENDARS)) for at, made in _versions(random, start)),
    )


class _Life:
    """An issue's life, step by step."""

    def __init__(self, random: Random, start: datetime) -> None:
        self.random, self.now = random, start
        self.status = "submitted"
        self.before: str | None = None  # where the last step came from, if it may be taken back
        self.stepped = start
        self.rows = [self._row("status", "owner", to="submitted")]

    def _row(self, kind: Any, role: Any, **fields: Any) -> Entry:
        actor = Actor.model_construct(id="somebody", name="", role=role)
        defaults = {"id": f"{len(getattr(self, 'rows', []))}", "from_status": None, "to": None, "text": None}
        more: dict[str, Any] = {
            "photo_ids": [],
            "assignee": None,
            "pause_reason": None,
            "visit_at": None,
            "taken_at": None,
        }
        return Entry.model_construct(
            **{**defaults, **more, "at": self.now, "kind": kind, "actor": actor, **fields}
        )

    def live(self, rows: int) -> None:
        """So many rows more, or until it is over."""
        for _ in range(rows):
            self.now += self.random.choice([0, 1, 20, 90, 600, 3000]) * self.random.random() // 1 * MINUTE
            chance = self.random.random()
            if chance < 0.2:
                role = self.random.choice(["owner", "front_line", "technician"])
                self.rows.append(self._row("message", role))
            elif chance < 0.26 and self.before:
                self.rows.append(self._row("undone", "technician", from_status=self.status, to=self.before))
                self.status, self.before = self.before, None
            elif self.status in _NEXT:
                self._step(self.random.choice(_NEXT[self.status]))

    def _step(self, to: str) -> None:
        by_owner = to in _BY_OWNER or (
            to == "reopened" and (self.status == "closed" or self.random.random() < 0.5)
        )
        fields: dict[str, Any] = {"from_status": self.status, "to": to}
        if not by_owner and self.random.random() < 0.2 and self.stepped < self.now:
            fields["taken_at"] = (
                self.now - self.random.randint(0, (self.now - self.stepped) // MINUTE) * MINUTE
            )
        taken = fields.get("taken_at", self.now)
        if to == "paused":
            fields["pause_reason"] = self.random.choice(get_args(PauseReason))
            if fields["pause_reason"] == "appointment":
                fields["visit_at"] = taken + self.random.randint(0, 3000) * MINUTE
        role = "owner" if by_owner else self.random.choice(["front_line", "technician"])
        self.rows.append(self._row("assigned" if to == "assigned" else "status", role, **fields))
        self.before = None if by_owner or to == "merged" else self.status
        self.status, self.stepped = to, taken


def make_case(number: int) -> Case:
    """The case that a number stands for."""
    random = Random(number)
    day = random.choice(DAYS) + timedelta(days=random.randint(-2, 3))
    start = datetime.combine(day, time(), UTC) + random.randint(0, 1439) * MINUTE
    life = _Life(random, start)
    life.live(random.randint(0, 14))
    now = life.now + random.choice([0, 10, 300, 3000, 20000]) * random.random() // 1 * MINUTE
    return Case(start, life.rows, _levels(random, start), now)
