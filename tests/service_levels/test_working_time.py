"""Calendars: frames, China's holidays, exceptions, versions, and clocks that are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.service_levels import calendars
from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion, ChineseYear, Frame
from chalicelib.service_levels.calendars import YEARS, add_working_time, is_open, next_opening, working_time
from chalicelib.service_levels.chinese_days import ANNOUNCED
from chalicelib.service_levels.policy import CALENDAR_AHEAD, default_calendar
from infra import chinese_days
from tests.service_levels.random_cases import CALENDARS

HOUR = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=729)).map(lambda since: _BEGIN + since)
LENGTHS = st.timedeltas(timedelta(), timedelta(days=9))


def always(calendar: Calendar) -> list[CalendarVersion]:
    """One version that holds for ever."""
    return [CalendarVersion(LONG_AGO, LONG_AGO, calendar)]


VERSIONS = st.sampled_from([always(calendar) for calendar in CALENDARS])
OFFICE = always(default_calendar("Asia/Shanghai"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment in words: `2026-09-30 17:50`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-25 09:00", 1, "2026-11-25 10:00"),
        ("2026-11-25 11:30", 1, "2026-11-25 14:00"),  # over noon
        ("2026-11-25 03:00", 1, "2026-11-25 09:30"),  # before the office opens
        ("2026-11-25 08:30", 8, "2026-11-25 18:00"),  # the end of the day, not the next morning
        ("2026-11-27 17:00", 2, "2026-11-30 09:30"),  # over a weekend
        ("2026-09-30 17:50", 1, "2026-10-08 09:20"),  # over National Day
        ("2026-10-09 17:00", 2, "2026-10-10 09:30"),  # into a Saturday that is worked
        ("2025-01-25 10:00", 1, "2025-01-26 09:30"),  # into a Sunday that is worked before Spring Festival
        ("2025-01-27 17:00", 2, "2025-02-05 09:30"),  # over Spring Festival
        ("2025-09-30 17:00", 2, "2025-10-09 09:30"),  # National Day and Mid-Autumn together
    ],
)
def test_working_time_goes_on_in_office_hours_only(start: str, hours: int, end: str) -> None:
    assert add_working_time(OFFICE, at(start), hours * HOUR) == at(end)
    assert working_time(OFFICE, at(start), at(end)) == hours * HOUR
    assert working_time(OFFICE, at(end), at(start)) == -hours * HOUR


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-25 08:30", "2026-11-25 08:30"),
        ("2026-11-25 12:00", "2026-11-25 13:30"),
        ("2026-11-25 18:00", "2026-11-26 08:30"),
        ("2026-02-14 12:30", "2026-02-14 13:30"),  # a Saturday that is worked
        ("2026-02-14 18:00", "2026-02-24 08:30"),
    ],
)
def test_the_office_opens_next(moment: str, opens: str) -> None:
    assert next_opening(OFFICE, at(moment)) == at(opens)
    assert is_open(OFFICE, at(moment)) is (moment == opens)


def test_own_exceptions_go_before_holidays_and_make_up_workdays() -> None:
    evening = (Frame(18 * 60, 20 * 60),)
    own = {date(2026, 10, 1): evening, date(2026, 10, 10): (), date(2026, 11, 25): ()}
    usual = default_calendar("Asia/Shanghai")
    calendar = always(Calendar(usual.zone_name, usual.workday, usual.week, exceptions=own))
    assert is_open(calendar, at("2026-10-01 18:30"))
    assert not is_open(calendar, at("2026-10-10 09:00"))
    assert next_opening(calendar, at("2026-11-24 18:00")) == at("2026-11-26 08:30")


def test_a_calendar_of_another_country_keeps_no_chinese_holidays() -> None:
    calendar = always(default_calendar("Europe/London", chinese=False))
    assert is_open(calendar, at("2026-10-01 09:00", ZoneInfo("Europe/London")))
    assert not is_open(calendar, at("2026-10-10 09:00", ZoneInfo("Europe/London")))


@pytest.mark.parametrize(
    ("zone", "frame", "day", "hours"),
    [
        ("America/New_York", Frame(0, 1440), date(2026, 3, 8), 23),
        ("America/New_York", Frame(0, 1440), date(2026, 11, 1), 25),
        ("America/New_York", Frame(60, 180), date(2026, 3, 8), 1),  # 02:00 to 03:00 is left out
        ("America/New_York", Frame(60, 120), date(2026, 11, 1), 2),  # 01:00 to 02:00 comes twice
        ("America/Havana", Frame(0, 60), date(2026, 3, 8), 0),  # the hour after midnight is left out
        ("Australia/Lord_Howe", Frame(0, 1440), date(2026, 4, 5), 24.5),
        ("Asia/Shanghai", Frame(0, 1440), date(2026, 3, 8), 24),
    ],
)
def test_an_hour_is_an_hour_when_clocks_are_changed(zone: str, frame: Frame, day: date, hours: float) -> None:
    calendar = Calendar(zone, (frame,), ((),) * 6 + ((frame,),), chinese=False)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    assert working_time(always(calendar), start, start + timedelta(days=3)) == hours * HOUR


def test_each_version_counts_until_the_next_one_begins() -> None:
    early = Calendar("Asia/Shanghai", (Frame(0, 720),), ((Frame(0, 720),),) * 7)
    late = Calendar("Asia/Shanghai", (Frame(600, 1440),), ((Frame(600, 1440),),) * 7)
    change = at("2026-11-25 11:00")
    both = [*always(early), CalendarVersion(change, change - HOUR, late)]
    assert list(islice(calendars.opening(both, at("2026-11-25 09:00")), 2)) == [
        (at("2026-11-25 09:00"), change),
        (change, at("2026-11-25 16:00") + 8 * HOUR),
    ]
    as_then = calendars.opening(both, at("2026-11-25 09:00"), known=change - 2 * HOUR)
    assert next(as_then) == (at("2026-11-25 09:00"), at("2026-11-25 12:00"))


def test_in_a_year_that_nobody_has_announced_monday_to_friday_are_worked_and_managers_are_warned() -> None:
    calendar = default_calendar("Asia/Shanghai")
    assert is_open(always(calendar), at("2028-10-02 09:00"))
    assert not is_open(always(calendar), at("2028-10-07 09:00"))
    last = max(YEARS)
    turn = at(f"{last + 1}-01-01 00:00")
    assert calendars.unknown_year(calendar, turn - CALENDAR_AHEAD - HOUR, CALENDAR_AHEAD) is None
    assert calendars.unknown_year(calendar, turn - CALENDAR_AHEAD, CALENDAR_AHEAD) == last + 1
    abroad = default_calendar("Europe/London", chinese=False)
    assert calendars.unknown_year(abroad, turn, CALENDAR_AHEAD) is None


def test_holidays_of_which_the_portal_learns_later_do_not_change_what_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt = ChineseYear(date(2027, 1, 20), frozenset({"0101", "0208"}), frozenset())
    monkeypatch.setitem(YEARS, 2027, learnt)
    calendar = default_calendar("Asia/Shanghai")
    assert calendars.frames_on(calendar, date(2027, 1, 1))
    assert not calendars.frames_on(calendar, date(2027, 2, 8))
    assert calendars.frames_on(calendar, date(2027, 2, 8), known=at("2027-01-19 12:00"))


def test_the_kept_holidays_are_what_the_library_says() -> None:
    assert chinese_days.differing(YEARS) == []
    assert chinese_days.as_module(YEARS) == chinese_days.TARGET.read_text(encoding="utf-8")
    for year in ANNOUNCED:
        for day in (date(year, 1, 1) + timedelta(days=n) for n in range(365)):
            assert bool(calendars.frames_on(default_calendar("Asia/Shanghai"), day)) is (
                chinese_calendar.is_workday(day)
            )


def test_a_known_year_is_never_written_again_and_a_new_one_holds_from_today() -> None:
    today = date(2026, 6, 1)
    found = chinese_days.add_new({2025: YEARS[2025]}, today)
    assert found[2025] is YEARS[2025]
    assert found[2026].known == today
    assert 2027 not in chinese_days.add_new({}, date(2026, 1, 1))
    wrong = ChineseYear(date(2025, 1, 1), frozenset(), frozenset())
    assert chinese_days.differing({2025: wrong}) == [2025]


@pytest.mark.parametrize("frames", [(5, 5), (9, 5), (-1, 5), (0, 1441)])
def test_a_frame_that_makes_no_sense_is_refused(frames: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="frame"):
        Frame(*frames)


def test_a_calendar_that_makes_no_sense_is_refused() -> None:
    frame, closed = Frame(0, 60), ((),) * 7
    with pytest.raises(ValueError, match="open"):
        Calendar("Asia/Shanghai", (frame,), closed)
    with pytest.raises(ValueError, match="overlap"):
        Calendar("Asia/Shanghai", (frame, Frame(30, 90)), ((frame,),) * 7)
    with pytest.raises(ValueError, match="made"):
        CalendarVersion(LONG_AGO, LONG_AGO + HOUR, default_calendar("Asia/Shanghai"))


@given(versions=VERSIONS, start=MOMENTS, length=LENGTHS)
def test_what_is_added_lies_between(
    versions: list[CalendarVersion], start: datetime, length: timedelta
) -> None:
    end = add_working_time(versions, start, length)
    assert working_time(versions, start, end) == length
    assert not length or working_time(versions, start, end - timedelta.resolution) < length


@given(versions=VERSIONS, start=MOMENTS, first=LENGTHS, second=LENGTHS)
def test_adding_twice_is_adding_once(
    versions: list[CalendarVersion], start: datetime, first: timedelta, second: timedelta
) -> None:
    once = add_working_time(versions, start, first + second)
    twice = add_working_time(versions, add_working_time(versions, start, first), second)
    assert once == twice or not second


@given(versions=VERSIONS, start=MOMENTS, first=LENGTHS, second=LENGTHS)
def test_working_time_adds_up(
    versions: list[CalendarVersion], start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    whole = working_time(versions, start, end)
    assert working_time(versions, start, middle) + working_time(versions, middle, end) == whole
    assert timedelta() <= whole <= end - start


@given(versions=VERSIONS, moment=MOMENTS)
def test_a_moment_is_open_when_time_goes_on_there(versions: list[CalendarVersion], moment: datetime) -> None:
    gone = working_time(versions, moment, moment + timedelta.resolution)
    assert is_open(versions, moment) is bool(gone)
    opens = next_opening(versions, moment)
    assert is_open(versions, opens)
    assert working_time(versions, moment, opens) == timedelta()
