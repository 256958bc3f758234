"""Who is proposed for an issue."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.dispatch import rules, words
from chalicelib.dispatch.card_rules import read_hours, read_yuan, write_hours, write_yuan
from chalicelib.dispatch.models import Candidate, Certificate, Job, Shift, Task, Worker
from chalicelib.dispatch.policy import NEEDS
from chalicelib.errors import Invalid
from chalicelib.issues.models import Window
from chalicelib.issues.policy import CATEGORIES
from tests.factories import NOW

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
#: NOW is a Friday, 10:00 in Shanghai.
WEEK = [Shift(day=day, start="08:00", end="17:00") for day in range(5)]


def _person(name: str = "王师傅", jobs: int = 0, **card: Any) -> Candidate:
    fields = {"skills": ["plumbing", "electrical"], "shifts": WEEK, **card}
    worker = Worker(id=name, community_id="maple", **fields)
    have = tuple(Job(f"{name}-{n}", "assigned") for n in range(jobs))
    return Candidate(name, name, ("technician",), worker, have)


def _task(category: str = "plumbing", building: str = "1", *windows: Window) -> Task:
    return Task("01K00000000000000000000000", category, building, windows)


def _names(task: Task, *people: Candidate, order: tuple[str, ...] = (), now: datetime = NOW) -> list[str]:
    found = rules.propose(task, people, order, now, ZONE)
    return [one.name for one in found if one.minutes is not None]


def _codes(task: Task, person: Candidate, order: tuple[str, ...] = (), now: datetime = NOW) -> list[str]:
    return [reason.code for reason in rules.weigh(task, person, order, now, ZONE).reasons]


def test_every_category_says_what_it_needs() -> None:
    assert set(NEEDS) == set(CATEGORIES)


def test_whoever_has_less_to_do_comes_first() -> None:
    assert _names(_task(), _person("王", 3), _person("孙", 1), _person("李")) == ["李", "孙", "王"]


def test_electricity_goes_only_to_whoever_has_a_valid_certificate() -> None:
    valid = Certificate(kind="electrician", valid_until=date(2027, 1, 1))
    old = Certificate(kind="electrician", valid_until=date(2026, 11, 19))
    people = [_person("无证"), _person("过期", certificates=[old]), _person("持证", 5, certificates=[valid])]
    assert _names(_task("electrical"), *people) == ["持证"]
    assert _codes(_task("electrical"), people[0])[-1] == "no_certificate"
    assert _codes(_task("electrical"), people[1])[-1] == "expired"


def test_a_certificate_holds_to_the_end_of_its_last_day_where_the_community_is() -> None:
    last = _person(certificates=[Certificate(kind="electrician", valid_until=date(2026, 11, 20))])
    late = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert "certificate" in _codes(_task("electrical"), last, now=late)
    assert "expired" in _codes(_task("electrical"), last, now=late + timedelta(minutes=1))


def test_whoever_has_other_skills_is_left_out_and_whoever_has_none_entered_comes_behind() -> None:
    blank = Candidate("新", "新", ("technician",), None)
    clerk = Candidate("前台", "前台", ("front_line",), None)
    people = [_person("园丁", skills=["greening"]), blank, clerk, _person("王", 1)]
    assert _names(_task(), *people) == ["王", "新"]


def test_whoever_is_on_duty_goes_before_whoever_comes_later() -> None:
    night = [Shift(day=4, start="20:00", end="08:00")]
    assert _names(_task(), _person("夜", shifts=night), _person("日", 2)) == ["日", "夜"]
    assert "shift_later" in _codes(_task(), _person("夜", shifts=night))
    at_night = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 02:00 on Saturday: Friday's night shift still runs
    assert "on_shift" in _codes(_task(), _person("夜", shifts=night), now=at_night)


def test_whoever_is_away_is_proposed_only_for_after_their_return() -> None:
    away = [Window(start=NOW - HOUR, end=NOW + 3 * HOUR)]
    assert _names(_task(), _person("走", absences=away), _person("在", 2)) == ["在", "走"]
    assert "absent" in _codes(_task(), _person("走", absences=away))


def test_the_nearest_building_wins_among_equals_and_unknown_buildings_count_for_nothing() -> None:
    def at(name: str, building: str) -> Candidate:
        return Candidate(
            name, name, ("technician",), _person(name).worker, (Job(name, "in_progress", building),)
        )

    task = _task(building="3")
    people = [at("远", "1"), at("近", "3"), at("中", "2")]
    assert _names(task, *people, order=("1", "2", "3")) == ["近", "中", "远"]
    assert "here" in _codes(task, people[1])
    minutes = {one.minutes for one in rules.propose(task, [people[0], people[2]], (), NOW, ZONE)}
    assert len(minutes) == 1


def test_the_time_that_suits_the_owner_decides_not_who_is_there_now() -> None:
    evening = Window(start=NOW + 9 * HOUR, end=NOW + 11 * HOUR)  # 19:00 to 21:00
    late = [Shift(day=4, start="14:00", end="22:00")]
    task = _task("plumbing", "1", evening)
    assert _names(task, _person("早班"), _person("晚班", shifts=late)) == ["晚班", "早班"]
    assert "no_window" in _codes(task, _person("早班"))
    assert "in_window" in _codes(task, _person("晚班", shifts=late))


def test_whoever_is_expected_elsewhere_about_then_comes_behind() -> None:
    busy = _person("忙")
    visit = Job("x", "paused", "9", NOW + timedelta(minutes=30))
    busy = Candidate(busy.id, busy.name, busy.roles, busy.worker, (visit,))
    assert _names(_task(), busy, _person("闲", 1)) == ["闲", "忙"]


def test_the_reasons_are_said_in_both_languages() -> None:
    certified = _person(
        jobs=2, skills=["lift"], certificates=[Certificate(kind="lift", valid_until=date(2027, 1, 1))]
    )
    found = rules.weigh(_task("lift"), certified, (), NOW, ZONE)
    chinese = words.line(words.view(found, "zh-CN", NOW, ZONE))
    english = words.line(words.view(found, "en", NOW, ZONE))
    assert chinese == "会修电梯 · 有电梯作业证 · 正在当班 · 手上 2 单"
    assert english == "knows lifts · has the lift certificate · on duty now · has 2 jobs"


def test_equals_take_turns() -> None:
    people = [_person(name) for name in "甲乙丙丁"]
    firsts = [_names(Task(f"issue-{n}", "plumbing"), *people)[0] for n in range(200)]
    assert all(firsts.count(name) > 25 for name in "甲乙丙丁")


_clock = st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.integers(0, 59))
_shifts = st.lists(st.builds(Shift, day=st.integers(0, 6), start=_clock, end=_clock), max_size=5)
_moments = st.integers(0, 14 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n))
_windows = st.builds(
    lambda s, n: Window(start=s, end=s + timedelta(minutes=n)), _moments, st.integers(1, 4000)
)


def _on_shift_slowly(shifts: list[Shift], at: datetime) -> bool:
    """By looking at every shift of yesterday and today as two moments."""
    local = at.astimezone(ZONE)
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        for one in shifts:
            if one.day == day.weekday():
                start = datetime.fromisoformat(f"{day} {one.start}").replace(tzinfo=ZONE)
                end = datetime.fromisoformat(f"{day} {one.end}").replace(tzinfo=ZONE)
                end = end if end > start else end + timedelta(days=1)
                if start <= local < end:
                    return True
    return False


@settings(max_examples=150, deadline=None)
@given(_shifts, st.lists(_windows, max_size=3), _moments)
def test_the_first_moment_at_work_is_what_looking_at_each_minute_finds(
    shifts: list[Shift], absences: list[Window], at: datetime
) -> None:
    worker = Worker(id="w", community_id="maple", shifts=shifts, absences=absences)
    found = rules.available_from(worker, at, ZONE)
    assert found is not None
    minutes = int((found - at).total_seconds() // 60)
    for n in range(0, minutes, max(1, minutes // 200)):
        moment = at + timedelta(minutes=n)
        there = not shifts or _on_shift_slowly(shifts, moment)
        assert not there or rules.is_absent(worker, moment), moment
    assert not rules.is_absent(worker, found)
    assert not shifts or _on_shift_slowly(shifts, found)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(NEEDS)),
    st.integers(0, 6),
    st.integers(1, 5),
    _shifts,
    st.lists(_windows, max_size=2),
)
def test_more_work_never_makes_anybody_come_sooner(
    category: str, jobs: int, more: int, shifts: list[Shift], absences: list[Window]
) -> None:
    every = [
        Certificate(kind=k, valid_until=date(2030, 1, 1))
        for k in ("electrician", "lift", "gas", "fire_control")
    ]
    card = {"skills": [NEEDS[category].skill], "certificates": every, "shifts": shifts, "absences": absences}
    task = _task(category, "1", *absences[:1])
    one, other = (
        rules.weigh(task, _person("x", n, **card), (), NOW, ZONE).minutes for n in (jobs, jobs + more)
    )
    assert one is not None
    assert other is not None
    assert one < other


@given(_shifts)
def test_hours_are_read_as_they_are_written(shifts: list[Shift]) -> None:
    monday = [one for one in shifts if one.day == 0]
    assert read_hours(0, write_hours(shifts, 0)) == monday


@pytest.mark.parametrize("text", ["8 to 5", "08:00", "25:00-26:00", "08:00-12:00 später"])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_hours(0, text)


@given(st.integers(0, 10**8))
def test_money_is_read_as_it_is_written(fen: int) -> None:
    assert read_yuan(write_yuan(fen), "x") == fen


@pytest.mark.parametrize(("fen", "words"), [(185_184, "1,851.84"), (-500_000, "-5,000"), (None, "")])
def test_money_that_is_only_read_has_its_thousands_apart(fen: int | None, words: str) -> None:
    assert write_yuan(fen, ",") == words
