"""When somebody may be told: not at night unless it is urgent, and not again and again. No I/O, no clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.service_levels.models import QuietHours


def tell_at(
    quiet: QuietHours, zone: ZoneInfo, at: datetime, last: datetime | None = None, *, urgent: bool = False
) -> datetime:
    """The earliest moment, `at` or later, at which a person may be told who was told something `last`: a digest holds
    all that has come up by then. `urgent` (somebody on duty, of an L1 issue) is told at night, too."""
    soonest = max(at, last + quiet.digest) if last else at
    return soonest if urgent else _morning(quiet, zone, soonest)


def _morning(quiet: QuietHours, zone: ZoneInfo, at: datetime) -> datetime:
    """The moment itself by day, the end of the quiet hours by night."""
    wall = at.astimezone(zone)
    start, end = quiet.start, quiet.end
    night = start <= wall.time() < end if start <= end else wall.time() >= start or wall.time() < end
    if not night:
        return at
    day = wall.date() if wall.time() < end else wall.date() + timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(UTC)
