"""The judgements of `chalicelib.service_levels.rules` again, as slowly and as plainly as possible: minute by minute.

Nothing of the rules, calendars or holidays is used: only the shapes of a policy, a calendar and a row. A minute is a
whole number of minutes since 1970. All moments of a case lie on whole minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.issues.models import Entry
from chalicelib.service_levels.calendar_models import Calendar
from chalicelib.service_levels.models import Levels, Span

#: As the State Council announced them: holidays from … to …, and weekends worked instead; since when the portal knew.
_ANNOUNCED = {
    2025: (
        date(2024, 11, 12),
        [((1, 1), (1, 1)), ((1, 28), (2, 4)), ((4, 4), (4, 6)), ((5, 1), (5, 5)), ((5, 31), (6, 2)),
         ((10, 1), (10, 8))],
        [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    ),
    2026: (
        date(2025, 11, 4),
        [((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5)), ((6, 19), (6, 21)),
         ((9, 25), (9, 27)), ((10, 1), (10, 7))],
        [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    ),
}  # fmt: skip
_STAFF = ("front_line", "technician", "designer", "manager")
_WORK = ("submitted", "acknowledged", "assigned", "in_progress", "paused", "reopened")
_GIVEN_UP = ("cancelled", "rejected", "merged")


def minute(moment: datetime) -> int:
    """A moment as a number of minutes."""
    return int(moment.timestamp()) // 60


@dataclass
class Row:
    """A row of the timeline that holds."""

    at: int
    told: int
    staff: bool
    to: str | None = None
    reason: str | None = None
    visit: int | None = None


@dataclass
class Judgement:
    """What became of a promise, in minutes."""

    goal: str
    round: int
    turn: int
    start: int
    state: str
    due: int | None
    ended: int | None
    margin: int | None
    paused: int


class Wall:
    """Which minutes are open: each asked of the clock on the wall, and remembered."""

    def __init__(self) -> None:
        self._days: dict[tuple[int, tuple[int, ...], int], bytes] = {}
        self._seen: list[Calendar] = []  # so that no two calendars ever have one id

    def day(self, calendar: Calendar, years: tuple[int, ...], day: int) -> bytes:
        """For each minute of a day (UTC) 1 when it is open, as far as these years' holidays are known."""
        key = (id(calendar), years, day)
        if key not in self._days:
            zone = ZoneInfo(calendar.zone_name)
            self._seen.append(calendar)
            minutes = range(day * 1440, day * 1440 + 1440)
            self._days[key] = bytes(self._open(calendar, zone, years, m) for m in minutes)
        return self._days[key]

    def _open(self, calendar: Calendar, zone: ZoneInfo, years: tuple[int, ...], m: int) -> bool:
        wall = datetime.fromtimestamp(m * 60, zone)
        minute_of_day = wall.hour * 60 + wall.minute
        frames = _frames(calendar, wall.date(), years)
        return any(frame.start <= minute_of_day < frame.end for frame in frames)


def _date(m: int) -> date:
    return datetime.fromtimestamp(m * 60, UTC).date()


def _frames(calendar: Calendar, day: date, years: tuple[int, ...]) -> Any:
    if day in calendar.exceptions:
        return calendar.exceptions[day]
    if calendar.chinese and day.year in years:
        since, off, worked = _ANNOUNCED[day.year]
        if day >= since and (day.month, day.day) in worked:
            return calendar.workday
        if day >= since and any(first <= (day.month, day.day) <= last for first, last in off):
            return () if day.weekday() < 5 else calendar.week[day.weekday()]
    return calendar.week[day.weekday()]


WALL = Wall()


def judge(
    created_at: datetime, timeline: list[Entry], levels: Levels, category: str, now: datetime
) -> list[Judgement]:
    """All promises of an L2 issue."""
    found: list[Judgement] = []
    rounds = _rounds(minute(created_at), timeline)
    for number, (start, by_owner, rows) in enumerate(rounds):
        end = rounds[number + 1][0] if number + 1 < len(rounds) else None
        for goal, turn, begin, done, void in _promises(start, by_owner, rows, end):
            watch = _Watch(levels, category, goal, start, begin, rows, void if done is None else done)
            found.append(watch.judgement(number, turn, done, void, minute(now)))
    return found


def _rounds(created: int, timeline: list[Entry]) -> list[tuple[int, bool, list[Row]]]:
    held: list[Row] = []
    for entry in timeline:
        row = Row(minute(entry.taken_at or entry.at), minute(entry.at), entry.actor.role in _STAFF)
        if entry.kind in ("status", "assigned"):
            row.to, row.reason = entry.to, entry.pause_reason
            row.visit = minute(entry.visit_at) if entry.visit_at else None
        if entry.kind == "undone":
            held.reverse()
            held.remove(next(one for one in held if one.to))
            held.reverse()
        if entry.kind in ("status", "assigned", "undone", "message"):
            held.append(row)
    rounds: list[tuple[int, bool, list[Row]]] = [(created, True, [])]
    for row in held:
        if row.to == "reopened":
            said = [Row(row.at, row.told, True)] if row.staff else []
            rounds.append((row.at, not row.staff, said))
        else:
            rounds[-1][2].append(row)
    return rounds


_Found = tuple[str, int, int, int | None, int | None]


