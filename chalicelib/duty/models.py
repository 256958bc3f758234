"""On-duty rosters: who takes urgent alerts when. Plain frozen dataclasses, as in `service_levels.models`."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's duty on some days of every week, from `start` to `end`: minutes since midnight on the wall's clock.

    With `end` not after `start` it goes on past midnight, until `end` on the next day; with both the same it lasts a
    day. `days` are those on which it begins, Monday 0. Raises ValueError for times that no clock shows."""

    account_id: str
    days: tuple[int, ...]
    start: int
    end: int

    def __post_init__(self) -> None:
        check_times(self.start, self.end)
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError("a duty is on some days of the week")


@dataclass(frozen=True, slots=True)
class Change:
    """What is different on one day: somebody's duties that begin then do not take place, or with `start` and `end`
    there is one besides. Raises ValueError for times that no clock shows, or for half of them."""

    day: date
    account_id: str
    start: int | None = None
    end: int | None = None

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError("a duty has a start and an end")
        if self.start is not None and self.end is not None:
            check_times(self.start, self.end)

    @property
    def off(self) -> bool:
        """Whether it takes somebody off duty."""
        return self.start is None


@dataclass(frozen=True, slots=True)
class Roster:
    """A community's roster: what is every week, and what is different on single days."""

    zone_name: str = "Asia/Shanghai"
    weekly: tuple[Duty, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """In which its times are said; kept with it, so that whoever delivers an alert needs nothing else."""
        return ZoneInfo(self.zone_name)


def check_times(start: int, end: int) -> None:
    """Raises ValueError for minutes that are no time of a day."""
    if not (0 <= start < 24 * 60 and 0 <= end <= 24 * 60):
        raise ValueError("times are from 00:00 to 24:00")
