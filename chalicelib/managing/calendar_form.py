"""A working calendar as the desk's form has it, and back. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from chalicelib.errors import N_, Invalid
from chalicelib.inputs import clean
from chalicelib.service_levels.calendar_models import Calendar, Frame, Frames

Form = Mapping[str, str]
_SPLIT = re.compile(r"[,，、;；\s]+")
_FRAME = re.compile(r"(\d{1,2})[:：](\d\d)\s*[-–—~～至]\s*(\d{1,2})[:：](\d\d)")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\s*[:：]?\s*(.*)")
#: What people write for a day on which nobody works.
_CLOSED = frozenset({"", "-", "–", "—", "closed", "off", "休", "休息", "放假"})
_FRAMES = N_(
    "Write opening hours such as 08:30-12:00, 13:30-18:00, in order, or leave it empty for a day off."
)
_EXCEPTION = N_("Write each line as 2026-12-31 09:00-12:00, or 2026-12-31 closed.")
_OPEN = N_("Some day of the week has to be open, and an ordinary working day, too.")


def fields(calendar: Calendar) -> dict[str, str]:
    """The form's fields for a calendar."""
    days = {f"day_{n}": said(frames) for n, frames in enumerate(calendar.week)}
    lines = [f"{day} {said(frames) or 'closed'}" for day, frames in sorted(calendar.exceptions.items())]
    chinese = {"chinese": "1"} if calendar.chinese else {}
    return {"workday": said(calendar.workday), **days, **chinese, "exceptions": "\n".join(lines)}


def said(frames: Frames) -> str:
    """Opening hours as people write them; nothing for a day off."""
    return ", ".join(f"{_clock(frame.start)}-{_clock(frame.end)}" for frame in frames)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read(form: Form, zone_name: str) -> Calendar:
    """The calendar that was typed; raises Invalid for a field."""
    workday = read_frames("workday", form.get("workday", ""))
    days = [read_frames(f"day_{n}", form.get(f"day_{n}", "")) for n in range(7)]
    exceptions = read_exceptions(form.get("exceptions", ""))
    if not workday or not any(days):
        raise Invalid.field("workday", "missing", _OPEN)
    return Calendar(zone_name, workday, tuple(days), bool(form.get("chinese")), exceptions)  # type: ignore[arg-type]


def read_frames(name: str, text: str) -> Frames:
    """Opening hours as they were written; raises Invalid for the field `name`."""
    text = clean(text)
    if text.lower() in _CLOSED:
        return ()
    frames: list[Frame] = []
    rest = _FRAME.sub(lambda found: _kept(frames, name, found), text)
    if _SPLIT.sub("", rest) or any(a.end > b.start for a, b in pairwise(frames)):
        raise Invalid.field(name, "not_hours", _FRAMES)
    return tuple(frames)


def _kept(frames: list[Frame], name: str, found: re.Match[str]) -> str:
    start_hour, start, end_hour, end = map(int, found.groups())
    try:
        if max(start, end) > 59:
            raise ValueError
        frames.append(Frame(start_hour * 60 + start, end_hour * 60 + end))
    except ValueError as error:
        raise Invalid.field(name, "not_hours", _FRAMES) from error
    return ""


def read_exceptions(text: str) -> dict[date, Frames]:
    """Days that are different, one on each line; raises Invalid for one that can't be read."""
    found: dict[date, Frames] = {}
    for line in filter(None, map(clean, text.splitlines())):
        match = _DAY.fullmatch(line)
        if match is None:
            raise Invalid.field("exceptions", "not_a_day", _EXCEPTION)
        try:
            found[date.fromisoformat(match[1])] = read_frames("exceptions", match[2])
        except ValueError as error:
            raise Invalid.field("exceptions", "not_a_day", _EXCEPTION) from error
    return found
