"""What a change would do to the open issues, before it is made."""

from dataclasses import replace

from chalicelib.service_levels.calendar_models import CalendarVersion
from chalicelib.service_levels.models import Levels, Span
from chalicelib.service_levels.policy import default_calendar
from chalicelib.service_levels.preview import Moved, preview
from tests.service_levels.lives import LEVELS, at, levels_with, life, policy_with, row

_OLD = replace(life("11-02 10:00", row("11-02 11:00", "acknowledged")), issue_id="old")
_NEW = replace(life("11-05 10:00"), issue_id="new")
_URGENT = replace(life("11-05 10:00", service_class="L1"), issue_id="urgent")


def test_a_stricter_policy_says_what_moves_and_what_would_be_late_at_once() -> None:
    stricter = levels_with(("11-06 09:00", policy_with(resolve=Span("working", days=3))))
    found = preview([_NEW, _OLD, _URGENT], LEVELS, stricter, at("11-06 09:00"))
    assert found.moved == (
        Moved("old", "resolve", at("11-11 10:00"), at("11-06 09:00"), True),
        Moved("new", "resolve", at("11-16 10:00"), at("11-10 10:00"), False),
    )
    assert (found.late, set(found.late_issues)) == (1, {"old"})
    assert found.unmoved == 3  # acknowledge and on site of the new one, resolve of the urgent one


def test_a_goal_that_is_dropped_is_said_too() -> None:
    own = replace(policy_with(), categories={"noise": {"on_site": None}})
    found = preview([_NEW], LEVELS, levels_with(("11-05 10:30", own)), at("11-05 10:30"))
    assert found.moved == (Moved("new", "on_site", at("11-06 10:00"), None, False),)


def test_a_day_off_moves_deadlines_by_a_day_and_makes_nothing_late() -> None:
    closed = replace(default_calendar("Asia/Shanghai"), exceptions={at("11-09 00:00").date(): ()})
    start = at("11-05 12:00")
    after = Levels(LEVELS.policies, (*LEVELS.calendars, CalendarVersion(start, start, closed)))
    found = preview([_OLD, _NEW, _URGENT], LEVELS, after, start)
    assert [(one.issue_id, one.goal, one.after) for one in found.moved] == [
        ("old", "resolve", at("11-12 10:00")),
        ("new", "resolve", at("11-17 10:00")),
    ]
    assert found.late == 0


def test_a_change_that_changes_nothing_moves_nothing() -> None:
    same = levels_with(("11-06 09:00", policy_with()))
    assert preview([_NEW, _OLD], LEVELS, same, at("11-06 09:00")).moved == ()
