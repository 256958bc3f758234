"""Consultations over the JSON API, and their calendar files."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.consultations.models import Plan
from chalicelib.portal import Portal
from tests.consultations.factories import make_plan
from tests.factories import People

pytestmark = pytest.mark.usefixtures("plan")


@pytest.fixture
def plan(site: Portal, people: People) -> Plan:
    """Open all day: these tests run by the real clock."""
    return make_plan(
        portal=site, people=people, now=datetime.now(UTC), week=[[[0, 1440]]] * 7, holidays=False
    )


def _days(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=ahead):%Y-%m-%d}"


def _slots(owner: Any, plan: Plan, service: str = "talk", days: tuple[int, int] = (2, 3)) -> list[str]:
    first, last = _days(days[0]), _days(days[1])
    path = f"/consultants/{plan.consultant_id}/slots?service_id={service}&from={first}&to={last}"
    return [slot["starts_at"] for slot in owner.api("GET", path).json["items"]]


def _book(owner: Any, plan: Plan, starts_at: str, unit: str = "maple-1-101", **more: str) -> Any:
    body = {
        "consultant_id": plan.consultant_id, "service_id": "talk", "starts_at": starts_at, "unit_id": unit,
        "topic": "三室两厅",
    }  # fmt: skip
    return owner.api("POST", "/bookings", body, **more)


def test_an_owner_finds_a_designer_a_time_books_moves_and_cancels(caller: Any, plan: Plan) -> None:
    owner = caller("owner")
    (one,) = owner.api("GET", "/consultants?community_id=maple").json["items"]
    assert (one["id"], one["name"]) == (plan.consultant_id, "陈设计")
    assert {"id", "name", "minutes", "mode"} <= set(one["services"][0])
    free = _slots(owner, plan)
    made = _book(owner, plan, free[4], **{"Idempotency-Key": "booking-0001"})
    assert (made.status, made.json["status"], made.json["version"]) == (201, "confirmed", 1)
    again = _book(owner, plan, free[4], **{"Idempotency-Key": "booking-0001"})
    assert again.json == made.json
    taken = _book(caller("neighbour"), plan, free[4], "maple-1-102")
    assert (taken.status, taken.json["code"]) == (409, "slot_taken")
    assert free[4] not in _slots(owner, plan)
    path = f"/bookings/{made.json['id']}"
    moved = owner.api("POST", f"{path}/reschedule", {"starts_at": free[8], "version": 1})
    assert (moved.status, moved.json["starts_at"]) == (200, free[8])
    stale = owner.api("POST", f"{path}/cancel", {"version": 1})
    assert (stale.status, stale.json["code"]) == (409, "version_conflict")
    off = owner.api("POST", f"{path}/cancel", {"version": 2, "reason": "出差"})
    assert off.json["status"] == "cancelled_by_owner"
    assert [row["id"] for row in owner.api("GET", "/bookings").json["items"]] == [made.json["id"]]
    assert caller("neighbour").api("GET", path).status == 404


def test_the_list_goes_on_where_a_page_ends(caller: Any, plan: Plan) -> None:
    owner = caller("owner")
    free = _slots(owner, plan)
    made = [_book(owner, plan, start).json["id"] for start in (free[0], free[6])]
    first = owner.api("GET", "/bookings?limit=1").json
    rest = owner.api("GET", f"/bookings?limit=1&cursor={first['next_cursor']}").json
    assert [first["items"][0]["id"], rest["items"][0]["id"]] == made[::-1]


def test_only_those_of_a_community_see_its_designers(
    caller: Any, plan: Plan, site: Portal, people: People
) -> None:
    assert caller("owner").api("GET", "/consultants?community_id=cedar").status == 404
    path = f"/consultants/{people.clerk.id}/slots?service_id=talk&from={_days(1)}&to={_days(2)}"
    assert caller("owner").api("GET", path).status == 404
    path = f"/consultants/{plan.consultant_id}/slots?service_id=talk&from={_days(1)}&to={_days(60)}"
    assert caller("owner").api("GET", path).status == 422


def test_a_request_is_answered_at_the_desk_once(caller: Any, plan: Plan) -> None:
    owner = caller("owner")
    start = _slots(owner, plan, "visit")[0]
    body = {"consultant_id": plan.consultant_id, "service_id": "visit", "starts_at": start}
    asked = owner.api("POST", "/bookings", {**body, "unit_id": "maple-1-101", "topic": "量房"}).json
    assert asked["status"] == "requested"
    path = f"/desk/bookings/{asked['id']}/step"
    assert caller("clerk").api("POST", path, {"to": "confirmed", "version": 1}).status == 403
    assert (
        caller("designer").api("POST", path, {"to": "confirmed", "version": 1}).json["status"] == "confirmed"
    )
    late = caller("manager").api("POST", path, {"to": "cancelled_by_staff", "version": 1, "note": "抱歉"})
    assert late.json["code"] == "version_conflict"


def _event(owner: Any, booking_id: str) -> tuple[Any, Any]:
    page = owner.send("GET", f"/api/v1/bookings/{booking_id}.ics", b"", {})
    assert page.headers["content-type"].startswith("text/calendar")
    assert all(len(line.encode()) <= 75 for line in page.text.split("\r\n"))
    whole = Calendar.from_ical(page.text)
    return whole, whole.events[0]


def test_a_calendar_file_follows_its_appointment(caller: Any, plan: Plan) -> None:
    owner = caller("owner")
    free = _slots(owner, plan)
    made = _book(owner, plan, free[0]).json
    whole, before = _event(owner, made["id"])
    assert str(before.start.tzinfo) == "Asia/Shanghai"
    assert before.start.astimezone(UTC) == datetime.fromisoformat(free[0])
    assert [zone["TZID"] for zone in whole.timezones] == ["Asia/Shanghai"]
    owner.api("POST", f"/bookings/{made['id']}/reschedule", {"starts_at": free[6], "version": 1})
    _, after = _event(owner, made["id"])
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert after.start.astimezone(UTC) == datetime.fromisoformat(free[6])
    owner.api("POST", f"/bookings/{made['id']}/cancel", {"version": 2})
    whole, off = _event(owner, made["id"])
    assert (whole["METHOD"], off["STATUS"], off["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)


def test_somebody_waits_for_a_day_over_the_api_and_leaves_the_line(caller: Any, plan: Plan) -> None:
    owner = caller("owner")
    body = {"consultant_id": plan.consultant_id, "service_id": "talk", "day": _days(3)}
    one = owner.api("POST", "/waitlist", body, "wait-for-a-day-1")
    assert (one.status, one.json["day"], one.json["offer"]) == (201, _days(3), None)
    assert owner.api("POST", "/waitlist", body, "wait-for-a-day-1").json == one.json
    assert owner.api("POST", "/waitlist", body).json["code"] == "in_line"
    assert [row["id"] for row in owner.api("GET", "/waitlist").json["items"]] == [one.json["id"]]
    assert caller("neighbour").api("DELETE", f"/waitlist/{one.json['id']}").status == 204
    assert len(owner.api("GET", "/waitlist").json["items"]) == 1
    for _ in range(2):
        assert owner.api("DELETE", f"/waitlist/{one.json['id']}").status == 204
    assert owner.api("GET", "/waitlist").json["items"] == []


def test_a_week_of_free_times_takes_five_round_trips_at_most(caller: Any, plan: Plan, site: Portal) -> None:
    owner = caller("owner")
    owner.get("/consultations/new")  # communities are remembered
    before = len(site.db.calls)
    assert owner.get("/consultations/new").status == 200
    assert len(site.db.calls) - before <= 5
