"""`make holidays`: what days China has off, and on which weekends it works instead, as a small module.

The State Council announces a year's days in November of the year before. `chinesecalendar` follows it; it is needed
here only, and what it knows is written into `chalicelib/service_levels/chinese_days.py`. A year that is known already
is never written again, because deadlines were judged by it: what changes later is an exception of a calendar.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar

from chalicelib.service_levels.calendar_models import ChineseYear
from chalicelib.service_levels.calendars import YEARS
from chalicelib.service_levels.chinese_days import FIRST_YEAR

TARGET = Path(__file__).parent.parent / "chalicelib" / "service_levels" / "chinese_days.py"
_HEAD = '''"""China's public holidays and make-up workdays (调休), as announced. Written by `make holidays`.

Year → since when the portal knows it, the weekdays off, the weekends worked (MMDD). Years that are not in here are not
known: see `calendars.unknown_year`. `calendars` reads this.
"""

FIRST_YEAR = 2025
ANNOUNCED = {
'''


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def announced(year: int, known: date) -> ChineseYear | None:
    """What the library knows about a year; None when it is not announced yet."""
    try:
        off = {f"{day:%m%d}" for day in _days(year) if day.weekday() < 5 and chinese_calendar.is_holiday(day)}
        worked = {
            f"{day:%m%d}" for day in _days(year) if day.weekday() > 4 and chinese_calendar.is_workday(day)
        }
    except NotImplementedError:
        return None
    return ChineseYear(known, frozenset(off), frozenset(worked))


def add_new(known: dict[int, ChineseYear], today: date) -> dict[int, ChineseYear]:
    """The known years, and those that the library knows besides, up to next year's."""
    found = dict(known)
    for year in range(FIRST_YEAR, today.year + 2):
        news = announced(year, today)
        if year not in found and news is not None:
            found[year] = news
    return found


def differing(known: dict[int, ChineseYear]) -> list[int]:
    """Known years about which the library says something else by now."""
    return [year for year, days in known.items() if announced(year, days.known) != days]


def as_module(years: dict[int, ChineseYear]) -> str:
    """The module's text."""
    rows = [
        f"""    {year}: (
        "{days.known}",
        "{" ".join(sorted(days.off))}",
        "{" ".join(sorted(days.worked))}",
    ),
"""
        for year, days in sorted(years.items())
    ]
    return _HEAD + "".join(rows) + "}\n"


def main() -> None:
    """Write the module, and say what is new or looks different."""
    years = add_new(YEARS, datetime.now(UTC).date())
    TARGET.write_text(as_module(years), encoding="utf-8")
    print("Known:", ", ".join(map(str, sorted(years))))
    for year in differing(YEARS):
        print(f"{year} was announced differently since; make its days exceptions of the calendars.")


if __name__ == "__main__":
    main()
