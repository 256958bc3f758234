"""Who is on duty at a moment, and when nobody is. No I/O, no clock.

Times are what the clock on the wall shows in the community's zone, so that a night shift ends at 7 also on the days on
which clocks are put forward or back.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.duty.models import Roster

_DAY = timedelta(days=1)
#: Somebody on duty: from when, until when (not included), whose account.
Turn = tuple[datetime, datetime, str]


def on_duty(roster: Roster, at: datetime) -> tuple[str, ...]:
    """The accounts of those who are on duty at a moment, each once; a duty may have begun the day before."""
    today = at.astimezone(roster.zone).date()
    turns = (*_turns_on(roster, today - _DAY), *_turns_on(roster, today))
    return tuple(dict.fromkeys(who for start, end, who in turns if start <= at < end))


def turns(roster: Roster, first: date, days: int) -> list[Turn]:
    """The duties that begin on these days, in order."""
    found = [turn for n in range(days) for turn in _turns_on(roster, first + n * _DAY)]
    return sorted(found)


def gaps(roster: Roster, first: date, days: int) -> list[tuple[datetime, datetime]]:
    """When nobody is on duty in these days: then all of the front line is alerted."""
    start, end = _at(roster.zone, first, 0), _at(roster.zone, first + days * _DAY, 0)
    found: list[tuple[datetime, datetime]] = []
    for turn_start, turn_end, _ in turns(roster, first - _DAY, days + 1):
        if turn_start > start:
            found.append((start, min(turn_start, end)))
        start = max(start, turn_end)
        if start >= end:
            return found
    return [*found, (start, end)]


def people(roster: Roster) -> set[str]:
    """All accounts that a roster names."""
    return {duty.account_id for duty in roster.weekly} | {change.account_id for change in roster.changes}


def _turns_on(roster: Roster, day: date) -> Iterator[Turn]:
    """The duties that begin on a day."""
    zone = roster.zone
    changes = [one for one in roster.changes if one.day == day]
    off = {one.account_id for one in changes if one.off}
    for duty in roster.weekly:
        if day.weekday() in duty.days and duty.account_id not in off:
            yield _turn(zone, day, duty.start, duty.end, duty.account_id)
    for one in changes:
        if one.start is not None and one.end is not None:
            yield _turn(zone, day, one.start, one.end, one.account_id)


def _turn(zone: ZoneInfo, day: date, start: int, end: int, account_id: str) -> Turn:
    last = day if end > start else day + _DAY
    return _at(zone, day, start), _at(zone, last, end), account_id


def _at(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """A time on the wall's clock as a moment in UTC; 24:00 is the next day's 0:00."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)
