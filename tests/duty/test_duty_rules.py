"""Rosters: who is on duty across midnight, zones, and clocks that are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.duty import rules
from chalicelib.duty.models import Change, Duty, Roster

MINUTE = timedelta(minutes=1)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
WEEK = tuple(range(7))
NIGHT = Duty("night", WEEK, 22 * 60, 7 * 60)
DAY = Duty("day", (0, 1, 2, 3, 4), 7 * 60, 22 * 60)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """A moment in words: `2026-11-25 23:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-11-25 21:59", ("day",)),
        ("2026-11-25 22:00", ("night",)),
        ("2026-11-26 00:00", ("night",)),
        ("2026-11-26 06:59", ("night",)),
        ("2026-11-26 07:00", ("day",)),
        ("2026-11-28 12:00", ()),  # a Saturday by day
        ("2026-11-29 02:00", ("night",)),
    ],
)
def test_a_night_shift_goes_on_past_midnight_and_nobody_else_does(when: str, who: tuple[str, ...]) -> None:
    assert rules.on_duty(Roster(weekly=(NIGHT, DAY)), at(when)) == who


def test_a_change_is_of_the_day_on_which_the_duty_begins() -> None:
    off = Change(date(2026, 11, 25), "night")
    instead = Change(date(2026, 11, 25), "other", 22 * 60, 7 * 60)
    roster = Roster(weekly=(NIGHT,), changes=(off, instead))
    assert rules.on_duty(roster, at("2026-11-25 03:00")) == ("night",)
    assert rules.on_duty(roster, at("2026-11-25 23:00")) == ("other",)
    assert rules.on_duty(roster, at("2026-11-26 03:00")) == ("other",)
    assert rules.on_duty(roster, at("2026-11-26 23:00")) == ("night",)


def test_a_duty_whose_times_are_the_same_lasts_a_day() -> None:
    roster = Roster(weekly=(Duty("a", (2,), 8 * 60, 8 * 60),))
    assert rules.on_duty(roster, at("2026-11-26 07:59")) == ("a",)
    assert rules.on_duty(roster, at("2026-11-26 08:00")) == ()


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 8), ("2026-10-25", 10), ("2026-11-25", 9)])
def test_a_night_ends_at_seven_whatever_the_clocks_do(day: str, hours: int) -> None:
    """In Berlin clocks go forward on 29 March and back on 25 October."""
    before = date.fromisoformat(day) - timedelta(days=1)
    ((start, end, _),) = rules.turns(Roster("Europe/Berlin", (NIGHT,)), before, 1)
    assert end - start == timedelta(hours=hours)
    assert end.astimezone(ZoneInfo("Europe/Berlin")).hour == 7


DUTIES = st.builds(
    Duty,
    st.sampled_from("abc"),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.integers(0, 1439),
    st.integers(0, 1440),
)
DAYS = st.integers(0, 40).map(lambda n: date(2026, 3, 10) + timedelta(days=n))
CHANGES = st.one_of(
    st.builds(Change, DAYS, st.sampled_from("abc")),
    st.builds(Change, DAYS, st.sampled_from("abcd"), st.integers(0, 1439), st.integers(0, 1440)),
)
ROSTERS = st.builds(
    Roster,
    st.sampled_from(ZONES),
    st.lists(DUTIES, max_size=5).map(tuple),
    st.lists(CHANGES, max_size=5).map(tuple),
)
MOMENTS = st.integers(0, 40 * 24 * 60).map(lambda n: datetime(2026, 3, 10, tzinfo=UTC) + n * MINUTE)


def _slowly(roster: Roster, moment: datetime) -> set[str]:
    """Reads the wall's clock: has a duty's start been, on that day or the one before, and not yet its end?"""
    found = set()
    wall = moment.astimezone(roster.zone)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        now = wall.hour * 60 + wall.minute + back * 24 * 60
        off = {one.account_id for one in roster.changes if one.day == day and one.off}
        spans = [(d.account_id, d.start, d.end) for d in roster.weekly if day.weekday() in d.days]
        spans = [span for span in spans if span[0] not in off]
        for one in roster.changes:
            if one.day == day and one.start is not None and one.end is not None:
                spans.append((one.account_id, one.start, one.end))
        for who, start, end in spans:
            last = end if end > start else end + 24 * 60
            if start <= now < last:
                found.add(who)
    return found


@given(ROSTERS, MOMENTS)
def test_who_is_on_duty_is_who_the_clock_on_the_wall_says(roster: Roster, moment: datetime) -> None:
    wall = moment.astimezone(roster.zone)
    offsets = {(moment + n * timedelta(hours=6)).astimezone(roster.zone).utcoffset() for n in range(-9, 3)}
    if len(offsets) == 1:  # on the day of a change some times are there twice, or not at all
        assert set(rules.on_duty(roster, moment)) == _slowly(roster, moment), wall


@given(ROSTERS, MOMENTS)
def test_nobody_is_on_duty_exactly_in_the_gaps(roster: Roster, moment: datetime) -> None:
    first = moment.astimezone(roster.zone).date()
    gaps = rules.gaps(roster, first, 1)
    assert any(start <= moment < end for start, end in gaps) == (not rules.on_duty(roster, moment))
    assert all(start < end for start, end in gaps)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Duty("a", (), 0, 60),
        lambda: Duty("a", (7,), 0, 60),
        lambda: Duty("a", (0,), 1440, 60),
        lambda: Change(date(2026, 1, 1), "a", 60),
    ],
)
def test_a_duty_at_no_time_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"day|times|start"):
        wrong()  # type: ignore[operator]
