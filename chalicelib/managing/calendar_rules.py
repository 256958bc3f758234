"""What a working calendar must be like to be kept. Pure."""

from datetime import timedelta

from chalicelib import zones
from chalicelib.errors import N_, Invalid
from chalicelib.managing.policy import MAX_EXCEPTIONS, MAX_FRAMES, MIN_WEEK
from chalicelib.service_levels.calendar_models import Calendar

_EXCEPTIONS = N_("These are too many exceptions. Take out those that are over.")
_FRAMES = N_("Give at most eight times a day.")
_WEEK = N_("Be open for at least four hours a week: what is promised would take years.")


def check_calendar(calendar: Calendar) -> None:
    """Raises Invalid for a calendar that can't be kept; what its model refuses never gets here."""
    zones.check("zone_name", calendar.zone_name)
    if len(calendar.exceptions) > MAX_EXCEPTIONS:
        raise Invalid.field("exceptions", "too_long", _EXCEPTIONS)
    days = {"workday": (calendar.workday,), "exceptions": tuple(calendar.exceptions.values())}
    days |= {f"day_{n}": (frames,) for n, frames in enumerate(calendar.week)}
    for field, some in days.items():
        if any(len(frames) > MAX_FRAMES for frames in some):
            raise Invalid.field(field, "too_long", _FRAMES)
    open_minutes = sum(frame.end - frame.start for frames in calendar.week for frame in frames)
    if timedelta(minutes=open_minutes) < MIN_WEEK:
        raise Invalid.field("workday", "too_short", _WEEK)
