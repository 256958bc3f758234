"""When a designer can be booked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.consultations import rules, states
from chalicelib.consultations.models import Booking, Hold, Plan, Service
from chalicelib.kept import made
from tests.consultations.compare import differing

SERVICE = Service(id="talk", name="量房", minutes=60, before=15, after=15, mode="on_site")
GROUP = Service(id="class", name="选材课", minutes=60, mode="showroom", seats=2)
DAY = date(2026, 11, 25)  # a Wednesday
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def _plan(**changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "consultant_id": "d", "zone_name": "Asia/Shanghai", "services": (SERVICE, GROUP),
        "week": (((9 * 60, 12 * 60), (14 * 60, 16 * 60)),) * 7, "travel": 30,
    }  # fmt: skip
    return Plan(**{**fields, **changes})


def _at(text: str) -> datetime:
    """A moment by Shanghai's clock, on the day."""
    return datetime.fromisoformat(f"{DAY}T{text}:00+08:00").astimezone(UTC)


def _hold(text: str, service: Service = SERVICE, where: str = "maple/1", **changes: Any) -> Hold:
    hold = rules.hold_of(service, _at(text), id=f"b{text}", account_id="somebody", where=where)
    return hold.model_copy(update=changes)


def _free(
    plan: Plan,
    *holds: Hold,
    service: Service = SERVICE,
    where: str = "maple/1",
    now: datetime = NOW,
    **more: Any,
) -> list[str]:
    found = rules.free_slots(plan, service, [DAY], holds, now, where=where, **more)
    return [f"{slot.starts_at + timedelta(hours=8):%H:%M}" for slot in found]


def test_rules_and_a_model_that_looks_at_every_quarter_agree_on_random_designers() -> None:
    wrong, slots = differing(range(400))
    assert wrong == []
    assert slots > 1000


def test_a_day_has_the_slots_of_all_its_frames() -> None:
    expected = ["09:00", "09:30", "10:00", "10:30", "11:00", "14:00", "14:30", "15:00"]
    assert _free(_plan()) == expected


def test_what_is_taken_takes_its_buffers_too() -> None:
    assert _free(_plan(), _hold("10:30")) == ["09:00", "14:00", "14:30", "15:00"]


def test_between_two_buildings_there_is_time_to_travel() -> None:
    far = _free(_plan(), _hold("14:00"), where="maple/2")
    assert far == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    by_video = _free(_plan(), _hold("14:00"), service=SERVICE.model_copy(update={"mode": "video"}), where="")
    assert by_video == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert "12:00" not in far


def test_a_place_that_is_not_known_is_as_far_as_any() -> None:
    plan = _plan(week=(((9 * 60, 16 * 60),),) * 7)
    known = set(_free(plan, _hold("12:00")))
    assert set(_free(plan, _hold("12:00"), where=rules.ANYWHERE)) < known


def test_exceptions_go_before_holidays_and_those_before_the_week() -> None:
    holiday = date(2026, 10, 1)
    assert rules.open_on(_plan(), holiday) == []
    assert len(rules.open_on(_plan(holidays=False), holiday)) == 2
    assert len(rules.open_on(_plan(exceptions={"2026-10-01": ((600, 660),)}), holiday)) == 1
    assert rules.open_on(_plan(exceptions={str(DAY): ()}), DAY) == []


def test_nothing_is_free_within_two_hours_or_beyond_sixty_days() -> None:
    assert _free(_plan(), now=_at("08:30")) == ["10:30", "11:00", "14:00", "14:30", "15:00"]
    assert _free(_plan(), now=_at("09:00") - timedelta(days=60)) == []
    assert _free(_plan(), now=_at("09:15") - timedelta(days=60)) == ["09:00"]


def test_a_designer_says_how_soon_and_how_far_ahead() -> None:
    assert _free(_plan(notice=5), now=_at("09:30")) == ["14:30", "15:00"]
    assert _free(_plan(horizon=7), now=_at("09:15") - timedelta(days=7)) == ["09:00"]
    assert _free(_plan(horizon=7), now=_at("09:00") - timedelta(days=7)) == []


