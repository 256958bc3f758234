"""What is promised, whether it was kept, and by how much: sentences of the requirements as examples."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.service_levels.calendar_models import CalendarVersion, ChineseYear
from chalicelib.service_levels.calendars import YEARS
from chalicelib.service_levels.models import Levels, Span
from chalicelib.service_levels.policy import (
    COMPLAINTS,
    CONSULTATION_ANSWER,
    DEFAULT_POLICY,
    SEEPAGE,
    default_calendar,
)
from chalicelib.service_levels.rules import delay_class, due_at, outcomes, promised
from tests.service_levels.lives import (
    DAY,
    HOUR,
    LEVELS,
    at,
    judged,
    levels_with,
    life,
    policy_with,
    row,
)

_GIVEN = [row("11-02 11:00", "acknowledged"), row("11-02 11:00", "assigned")]


@pytest.mark.parametrize(
    ("service_class", "reported", "acknowledge", "on_site", "resolve"),
    [
        # L1: the clock always runs.
        ("L1", "10-01 03:00", "10-01 05:00", "10-01 05:00", "10-02 03:00"),
        # L2 on an ordinary Monday: a working day, a working day, seven of them.
        ("L2", "11-02 10:00", "11-03 10:00", "11-03 10:00", "11-11 10:00"),
        # L2 on the evening before National Day: ten minutes of it are that day's, the rest are after the holidays, …
        (
            "L2",
            "09-30 17:50",
            "10-08 17:50",
            "10-08 17:50",
            "10-15 17:50",
        ),  # … Saturday the 10th being worked
        # L2 in the night to Saturday: the clock begins on Monday, and a day is over at closing time.
        ("L2", "11-07 02:00", "11-09 18:00", "11-09 18:00", "11-17 18:00"),
        # L2 on a Sunday that is worked.
        ("L2", "09-20 10:00", "09-21 10:00", "09-21 10:00", "09-30 10:00"),
        # L3: three working days for the answer, nobody comes.
        ("L3", "11-05 10:00", "11-06 10:00", None, "11-10 10:00"),
        ("L3", "02-13 10:00", "02-14 10:00", None, "02-25 10:00"),  # over Spring Festival
    ],
)
def test_each_class_promises_what_the_requirements_say(
    service_class: str, reported: str, acknowledge: str, on_site: str | None, resolve: str
) -> None:
    found = judged(life(reported, service_class=service_class), reported)
    assert found["acknowledge"].due == at(acknowledge)
    assert found["on_site"].due == (at(on_site) if on_site else None)
    assert found["resolve"].due == at(resolve)
    assert found["on_site"].state == ("pending" if on_site else "not_applicable")


def test_what_is_done_in_time_is_met_with_the_working_time_that_was_left() -> None:
    history = life(
        "11-06 16:00",
        row("11-06 17:00", "acknowledged"),
        row("11-09 10:00", "assigned"),
        row("11-09 10:30", "in_progress"),
        row("11-09 18:00", "resolved"),
    )
    found = judged(history, "11-20 00:00")
    assert {one.state for one in found.values()} == {"met"}
    assert found["acknowledge"].margin == 7 * HOUR
    assert (found["on_site"].ended, found["on_site"].margin) == (at("11-09 10:30"), 4 * HOUR)
    assert found["resolve"].margin == 56 * HOUR - 10 * HOUR


def test_what_is_done_late_is_missed_by_the_working_time_since_it_was_due() -> None:
    history = life("11-05 10:00", row("11-09 09:30", "acknowledged"))
    found = judged(history, "11-10 00:00")["acknowledge"]
    assert (found.state, found.due, found.margin) == ("missed", at("11-06 10:00"), -7.5 * HOUR)
    waiting = judged(life("11-05 10:00"), "11-06 10:30")["acknowledge"]
    assert (waiting.state, waiting.ended, waiting.margin) == ("missed", None, -0.5 * HOUR)


def test_on_the_very_moment_is_in_time() -> None:
    history = life("11-05 10:00", row("11-06 10:00", "acknowledged"))
    assert judged(history, "11-06 10:00")["acknowledge"].state == "met"
    assert judged(life("11-05 10:00"), "11-06 10:00")["acknowledge"].state == "pending"


def test_a_pause_moves_the_deadline_by_the_working_time_that_it_covers() -> None:
    history = life(
        "11-02 10:00",
        *_GIVEN,
        row("11-05 17:00", "paused", pause_reason="waiting_parts"),
        row("11-09 09:30", "in_progress"),
    )
    found = judged(history, "11-09 10:00")["resolve"]
    assert found.due == at("11-12 12:00")  # 10 h of working time later than on the 11th at 10:00
    (pause,) = found.pauses
    assert (pause.reason, pause.start, pause.until) == ("waiting_parts", at("11-05 17:00"), at("11-09 09:30"))
    assert pause.ended_by == "step"


def test_a_pause_by_night_moves_nothing() -> None:
    history = life(
        "11-02 10:00",
        *_GIVEN,
        row("11-05 19:00", "paused", pause_reason="waiting_parts"),
        row("11-06 08:00", "in_progress"),
    )
    assert judged(history, "11-09 10:00")["resolve"].due == at("11-11 10:00")


def test_a_pause_ends_by_itself_at_its_maximum_whoever_forgets_it() -> None:
    rows = [*_GIVEN, row("11-02 12:00", "paused", pause_reason="waiting_owner")]
    found = judged(life("11-02 10:00", *rows), "11-30 00:00")["resolve"]
    assert (found.pauses[0].until, found.pauses[0].ended_by) == (at("11-09 12:00"), "maximum")
    assert found.due == at("11-18 10:00")
    resumed = life("11-02 10:00", *rows, row("11-20 09:00", "in_progress"))
    assert judged(resumed, "11-30 00:00")["resolve"].pauses == found.pauses


def test_pausing_again_for_the_same_reason_gives_no_more_time() -> None:
    rows = list(_GIVEN)
    for day in (3, 13, 23):
        rows.append(row(f"11-{day:02} 12:00", "paused", pause_reason="waiting_owner"))
        rows.append(row(f"11-{day + 4:02} 12:00", "assigned"))
    pauses = judged(life("11-02 10:00", *rows), "11-28 00:00")["resolve"].pauses
    assert sum((pause.until - pause.start for pause in pauses), timedelta()) == 7 * DAY
    assert [pause.ended_by for pause in pauses] == ["step", "maximum"]


def test_an_agreed_appointment_stops_the_clock_until_the_visit() -> None:
    history = life(
        "11-02 10:00", *_GIVEN, row("11-02 12:00", "paused", pause_reason="appointment", visit="11-04 15:00")
    )
    found = judged(history, "11-02 12:00")["on_site"]
    assert (found.pauses[0].until, found.pauses[0].ended_by) == (at("11-04 15:00"), "visit")
    assert found.due == at("11-05 11:30")  # 2 h before, 6 h from the visit on


def test_cancelling_in_time_leaves_nothing_to_keep_and_too_late_leaves_it_missed() -> None:
    early = judged(life("11-02 10:00", row("11-02 12:00", "cancelled")), "11-30 00:00")
    assert {one.state for one in early.values()} == {"not_applicable"}
    late = judged(life("11-02 10:00", row("11-04 12:00", "cancelled")), "11-30 00:00")
    assert (late["acknowledge"].state, late["resolve"].state) == ("missed", "not_applicable")


def test_refusing_or_joining_a_report_answers_it_but_resolves_nothing() -> None:
    for to in ("rejected", "merged"):
        found = judged(life("11-02 10:00", row("11-02 12:00", to)), "11-30 00:00")
        assert (found["acknowledge"].state, found["resolve"].state) == ("met", "not_applicable")


def test_an_owner_hears_from_us_again_before_two_working_days_are_over() -> None:
    history = life(
        "11-02 10:00",
        row("11-02 11:00", "acknowledged"),
        row("11-03 11:00", "message", "owner"),
        row("11-04 11:00", "message"),
        row("11-09 10:00", "assigned"),
    )
    turns = [one for one in outcomes(history, LEVELS, at("11-09 12:00")) if one.goal == "next_update"]
    assert [(one.turn, one.due, one.state) for one in turns] == [
        (0, at("11-04 11:00"), "met"),
        (1, at("11-06 11:00"), "missed"),
        (2, at("11-11 10:00"), "pending"),
    ]


def test_a_step_counts_from_when_it_was_taken_and_an_update_from_when_it_was_told() -> None:
    history = life("11-02 10:00", *_GIVEN, row("11-03 15:00", "in_progress", taken="11-03 09:00"))
    found = judged(history, "11-03 16:00")
    assert (found["on_site"].state, found["on_site"].ended) == ("met", at("11-03 09:00"))
    assert found["next_update"].start == at("11-03 15:00")


_FIXED = [*_GIVEN, row("11-02 12:00", "in_progress"), row("11-03 11:00", "resolved")]


def test_reopening_by_the_owner_starts_every_clock_anew_and_leaves_what_was_kept() -> None:
    history = life("11-02 10:00", *_FIXED, row("11-05 10:00", "reopened", "owner"))
    first, second = (
        [one for one in outcomes(history, LEVELS, at("11-05 11:00")) if one.round == n] for n in (0, 1)
    )
    assert {one.state for one in first} == {"met"}
    assert [(one.goal, one.start, one.state) for one in second] == [
        (goal, at("11-05 10:00"), "pending") for goal in ("acknowledge", "on_site", "resolve")
    ]
    assert promised(history, LEVELS, at("11-05 11:00")).due == at("11-16 10:00")


def test_reopening_by_staff_needs_no_acknowledgement() -> None:
    history = life("11-02 10:00", *_FIXED, row("11-05 10:00", "reopened"))
    again = [one for one in outcomes(history, LEVELS, at("11-05 11:00")) if one.round == 1]
    assert [one.goal for one in again] == ["on_site", "next_update", "resolve"]


def test_a_step_that_was_taken_back_never_was() -> None:
    plain = life("11-02 10:00", *_FIXED[:3])
    slip = life("11-02 10:00", *_FIXED, row("11-03 11:00", "undone"))
    again = life("11-02 10:00", *_FIXED, row("11-05 10:00", "reopened"), row("11-05 10:00", "undone"))
    wanted = judged(plain, "11-06 10:00")["resolve"]
    assert judged(slip, "11-06 10:00")["resolve"] == wanted
    assert wanted.state == "pending"
    assert judged(again, "11-06 10:00")["resolve"].state == "met"


def test_a_resumption_that_was_taken_back_leaves_the_pause_whole() -> None:
    paused = [*_FIXED[:2], row("11-03 12:00", "paused", pause_reason="waiting_parts")]
    back = [row("11-03 14:00", "in_progress"), row("11-03 14:00", "undone")]
    whole, again = (
        judged(life("11-02 10:00", *paused, *more), "11-04 10:00")["resolve"] for more in ([], back)
    )
    assert again.pauses == whole.pauses


SOON = Span("working", hours=2)


def test_a_new_policy_moves_what_is_still_to_be_kept_and_makes_nothing_late_before_it_holds() -> None:
    stricter = levels_with(("11-03 09:00", policy_with(resolve=Span("working", days=3), on_site=SOON)))
    found = judged(life("11-02 10:00"), "11-03 12:00", stricter)
    assert found["resolve"].due == at("11-05 10:00")
    assert (found["on_site"].due, found["on_site"].state) == (at("11-03 09:00"), "missed")
    assert found["acknowledge"].due == at("11-03 10:00")


def test_a_new_policy_changes_nothing_that_was_met_or_missed() -> None:
    kinder = levels_with(("11-05 09:00", policy_with(acknowledge=Span("working", days=9), resolve=SOON)))
    missed = judged(life("11-02 10:00"), "11-06 00:00", kinder)["acknowledge"]
    assert (missed.state, missed.due) == ("missed", at("11-03 10:00"))
    met = judged(life("11-02 10:00", *_FIXED), "11-06 00:00", kinder)["resolve"]
    assert met == judged(life("11-02 10:00", *_FIXED), "11-06 00:00")["resolve"]


def test_a_category_may_promise_something_else_or_nothing() -> None:
    own = replace(DEFAULT_POLICY, categories={"noise": {"resolve": SOON, "on_site": None}})
    levels = levels_with(("11-01 00:00", own))
    found = judged(life("11-02 10:00"), "11-02 10:00", levels)
    assert (found["resolve"].due, found["on_site"].due) == (at("11-02 13:30") - 1.5 * HOUR, None)
    other = judged(life("11-02 10:00", category="parking"), "11-02 10:00", levels)
    assert other["resolve"].due == at("11-11 10:00")


def test_a_new_calendar_counts_from_when_it_holds() -> None:
    closed = replace(default_calendar("Asia/Shanghai"), exceptions={at("11-06 00:00").date(): ()})
    version = CalendarVersion(at("11-04 00:00"), at("11-03 00:00"), closed)
    levels = Levels(LEVELS.policies, (*LEVELS.calendars, version))
    assert judged(life("11-02 10:00"), "11-03 00:00", levels)["resolve"].due == at("11-12 10:00")
    met = life("11-02 10:00", *_GIVEN, row("11-02 12:00", "in_progress"), row("11-02 16:00", "resolved"))
    assert judged(met, "11-09 00:00", levels) == judged(met, "11-09 00:00")


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("11-13 10:00", None),
        ("11-14 10:00", "slight"),
        ("11-16 10:01", "general"),
        ("11-21 10:00", "serious"),
    ],
)
def test_delays_are_slight_general_or_serious_by_the_days_that_an_owner_waits(
    now: str, name: str | None
) -> None:
    history = life("11-04 10:00")  # due on the 13th at 10:00
    assert delay_class(judged(history, now)["resolve"], at(now)) == name


def test_complaints_seepage_and_consultations_have_clocks_of_their_own() -> None:
    friday = at("11-06 17:40")
    assert due_at(LEVELS, COMPLAINTS.goals["start"], friday) == at("11-07 17:40")
    assert due_at(LEVELS, COMPLAINTS.goals["investigate"], friday) == at("11-09 17:40")
    assert due_at(LEVELS, COMPLAINTS.goals["opinion"], friday) == at("11-08 17:40")
    assert due_at(LEVELS, COMPLAINTS.goals["reply"], friday) == at("11-07 17:40")
    assert due_at(LEVELS, COMPLAINTS.goals["reply_latest"], friday) == at("11-11 17:40")
    assert due_at(LEVELS, SEEPAGE["detect"], friday) == at("11-09 17:40")
    assert due_at(LEVELS, SEEPAGE["plan"], friday) == at("11-13 17:40")
    assert due_at(LEVELS, CONSULTATION_ANSWER, friday) == at("11-09 08:40")


def test_levels_that_are_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="begins later"):
        Levels((), LEVELS.calendars)
    with pytest.raises(ValueError, match="begins later"):
        Levels(LEVELS.policies * 2, LEVELS.calendars)
    with pytest.raises(ValueError, match="backwards"):
        Span("working", days=-1)


def test_a_policy_that_begins_at_the_very_moment_of_the_deadline_still_moves_it() -> None:
    kinder = policy_with(acknowledge=Span("working", days=2))
    in_time, too_late = (levels_with((when, kinder)) for when in ("11-03 10:00", "11-03 10:01"))
    assert judged(life("11-02 10:00"), "11-04 09:00", in_time)["acknowledge"].due == at("11-04 10:00")
    assert judged(life("11-02 10:00"), "11-04 09:00", too_late)["acknowledge"].state == "missed"


def test_holidays_that_are_announced_late_move_what_is_open_and_leave_what_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_still = life("12-30 10:00")
    kept = life("12-24 10:00", row("12-25 09:00", "acknowledged"), row("12-30 10:00", "rejected"))
    before = judged(open_still, "12-31 12:00")["resolve"], judged(kept, "12-31 12:00")
    late = ChineseYear(date(2026, 12, 31), frozenset({"0101", "0104"}), frozenset())
    monkeypatch.setitem(YEARS, 2027, late)
    monkeypatch.setitem(YEARS, 2026, replace(YEARS[2026], known=date(2026, 12, 31)))
    after = judged(open_still, "12-31 12:00")["resolve"], judged(kept, "12-31 12:00")
    assert before[0].due is not None
    assert after[0].due == before[0].due + 4 * DAY  # two days off, and the weekend behind them
    assert after[1] == before[1]
