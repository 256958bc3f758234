"""Calendars: when work is done. Plain frozen dataclasses, as in `models`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Frame:
    """Opening hours: minutes since midnight as the clock on the wall shows them, `end` not included; at most
    1440. Frames do not go past midnight: those are two, one on each day. Raises ValueError when out of order."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 24 * 60:
            raise ValueError("a frame ends after it starts, and on the same day")


#: The frames of one day in order of time; none for a day that is closed.
Frames = tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work is done. Raises ValueError when frames overlap, or when no weekday is ever open."""

    zone_name: str
    #: An ordinary working day: how long a day of a promise is, and what a make-up workday (调休) is like.
    workday: Frames
    #: Monday to Sunday.
    week: tuple[Frames, Frames, Frames, Frames, Frames, Frames, Frames]
    #: Whether China's public holidays and make-up workdays are kept.
    chinese: bool = True
    #: The calendar's own exceptions, which go before everything else: a day's frames, none when closed.
    exceptions: Mapping[date, Frames] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.workday or not any(self.week):
            raise ValueError("a calendar is open on some day of the week")
        for frames in (self.workday, *self.week, *self.exceptions.values()):
            if any(a.end > b.start for a, b in pairwise(frames)):
                raise ValueError("frames of a day are in order and do not overlap")

    @property
    def day(self) -> timedelta:
        """How much working time an ordinary working day has."""
        return timedelta(minutes=sum(frame.end - frame.start for frame in self.workday))


@dataclass(frozen=True, slots=True)
class ChineseYear:
    """The days of a year on which China differs from Monday to Friday, as MMDD: weekdays off, weekends worked.

    They hold from `known` on, the day on which the portal learnt of them: what was judged before stays as it was."""

    known: date
    off: frozenset[str]
    worked: frozenset[str]


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A calendar from a moment on, made before it holds, as with policies."""

    valid_from: datetime
    made_at: datetime
    calendar: Calendar

    def __post_init__(self) -> None:
        check_in_order(self.made_at, self.valid_from)


def check_in_order(made_at: datetime, valid_from: datetime) -> None:
    """Raises ValueError for a version that holds before it was made."""
    if made_at > valid_from:
        raise ValueError("a version holds from when it was made, or later")
