"""Working time: when a calendar is open, and moments that lie so much working time apart. No I/O, no clock.

Frames are what the clock on the wall shows; everything else is moments in UTC, so that an hour is an hour also on the
days on which clocks are put forward or back. Stretches of time are pairs of moments, the second not included.

`known` says as of when to look: versions made later, and years of holidays learnt of later, count for nothing. With it
what has ended is judged again as it was judged then.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion, ChineseYear, Frames
from chalicelib.service_levels.chinese_days import ANNOUNCED
from chalicelib.service_levels.models import Clock

Stretch = tuple[datetime, datetime]
YEARS = {
    year: ChineseYear(date.fromisoformat(known), frozenset(off.split()), frozenset(worked.split()))
    for year, (known, off, worked) in ANNOUNCED.items()
}
_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


def frames_on(calendar: Calendar, day: date, known: datetime | None = None) -> Frames:
    """A day's frames: the calendar's own exceptions first, then China's days, then the weekday's.

    In a year that is not known Monday to Friday are as usual."""
    own = calendar.exceptions.get(day)
    if own is not None:
        return own
    year = YEARS.get(day.year) if calendar.chinese else None
    if year is None or day < year.known or (known is not None and known.date() < year.known):
        return calendar.week[day.weekday()]
    text = f"{day:%m%d}"
    if text in year.off:
        return ()
    return calendar.workday if text in year.worked else calendar.week[day.weekday()]


def unknown_year(calendar: Calendar, now: datetime, ahead: timedelta) -> int | None:
    """The year that begins within `ahead`, or has begun, and whose holidays nobody has told us; None if there is none.

    Managers are to be warned: its deadlines count Monday to Friday until it is known (`make holidays`, or exceptions).
    """
    if not calendar.chinese:
        return None
    zone = ZoneInfo(calendar.zone_name)
    years = {now.astimezone(zone).year, (now + ahead).astimezone(zone).year}
    return min(years - YEARS.keys(), default=None)


def in_force(
    versions: Sequence[CalendarVersion], at: datetime, known: datetime | None = None
) -> CalendarVersion:
    """The version that holds at a moment."""
    made = _made(versions, known)
    for one in reversed(made):
        if one.valid_from <= at:
            return one
    return made[0]


def _made(versions: Sequence[CalendarVersion], known: datetime | None) -> Sequence[CalendarVersion]:
    """The versions that had been made by then; the first holds for everything before it as well."""
    if known is None or len(versions) == 1:
        return versions
    return [one for n, one in enumerate(versions) if n == 0 or one.made_at <= known]


def is_open(versions: Sequence[CalendarVersion], at: datetime) -> bool:
    """Whether a moment lies within working time."""
    return next(opening(versions, at))[0] <= at


def next_opening(versions: Sequence[CalendarVersion], at: datetime) -> datetime:
    """When work begins again; the moment itself when it lies within working time."""
    return next(opening(versions, at))[0]


def opening(
    versions: Sequence[CalendarVersion], start: datetime, known: datetime | None = None
) -> Iterator[Stretch]:
    """The stretches of working time from `start` on, in order and without end; each version until the next one."""
    made = _made(versions, known)
    for n, version in enumerate(made):
        until = made[n + 1].valid_from if n + 1 < len(made) else _NEVER
        if start < until:
            yield from _open_between(version.calendar, start.astimezone(UTC), until.astimezone(UTC), known)
            start = until


def _open_between(
    calendar: Calendar, start: datetime, end: datetime, known: datetime | None
) -> Iterator[Stretch]:
    zone = ZoneInfo(calendar.zone_name)
    while start < end:
        until = min(end, datetime.combine(start.date(), time(), UTC) + _DAY)
        for first, last, offset in _steady(zone, start, until):
            yield from _open_while(calendar, first, last, offset, known)
        start = until


def _steady(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Parts of a day (UTC) in which the zone keeps one distance from UTC: one, but for days on which clocks change."""
    before, after = _offset(zone, start), _offset(zone, end - timedelta.resolution)
    if before == after:
        yield start, end, before
        return
    low, high = start, end
    while high - low > timedelta.resolution:
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    yield start, high, before
    yield high, end, after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "zones have one at every moment"
    return offset


def _open_while(
    calendar: Calendar, start: datetime, end: datetime, offset: timedelta, known: datetime | None
) -> Iterator[Stretch]:
    day = (start + offset).date()
    while (midnight := datetime.combine(day, time(), UTC) - offset) < end:
        for frame in frames_on(calendar, day, known):
            first = max(start, midnight + timedelta(minutes=frame.start))
            last = min(end, midnight + timedelta(minutes=frame.end))
            if first < last:
                yield first, last
        day += _DAY


def running(
    versions: Sequence[CalendarVersion],
    clock: Clock,
    start: datetime,
    stops: Iterable[Stretch] = (),
    known: datetime | None = None,
) -> Iterator[Stretch]:
    """The stretches in which a clock runs from `start` on, in order and without end: all time or working time,
    less the `stops`, which are in order and do not overlap."""
    begin = start.astimezone(UTC)
    stretches = opening(versions, begin, known) if clock == "working" else iter([(begin, _NEVER)])
    waiting = list(stops)
    for first, last in stretches:
        while waiting and waiting[0][1] <= first:
            waiting.pop(0)
        for stop_start, stop_end in waiting:
            if stop_start >= last:
                break
            if first < stop_start:
                yield first, stop_start
            first = max(first, stop_end)
        if first < last:
            yield first, last


def after(stretches: Iterator[Stretch], start: datetime, length: timedelta) -> datetime:
    """The earliest moment by which a clock that runs in `stretches` has gone on by `length` since `start`."""
    left = length
    if left <= timedelta():
        return start
    for first, last in stretches:
        if last - first >= left:
            return first + left
        left -= last - first
    raise AssertionError("clocks run on for ever")


def between(stretches: Iterator[Stretch], end: datetime) -> timedelta:
    """By how much a clock that runs in `stretches` goes on until `end`."""
    total = timedelta()
    for first, last in stretches:
        if first >= end:
            break
        total += min(last, end) - first
    return total


def add_working_time(versions: Sequence[CalendarVersion], start: datetime, length: timedelta) -> datetime:
    """The earliest moment by which so much has been worked since `start`: the end of a day, not the next morning."""
    return after(opening(versions, start), start, length)


def working_time(versions: Sequence[CalendarVersion], start: datetime, end: datetime) -> timedelta:
    """Working time from one moment to another; below zero when the second is the earlier one."""
    if end < start:
        return -working_time(versions, end, start)
    return between(opening(versions, start), end)
