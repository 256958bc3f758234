"""Opening hours and days that differ, as people write them: "09:00-12:00 14:00-18:00", one day on each line. No I/O."""

import re
from datetime import date
from itertools import pairwise

from chalicelib.consultations.models import Hours
from chalicelib.consultations.policy import MOST_EXCEPTIONS, MOST_FRAMES
from chalicelib.errors import N_, Invalid

_BAD_HOURS = N_("Write hours such as 09:00-12:00 14:00-18:00, in quarters of an hour, one after the other.")
_BAD_DAY = N_("Begin each line with a day such as 2026-12-24; without hours behind it the day is closed.")
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[\s,，、;；]*")


def read_hours(text: str, field: str) -> Hours:
    """Hours from a line of text, none for an empty one; raises Invalid for anything else."""
    found = [tuple(map(int, span.groups())) for span in _SPAN.finditer(text)]
    hours = tuple((a * 60 + b, c * 60 + d) for a, b, c, d in found)
    rest = _SPAN.sub("", text)
    if (
        any(b > 59 or d > 59 for _, b, _, d in found)
        or not _BETWEEN.fullmatch(rest)
        or len(hours) > MOST_FRAMES
        or not are_hours(hours)
    ):
        raise Invalid.field(field, "bad_hours", _BAD_HOURS)
    return hours


def are_hours(hours: Hours) -> bool:
    """Whether these lie within a day, in order, without overlap, on the grid of quarters."""
    inside = all(0 <= a < b <= 24 * 60 and a % 15 == 0 and b % 15 == 0 for a, b in hours)
    return inside and all(one[1] <= other[0] for one, other in pairwise(hours))


def ranges(hours: Hours) -> list[str]:
    """Each range as people read it."""
    return [f"{a // 60:02}:{a % 60:02}–{b // 60:02}:{b % 60:02}" for a, b in hours]


def write_hours(hours: Hours) -> str:
    """The line of text that says the same."""
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in hours)


def read_days(text: str, field: str) -> dict[str, Hours]:
    """Days that differ, one on each line; raises Invalid for a line without a day."""
    found: dict[str, Hours] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        day, _, rest = line.strip().partition(" ")
        try:
            found[str(date.fromisoformat(day))] = read_hours(rest, field)
        except ValueError as error:
            raise Invalid.field(field, "bad_day", _BAD_DAY) from error
    if len(found) > MOST_EXCEPTIONS:
        raise Invalid.field(field, "too_many", _BAD_DAY)
    return found


def write_days(days: dict[str, Hours]) -> str:
    """The lines that say the same, in order."""
    return "\n".join(f"{day} {write_hours(days[day])}".rstrip() for day in sorted(days))
