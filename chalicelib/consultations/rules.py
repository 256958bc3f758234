"""When a designer can be booked: from opening hours, exceptions, holidays, and what is taken. No I/O, no clock.

Days and hours are those of the designer's zone as the clock on the wall shows them; everything else is moments in UTC,
so that an hour is an hour on the days, too, on which clocks are put forward or back. Stretches are pairs of moments,
the second not included.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.consultations.models import Hold, Hours, Plan, Service, Slot
from chalicelib.consultations.policy import CELL, STEP
from chalicelib.kept import made
from chalicelib.service_levels.calendars import YEARS

Stretch = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_NEAR = timedelta(hours=26)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A place that is not known yet: as far from every other as any.
ANYWHERE = "?"
SHOWROOM = "showroom"


def hours_on(plan: Plan, day: date) -> Hours:
    """A day's hours: the designer's exceptions first, then China's holidays, then the weekday's."""
    own = plan.exceptions.get(day.isoformat())
    if own is not None:
        return own
    year = YEARS.get(day.year) if plan.holidays else None
    return () if year and f"{day:%m%d}" in year.off else plan.week[day.weekday()]


def open_on(plan: Plan, day: date) -> list[Stretch]:
    """The stretches in which a designer is there on a day, in order."""
    hours = hours_on(plan, day)
    if not hours:
        return []
    zone = ZoneInfo(plan.zone_name)
    midnight = datetime.combine(day, time(), zone)
    offset = midnight.utcoffset()
    if offset == datetime.combine(day + _DAY, time(), zone).utcoffset() and offset is not None:
        start = datetime.combine(day, time(), UTC) - offset
        return [(start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in hours]
    return _open_by_cell(hours, day, zone)


def _open_by_cell(hours: Hours, day: date, zone: ZoneInfo) -> list[Stretch]:
    """The same for a day on which clocks change, cell by cell: an hour that does not exist has none, one that comes
    twice has its cells twice."""
    found: list[tuple[int, datetime, datetime]] = []
    cell = datetime.combine(day, time(), UTC) - _DAY
    for _ in range(3 * (_DAY // CELL)):
        local = cell.astimezone(zone)
        minute = local.hour * 60 + local.minute
        frame = next((n for n, (a, b) in enumerate(hours) if a <= minute < b), None)
        if local.date() == day and frame is not None:
            if found and found[-1][0] == frame and found[-1][2] == cell:
                found[-1] = (frame, found[-1][1], cell + CELL)
            else:
                found.append((frame, cell, cell + CELL))
        cell += CELL
    return [(first, last) for _, first, last in found]


def day_of(plan: Plan, at: datetime) -> date:
    """The day, in the designer's zone, on which a moment lies."""
    return at.astimezone(ZoneInfo(plan.zone_name)).date()


def days_between(first: date, last: date) -> list[date]:
    """All days from one to another, both included; none when they are the wrong way round."""
    return [first + _DAY * n for n in range((last - first).days + 1)]


def place_of(service: Service, community_id: str, building: str | None) -> str:
    """Where an appointment is: at a building of a community, in the showroom, or nowhere (by video)."""
    if service.mode == "on_site":
        return ANYWHERE if building is None else f"{community_id}/{building}"
    return SHOWROOM if service.mode == "showroom" else ""


def hold_of(service: Service, starts_at: datetime, *, id: str, account_id: str, where: str) -> Hold:
    """The time that an appointment takes, buffers and all, in whole cells."""
    first = starts_at - timedelta(minutes=service.before)
    last = starts_at + timedelta(minutes=service.minutes + service.after)
    return made(
        Hold,
        id=id,
        account_id=account_id,
        service_id=service.id,
        starts_at=starts_at,
        first=first - (first - _EPOCH) % CELL,
        last=last + (_EPOCH - last) % CELL,
        where=where,
    )