def _promises(start: int, by_owner: bool, rows: list[Row], end: int | None) -> Iterator[_Found]:
    over = next((row.at for row in rows if row.to in (*_GIVEN_UP, "resolved", "closed")), end)
    if by_owner:
        yield "acknowledge", 0, start, next((row.at for row in rows if row.to and row.staff), None), over
    yield "on_site", 0, start, next((r.at for r in rows if r.to in ("in_progress", "resolved")), None), over
    status, since, turn = "submitted", None, 0
    for row in rows:
        status = row.to or status
        if since is not None and row.staff:
            yield "next_update", turn, since, row.told, None
            since, turn = None, turn + 1
        elif since is not None and status not in _WORK:
            yield "next_update", turn, since, None, row.told
            since, turn = None, turn + 1
        if row.staff and status in _WORK:
            since = row.told
    if since is not None:
        yield "next_update", turn, since, None, end
    yield "resolve", 0, start, next((row.at for row in rows if row.to == "resolved"), None), over


class _Watch:
    """Watches one promise from the beginning of its round on, minute by minute."""

    def __init__(
        self,
        levels: Levels,
        category: str,
        goal: str,
        first: int,
        begin: int,
        rows: list[Row],
        ended: int | None,
    ) -> None:
        self.goal, self.first, self.begin, self.ended = goal, first, begin, ended
        self.rows = [row for row in rows if row.to and (ended is None or row.at <= ended)]
        self.category = category
        self.policies = _known(levels.policies, ended)
        self.calendars = _known(levels.calendars, ended)
        self.years = tuple(
            y for y, (since, _, _) in _ANNOUNCED.items() if ended is None or _date(ended) >= since
        )
        self.calendar_at_start = self._at(self.calendars, begin).calendar
        self.still = bytearray()  # for each minute since `first` 1 when the clocks stand still

    def _at(self, versions: Any, m: int) -> Any:
        chosen = versions[0][1]
        for start, version in versions[1:]:
            if start <= m:
                chosen = version
        return chosen

    def judgement(self, number: int, turn: int, done: int | None, void: int | None, now: int) -> Judgement:
        """Watch, and say what became of it."""
        due, clock = self._watch()
        ended = done if done is not None else void
        at = ended if ended is not None else now
        if due is None:
            state = "not_applicable"
        elif at > due:
            state = "missed"
        else:
            state = "pending" if ended is None else "met" if done is not None else "not_applicable"
        margin = None
        if due is not None and state != "not_applicable":
            margin = self._count(clock, at, due, True) if at <= due else -self._count(clock, due, at, False)
        paused = 0 if due is None else sum(self.still[self.begin - self.first : due - self.first])
        return Judgement(self.goal, number, turn, self.begin, state, due, ended, margin, paused)

    def _watch(self) -> tuple[int | None, str]:
        always = working = 0
        last = max(start for start, _ in self.policies)
        span, length, until = self._span(self.first)
        flags = zip(self._stillness(), self._opening(self.first), strict=False)
        for m, (still, is_open) in enumerate(flags, self.first):
            if m >= until:
                span, length, until = self._span(m)
            if m >= self.begin:
                if span and (always if span.clock == "always" else working) >= length:
                    return m, span.clock
                if span is None and m >= last:
                    return None, "always"
                if not still:
                    always += 1
                    working += is_open
            self.still.append(still)
        raise AssertionError("minutes never end")

    def _span(self, m: int) -> tuple[Span | None, int, int]:
        """What is promised at a minute, its length, and until when."""
        policy = self._at(self.policies, m).policy
        own = policy.categories.get(self.category, {})
        span = own[self.goal] if self.goal in own else policy.classes["L2"].goals.get(self.goal)
        until = min((start for start, _ in self.policies if start > m), default=1 << 60)
        return span, self._length(span) if span else 0, until

    def _length(self, span: Span) -> int:
        frames = self.calendar_at_start.workday
        day = 1440 if span.clock == "always" else sum(frame.end - frame.start for frame in frames)
        return span.days * day + span.hours * 60 + span.minutes

    def _opening(self, m: int) -> Iterator[int]:
        """For each minute from `m` on whether it is open."""
        while True:
            day, calendar = m // 1440, self._at(self.calendars, m).calendar
            until = min([day * 1440 + 1440, *(start for start, _ in self.calendars if start > m)])
            yield from WALL.day(calendar, self.years, day)[m % 1440 : m % 1440 + until - m]
            m = until

    def _stillness(self) -> Iterator[int]:
        """For each minute of the round whether the clocks stand still."""
        used: dict[str, int] = {}
        waiting, n, m, most = None, 0, self.first, 0
        while True:
            while n < len(self.rows) and self.rows[n].at <= m:
                row = waiting = self.rows[n]
                if row.to == "paused" and row.reason:
                    longest = self._at(self.policies, row.at).policy.pauses[row.reason]
                    most = int(longest.total_seconds()) // 60
                else:
                    waiting = None
                n += 1
            reason = waiting.reason if waiting else None
            if waiting and reason:
                visit = waiting.visit if reason == "appointment" else None
                if used.get(reason, 0) >= most or (visit is not None and m >= visit):
                    waiting = None  # it has ended by itself, for good
                else:
                    used[reason] = used.get(reason, 0) + 1
            yield 1 if waiting else 0
            m += 1

    def _count(self, clock: str, start: int, end: int, but_pauses: bool) -> int:
        total = 0
        for m, is_open in zip(range(start, end), self._opening(start), strict=False):
            if but_pauses and self.still[m - self.first]:
                continue
            total += 1 if clock == "always" else is_open
        return total


def _known(versions: Any, ended: int | None) -> list[tuple[int, Any]]:
    found = [(minute(versions[0].valid_from), versions[0])]
    for version in versions[1:]:
        if ended is None or version.made_at <= datetime.fromtimestamp(ended * 60, UTC):
            found.append((minute(version.valid_from), version))
    return found


def as_minutes(length: timedelta | None) -> int | None:
    """A length of time in minutes."""
    return None if length is None else int(length / timedelta(minutes=1))