def test_a_full_day_takes_nobody_more() -> None:
    assert _free(_plan(daily_limit=1), _hold("09:00")) == []


def test_a_group_session_takes_as_many_as_it_has_seats_and_nobody_twice() -> None:
    plan, first = _plan(daily_limit=1), _hold("14:00", GROUP, rules.SHOWROOM)
    more: dict[str, Any] = {"service": GROUP, "where": rules.SHOWROOM}
    assert _free(plan, first, account_id="another", **more) == ["14:00"]
    assert _free(plan, first, account_id="somebody", **more) == []
    second = first.model_copy(update={"id": "b2", "account_id": "third"})
    assert _free(plan, first, second, account_id="another", **more) == []


def test_a_group_session_that_got_longer_takes_nobody_more_when_something_follows_it() -> None:
    plan, first = _plan(), _hold("14:00", GROUP, rules.SHOWROOM)
    next_one = _hold("15:00", GROUP.model_copy(update={"id": "talk"}), rules.SHOWROOM)
    more: dict[str, Any] = {"where": rules.SHOWROOM, "account_id": "another"}
    longer = GROUP.model_copy(update={"minutes": 90})
    assert "14:00" in _free(plan, first, next_one, service=GROUP, **more)
    assert "14:00" not in _free(plan, first, next_one, service=longer, **more)
    assert "14:00" in _free(plan, first, service=longer, **more)


def test_an_offer_keeps_its_time_for_one_person_until_it_ends() -> None:
    offer = _hold("14:00", until=NOW + timedelta(hours=2))
    assert "14:00" not in _free(_plan(), offer)
    assert "14:00" in _free(_plan(), offer, account_id="somebody")
    assert "14:00" in _free(_plan(), offer, now=NOW + timedelta(hours=2))


def test_an_hour_that_clocks_skip_is_not_offered_and_one_that_comes_twice_is_twice() -> None:
    plan = _plan(zone_name="Europe/Berlin", week=(((60, 240),),) * 7, holidays=False)

    def length(day: str) -> timedelta:
        return sum((b - a for a, b in rules.open_on(plan, date.fromisoformat(day))), timedelta())

    assert length("2026-03-28") == timedelta(hours=3)
    assert length("2026-03-29") == timedelta(hours=2)
    assert length("2026-10-25") == timedelta(hours=4)


def test_a_hold_covers_whole_cells() -> None:
    odd = rules.hold_of(
        SERVICE.model_copy(update={"before": 10, "after": 5}), _at("10:00"), id="b", account_id="a", where=""
    )
    assert (odd.first, odd.last) == (_at("09:45"), _at("11:15"))
    assert len(rules.cells_of(odd)) == 6


def test_what_reaches_past_midnight_touches_both_days() -> None:
    late = _hold("23:30")
    assert rules.days_touched(_plan(), late) == [DAY, DAY + timedelta(days=1)]
    assert rules.days_touched(_plan(), _hold("14:00")) == [DAY]


@pytest.mark.parametrize(
    ("status", "to", "hours", "may"),
    [
        ("requested", "confirmed", -1, True),
        ("requested", "confirmed", 0, False),
        ("confirmed", "confirmed", -1, False),
        ("confirmed", "done", -1, False),
        ("confirmed", "done", 1, True),
        ("confirmed", "no_show", 1, True),
        ("done", "no_show", 1, False),
        ("cancelled_by_owner", "cancelled_by_staff", -1, False),
    ],
)
def test_staff_take_the_steps_that_the_state_and_the_clock_allow(
    status: str, to: str, hours: int, may: bool
) -> None:
    booking = made(Booking, status=status, starts_at=NOW)
    assert states.may_step(booking, to, NOW + timedelta(hours=hours)) is may


def test_an_owner_may_change_an_appointment_up_to_four_hours_before() -> None:
    booking = made(Booking, status="confirmed", starts_at=NOW + timedelta(hours=4))
    assert states.may_change(booking, NOW)
    assert not states.may_change(booking, NOW + timedelta(seconds=1))
    assert not states.may_change(booking.model_copy(update={"status": "done"}), NOW)