def cells_of(hold: Hold) -> list[datetime]:
    """The cells of the grid that it covers."""
    return [hold.first + CELL * n for n in range((hold.last - hold.first) // CELL)]


def days_touched(plan: Plan, hold: Hold) -> list[date]:
    """The days on which something could stand in its way; nearly always one."""
    way = timedelta(minutes=plan.travel)
    return days_between(day_of(plan, hold.first - way), day_of(plan, hold.last + way - timedelta.resolution))


def standing(holds: Iterable[Hold], now: datetime) -> list[Hold]:
    """Those that still hold: an offer that nobody took is none any more."""
    return [hold for hold in holds if hold.until is None or hold.until > now]


def starts_on(plan: Plan, service: Service, day: date) -> Iterator[datetime]:
    """When an appointment could begin on a day, if nothing were taken."""
    length = timedelta(minutes=service.minutes)
    for first, last in open_on(plan, day):
        while first + length <= last:
            yield first
            first += STEP


def in_reach(plan: Plan, starts_at: datetime, now: datetime) -> bool:
    """Whether it is neither too soon to book nor too far ahead."""
    return now + timedelta(hours=plan.notice) <= starts_at < now + timedelta(days=plan.horizon)


def is_offered(plan: Plan, service: Service, starts_at: datetime, now: datetime) -> bool:
    """Whether it could be booked if nothing were taken."""
    return in_reach(plan, starts_at, now) and starts_at in starts_on(plan, service, day_of(plan, starts_at))


def fits(plan: Plan, service: Service, wanted: Hold, holds: Sequence[Hold], now: datetime) -> bool:
    """Whether nothing stands in the way: no other appointment, no journey, no full session, no full day.

    `holds` are those of the days that it touches. What is kept for this very person is in nobody's way.
    """
    others = [one for one in standing(holds, now) if one.id != wanted.id and not _kept_for(one, wanted)]
    together = [one for one in others if one.session == wanted.session and service.seats > 1]
    if together and (
        len(together) >= service.seats or any(one.account_id == wanted.account_id for one in together)
    ):
        return False
    if any((one.first, one.last) == (wanted.first, wanted.last) for one in together):
        return True
    # Nobody sits in it yet, or it was shorter when they booked: what is added to it must be free.
    if any(_collide(plan, one, wanted) for one in others if one not in together):
        return False
    if together or not plan.daily_limit:
        return True
    day = day_of(plan, wanted.starts_at)
    return len({one.session for one in others if day_of(plan, one.starts_at) == day}) < plan.daily_limit


def _kept_for(one: Hold, wanted: Hold) -> bool:
    return one.until is not None and one.account_id == wanted.account_id and one.session == wanted.session


def _collide(plan: Plan, one: Hold, other: Hold) -> bool:
    apart = one.where and other.where and (one.where != other.where or ANYWHERE in (one.where, other.where))
    way = timedelta(minutes=plan.travel if apart else 0)
    return one.first < other.last + way and other.first < one.last + way


def free_slots(
    plan: Plan,
    service: Service,
    days: Iterable[date],
    holds: Sequence[Hold],
    now: datetime,
    *,
    where: str,
    account_id: str = "",
) -> list[Slot]:
    """All free times of some days, in order. `holds` are those of the same days and of one before and after."""
    length = timedelta(minutes=service.minutes)
    taken = standing(holds, now)
    found = []
    for day in days:
        starts = [start for start in starts_on(plan, service, day) if in_reach(plan, start, now)]
        near = _near(taken, starts)
        for start in starts:
            wanted = hold_of(service, start, id="", account_id=account_id, where=where)
            if fits(plan, service, wanted, near, now):
                found.append(made(Slot, starts_at=start, ends_at=start + length))
    return found


def _near(holds: Sequence[Hold], starts: Sequence[datetime]) -> list[Hold]:
    """Those that can stand in the way of appointments that begin then: near them, as a day may have 25 hours."""
    if not starts:
        return []
    low, high = starts[0] - _NEAR, starts[-1] + _NEAR
    return [hold for hold in holds if hold.first < high and low < hold.last]


def choice_id(booking_id: str, number: int) -> str:
    """The name of a time that is kept for somebody whom we had to call off: one of their first choice."""
    return f"{booking_id}-{number}"


def called_off(hold_id: str) -> str:
    """The booking that was called off, by the name of a time that is kept for it."""
    return hold_id.partition("-")[0]
