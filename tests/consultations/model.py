"""Free slots found the slow way: every quarter of an hour is looked at by itself, with nothing but wall clocks."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chinese_calendar import is_holiday

from chalicelib.consultations.models import Hold, Hours, Plan, Service
from chalicelib.consultations.rules import ANYWHERE, SHOWROOM

QUARTER = timedelta(minutes=15)
#: Zones whose clocks change by an hour, by half an hour, at midnight, or not at all; of both hemispheres.
ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
    "Africa/Cairo", "America/Havana", "Pacific/Auckland", "Asia/Beirut",
)  # fmt: skip
#: Days around which something happens: clocks that change, holidays that begin or end, make-up workdays.
DAYS = (
    "2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-06", "2026-09-27", "2026-10-04", "2026-10-10",
    "2026-10-25", "2026-11-01", "2026-10-30", "2026-02-14", "2026-02-23", "2026-05-05", "2026-01-01", "2026-07-15",
    "2025-10-08", "2026-12-30",
)  # fmt: skip


class Case:
    """A designer, a service, what is taken, and a moment, made of a number."""

    def __init__(self, number: int) -> None:
        dice = random.Random(number)
        self.day = date.fromisoformat(dice.choice(DAYS)) + timedelta(days=dice.randint(-1, 1))
        self.services = [_service(dice, n) for n in range(2)]
        self.service = self.services[0]
        self.plan = _plan(dice, self.day, tuple(self.services))
        self.now = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) + timedelta(
            minutes=dice.choice((-90 * 1440, -61 * 1440 + 600, -1440, -300, 60, 400, 700))
        )
        self.where = dice.choice(("", SHOWROOM, "maple/1", ANYWHERE))
        self.holds = [_hold(dice, self) for _ in range(dice.randint(0, 6))]


def _quarters(dice: random.Random, most: int) -> int:
    return 15 * dice.randint(0, most)


def _service(dice: random.Random, number: int) -> Service:
    return Service(
        id=f"s{number}", name="量房", minutes=15 + _quarters(dice, 7), before=_quarters(dice, 2),
        after=_quarters(dice, 3), seats=dice.choice((1, 1, 1, 2, 3)),
    )  # fmt: skip


def _hours(dice: random.Random) -> Hours:
    marks = sorted(dice.sample(range(97), 2 * dice.choice((0, 1, 1, 2, 3))))
    return tuple((15 * marks[n], 15 * marks[n + 1]) for n in range(0, len(marks), 2))


def _plan(dice: random.Random, day: date, services: tuple[Service, ...]) -> Plan:
    odd = {str(day + timedelta(days=n)): _hours(dice) for n in range(-1, 2) if dice.random() < 0.2}
    return Plan(
        consultant_id="d", zone_name=dice.choice(ZONES), services=services, exceptions=odd,
        week=tuple(_hours(dice) for _ in range(7)), holidays=dice.random() < 0.5, travel=_quarters(dice, 4),
        daily_limit=dice.choice((0, 0, 1, 2)), notice=dice.choice((0, 2, 2, 24)), horizon=dice.choice((1, 14, 60, 60)),
    )  # fmt: skip


def _hold(dice: random.Random, case: Case) -> Hold:
    service = dice.choice(case.services)
    longer = timedelta(minutes=dice.choice((0, 0, 0, 15)))  # the service was changed since
    starts = datetime(case.day.year, case.day.month, case.day.day, tzinfo=UTC) + QUARTER * dice.randint(
        -60, 160
    )
    return Hold(
        id=str(dice.random()), account_id=dice.choice(("me", "b", "c")), service_id=service.id, starts_at=starts,
        first=starts - timedelta(minutes=service.before),
        last=starts + timedelta(minutes=service.minutes + service.after) + longer,
        where=dice.choice(("", SHOWROOM, "maple/1", "maple/2", ANYWHERE)),
        until=dice.choice((None, None, case.now + timedelta(minutes=dice.randint(-30, 30)))),
    )  # fmt: skip


def _frame(case: Case, moment: datetime) -> int | None:
    """Which of the day's hours a moment lies in, as the clock on the wall shows it."""
    local = moment.astimezone(ZoneInfo(case.plan.zone_name))
    if local.date() != case.day:
        return None
    hours = case.plan.exceptions.get(str(case.day))
    if hours is None:
        closed = case.plan.holidays and _weekday_off(case.day)
        hours = () if closed else case.plan.week[case.day.weekday()]
    minute = local.hour * 60 + local.minute
    return next((n for n, (a, b) in enumerate(hours) if a <= minute < b), None)


def _weekday_off(day: date) -> bool:
    """By the library, from which our own file was not made by this test's code."""
    return day.weekday() < 5 and is_holiday(day)


def free_starts(case: Case) -> list[datetime]:
    """When an appointment may begin, each quarter of the day judged by itself."""
    start = datetime(case.day.year, case.day.month, case.day.day, tzinfo=UTC) - timedelta(days=1)
    found, begun = [], None
    for moment in (start + QUARTER * n for n in range(3 * 96)):
        frame = _frame(case, moment)
        if frame is None or frame != _frame(case, moment - QUARTER):
            begun = moment if frame is not None else None
        if (
            begun is not None
            and (moment - begun) % (2 * QUARTER) == timedelta()
            and _may(case, moment, frame)
        ):
            found.append(moment)
    return found


def _may(case: Case, moment: datetime, frame: int | None) -> bool:
    service = case.service
    inside = (moment + QUARTER * n for n in range(service.minutes // 15))
    if any(_frame(case, one) != frame for one in inside):
        return False
    soon = moment - case.now
    if soon < timedelta(hours=case.plan.notice) or soon >= timedelta(days=case.plan.horizon):
        return False
    return _nothing_in_the_way(case, moment)


def _nothing_in_the_way(case: Case, moment: datetime) -> bool:
    service, plan = case.service, case.plan
    others = [one for one in case.holds if one.until is None or one.until > case.now]
    mine = (service.id, moment)
    others = [
        o for o in others if not (o.until and o.account_id == "me" and (o.service_id, o.starts_at) == mine)
    ]
    together = [one for one in others if (one.service_id, one.starts_at) == mine]
    wanted = range(-service.before, service.minutes + service.after)
    if together and service.seats > 1:
        if len(together) >= service.seats or "me" in {one.account_id for one in together}:
            return False
        spans = {(one.first - moment, one.last - moment) for one in together}
        if (timedelta(minutes=wanted.start), timedelta(minutes=wanted.stop)) in spans:
            return True
        others = [one for one in others if one not in together]
    for one in others:
        way = (
            plan.travel
            if one.where and case.where and (one.where != case.where or one.where == ANYWHERE)
            else 0
        )
        low = int((one.first - moment).total_seconds() // 60) - way
        high = int((one.last - moment).total_seconds() // 60) + way
        if any(low <= minute < high for minute in wanted):
            return False
    zone = ZoneInfo(plan.zone_name)
    that_day = {
        (o.service_id, o.starts_at) for o in others if o.starts_at.astimezone(zone).date() == case.day
    }
    return bool(together) or plan.daily_limit == 0 or len(that_day) < plan.daily_limit
