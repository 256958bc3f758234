"""What is to be done when: warnings, breaches, the ladder, ends of pauses, reminders; each with one identity."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.portal import Portal
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import QuietHours
from chalicelib.service_levels.moments import Moment, due_moments
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_levels
from chalicelib.service_levels.rules import promised
from chalicelib.service_levels.telling import tell_at
from tests.factories import NOW, People, assign, bring_to, owner_step, report, step
from tests.service_levels.lives import DAY, HOUR, LEVELS, SHANGHAI, at, life, row

_GIVEN = [row("11-02 11:00", "acknowledged"), row("11-02 11:00", "assigned")]
_FIXED = [*_GIVEN, row("11-02 12:00", "in_progress"), row("11-03 11:00", "resolved")]


def of_kind(moments: list[Moment], *kinds: str) -> list[tuple[datetime, str, str]]:
    """Moments of these kinds, as when, what, and about what."""
    return [(one.at, one.kind, one.detail) for one in moments if one.kind in kinds]


def test_a_breach_is_warned_of_before_and_told_to_four_levels_one_after_the_other() -> None:
    moments = due_moments(life("11-01 10:00", service_class="L1"), LEVELS)
    resolve = [one for one in moments if one.detail == "resolve"]
    assert [(one.at, one.kind, one.level) for one in resolve] == [
        (at("11-02 04:00"), "warn", 0),
        (at("11-02 10:00"), "breach", 0),
        (at("11-02 10:00"), "escalate", 1),
        (at("11-02 10:30"), "escalate", 2),
        (at("11-02 11:00"), "escalate", 3),
        (at("11-02 14:00"), "escalate", 4),
    ]
    assert [one.told for one in resolve[2:]] == [
        ("assignee", "front_line"), ("senior",), ("manager",), ("expert", "manager"),
    ]  # fmt: skip


def test_the_ladder_of_a_working_calendar_waits_for_working_time() -> None:
    moments = due_moments(life("11-06 17:00"), LEVELS)
    ladder = [one.at for one in moments if one.kind == "escalate" and one.detail == "acknowledge"]
    assert ladder == [at("11-09 17:00"), at("11-10 11:30"), at("11-10 17:00"), at("11-12 17:00")]


def test_moments_come_in_time_order_and_no_two_are_the_same() -> None:
    moments = due_moments(life("11-02 10:00", *_GIVEN), LEVELS)
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    assert len({one.id for one in moments}) == len(moments) > 10


def test_what_was_done_in_time_is_never_due() -> None:
    assert of_kind(due_moments(life("11-02 10:00", *_FIXED), LEVELS), "warn", "breach", "escalate") == []


def test_what_was_done_late_was_breached_and_told_as_far_as_it_had_come() -> None:
    moments = due_moments(life("11-02 10:00", row("11-03 15:00", "rejected")), LEVELS)
    late = [(one.at, one.kind, one.level, one.over) for one in moments if one.detail == "acknowledge"]
    assert late == [(at("11-03 10:00"), "breach", 0, True), (at("11-03 10:00"), "escalate", 1, True)]


def test_a_pause_moves_the_warning_and_the_moved_one_is_another() -> None:
    paused = [*_GIVEN, row("11-03 12:00", "paused", pause_reason="waiting_parts")]
    before, after = (due_moments(life("11-02 10:00", *rows), LEVELS) for rows in (_GIVEN, paused))
    first, second = ([one for one in found if one.detail == "resolve"] for found in (before, after))
    assert first[0].at < second[0].at
    assert first[0].id != second[0].id
    assert [one.id for one in first[1:]] == [one.id for one in second[1:]]


def test_a_pause_ends_by_itself_and_the_owner_for_whom_we_wait_is_asked_again_before() -> None:
    paused = life("11-02 10:00", *_GIVEN, row("11-03 12:00", "paused", pause_reason="waiting_owner"))
    assert of_kind(due_moments(paused, LEVELS), "pause_end", "follow_up") == [
        (at("11-06 12:00"), "follow_up", "answer"),
        (at("11-10 12:00"), "pause_end", "waiting_owner"),
    ]
    resumed = life("11-02 10:00", *_GIVEN, row("11-03 12:00", "paused", pause_reason="waiting_owner"),
                   row("11-04 12:00", "in_progress"))  # fmt: skip
    assert of_kind(due_moments(resumed, LEVELS), "pause_end", "follow_up") == []


def test_both_sides_are_reminded_a_day_and_an_hour_before_a_visit() -> None:
    agreed = [*_GIVEN, row("11-03 12:00", "paused", pause_reason="appointment", visit="11-05 15:00")]
    wanted = [(at("11-04 15:00"), "appointment", "1440"), (at("11-05 14:00"), "appointment", "60")]
    assert of_kind(due_moments(life("11-02 10:00", *agreed), LEVELS), "appointment") == wanted
    resumed = [*agreed, row("11-04 18:00", "assigned", visit="11-05 15:00")]
    assert of_kind(due_moments(life("11-02 10:00", *resumed), LEVELS), "appointment") == wanted
    soon = [*_GIVEN, row("11-05 12:00", "assigned", visit="11-05 15:00")]
    assert of_kind(due_moments(life("11-02 10:00", *soon), LEVELS), "appointment") == wanted[1:]
    done = [*agreed, row("11-05 15:00", "in_progress"), row("11-05 16:00", "resolved")]
    assert of_kind(due_moments(life("11-02 10:00", *done), LEVELS), "appointment") == []


def test_an_issue_that_is_open_after_thirty_days_is_a_risk_also_when_it_came_back() -> None:
    moments = of_kind(due_moments(life("11-02 10:00"), LEVELS), "unresolved")
    assert moments == [(at("12-02 10:00"), "unresolved", "")]
    assert of_kind(due_moments(life("11-02 10:00", *_FIXED), LEVELS), "unresolved") == []
    back = life("11-02 10:00", *_FIXED, row("12-05 10:00", "reopened", "owner"))
    assert of_kind(due_moments(back, LEVELS), "unresolved") == [(at("12-05 10:00"), "unresolved", "")]


def test_a_repair_that_nobody_mentions_is_asked_about_and_then_closed() -> None:
    moments = due_moments(life("11-02 10:00", *_FIXED, row("11-04 09:00", "message", "owner")), LEVELS)
    assert of_kind(moments, "follow_up", "auto_close") == [
        (at("11-07 09:00"), "follow_up", "confirm"),
        (at("11-11 09:00"), "auto_close", ""),
    ]
    assert due_moments(life("11-02 10:00", *_FIXED, row("11-04 09:00", "closed")), LEVELS) == []


def test_rows_that_the_portal_keeps_tell_the_same_as_the_issue_itself(portal: Portal, people: People) -> None:
    levels = default_levels("Asia/Shanghai")
    file = report(portal=portal, by=people.owner, now=NOW)
    assert promised(history_of(file), levels, NOW).due == file.issue.promised_at
    file = step(portal=portal, by=people.clerk, file=file, to="acknowledged", now=NOW + HOUR)
    file = assign(portal=portal, by=people.clerk, file=file, to=people.technician, now=NOW + HOUR)
    visit = NOW + 2 * DAY
    paused = step(portal=portal, by=people.technician, file=file, to="paused", now=NOW + 2 * HOUR,
                  pause_reason="appointment", visit_at=visit)  # fmt: skip
    promise = promised(history_of(paused), levels, NOW + 2 * HOUR)
    assert (promise.pauses[0].until, promise.due) == (visit, visit + 22 * HOUR)
    assert paused.issue.promised_at == promise.due
    file = step(portal=portal, by=people.technician, file=paused, to="in_progress", now=NOW + 5 * HOUR)
    file = step(portal=portal, by=people.technician, file=file, to="resolved", now=NOW + 6 * HOUR)
    closes = [one.at for one in due_moments(history_of(file), levels) if one.kind == "auto_close"]
    assert closes == [NOW + 6 * HOUR + 7 * DAY]
    assert promised(history_of(file), levels, NOW + DAY).margin == 21 * HOUR
    back = owner_step(portal=portal, by=people.owner, file=file, action="reopen", now=NOW + DAY)
    assert promised(history_of(back), levels, NOW + DAY).due == back.issue.promised_at == NOW + 2 * DAY


def test_every_state_that_the_portal_knows_has_moments(portal: Portal, people: People) -> None:
    levels = default_levels("Asia/Shanghai")
    states = ("submitted", "in_progress", "resolved", "closed")
    files = {status: bring_to(portal=portal, people=people, status=status) for status in states}
    found = {
        status: {one.kind for one in due_moments(history_of(file), levels)} for status, file in files.items()
    }
    working = {"warn", "breach", "escalate", "delay", "unresolved"}
    assert found == {
        "submitted": working, "in_progress": working, "resolved": {"follow_up", "auto_close"}, "closed": set(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "last", "urgent", "told"),
    [
        ("11-02 10:00", None, False, "11-02 10:00"),
        ("11-02 10:00", "11-02 09:50", False, "11-02 10:05"),  # one digest in a quarter of an hour
        ("11-02 10:00", "11-02 09:30", False, "11-02 10:00"),
        ("11-02 22:00", None, False, "11-03 07:00"),  # not at night …
        ("11-03 03:00", None, False, "11-03 07:00"),
        ("11-02 21:55", "11-02 21:50", False, "11-03 07:00"),
        ("11-03 03:00", None, True, "11-03 03:00"),  # … but whoever is on duty for L1
        ("11-03 03:00", "11-03 02:50", True, "11-03 03:05"),
    ],
)
def test_nobody_is_told_at_night_or_twice_in_a_quarter_of_an_hour(
    moment: str, last: str | None, urgent: bool, told: str
) -> None:
    before = at(last) if last else None
    assert tell_at(DEFAULT_POLICY.quiet, SHANGHAI, at(moment), before, urgent=urgent) == at(told)


def test_quiet_hours_may_lie_within_a_day_and_follow_the_clock_on_the_wall() -> None:
    noon = QuietHours(time(12), time(14), timedelta())
    assert tell_at(noon, SHANGHAI, at("11-02 13:00")) == at("11-02 14:00")
    assert tell_at(noon, SHANGHAI, at("11-02 14:00")) == at("11-02 14:00")
    night = datetime(
        2026, 3, 8, 4, 0, tzinfo=UTC
    )  # 23:00 in New York, where clocks are put forward that night
    told = tell_at(DEFAULT_POLICY.quiet, ZoneInfo("America/New_York"), night)
    assert told == datetime(2026, 3, 8, 11, 0, tzinfo=UTC)
