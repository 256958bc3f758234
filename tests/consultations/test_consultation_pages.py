"""The pages of consultations without JavaScript, for owners and at the desk."""

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.consultations import plans, store
from chalicelib.consultations.input_models import SavePlan
from chalicelib.consultations.models import Plan
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.consultations.factories import TALK, make_plan
from tests.factories import NOW, PHONES, People, import_people

ALL_DAY = [[[0, 1440]]] * 7


@pytest.fixture
def plan(site: Portal, people: People) -> Plan:
    """Open all day: these tests run by the real clock."""
    return make_plan(portal=site, people=people, now=datetime.now(UTC), week=ALL_DAY, holidays=False)


def _form(plan: Plan, service: str = "talk") -> str:
    return f"/consultations/new?consultant_id={plan.consultant_id}&service_id={service}"


def _fields(browser: Browser, plan: Plan, service: str = "talk") -> dict[str, str]:
    page = browser.get(_form(plan, service))
    kept = {name: page.value(name) for name in ("consultant_id", "service_id", "key", "unit_id", "starts_at")}
    return {**kept, "topic": "厨房想打开"}


def test_the_first_page_shows_the_first_free_time_and_the_next_one_books_it(
    signed_in: Any, plan: Plan
) -> None:
    owner = signed_in("owner")
    start = owner.get("/consultations/new?lang=en")
    assert "first free:" in start.text
    fields = _fields(owner, plan)
    done = owner.post("/consultations/new", fields)
    assert done.status == 303
    again = owner.post("/consultations/new", fields)
    assert again.headers["location"] == done.headers["location"]
    assert "厨房想打开" in owner.get(done.headers["location"]).text
    assert done.headers["location"] in owner.get("/consultations").text


def test_all_days_that_can_be_booked_are_shown_a_fortnight_at_a_time(signed_in: Any, plan: Plan) -> None:
    owner = signed_in("owner")
    page, days = owner.get(_form(plan)), list[str]()
    for _ in range(9):
        days += [part[:10] for part in page.text.split("?day=")[1:]]
        if 'rel="next"' not in page.text:
            break
        assert page.value("starts_at")
        later = page.text.split('rel="next" href="')[1].split('"')[0]
        page = owner.get(later.replace("&amp;", "&"))
    assert (len(days), days) == (61, sorted(set(days)))
    far = owner.get(f"{_form(plan)}&day={days[40]}")
    done = owner.post("/consultations/new", {**_fields(owner, plan), "starts_at": far.value("starts_at")})
    move = owner.get(f"{done.headers['location']}/move?since={days[50]}")
    moved = {name: move.value(name) for name in ("version", "key", "starts_at")}
    assert owner.post(f"{done.headers['location']}/move", moved).status == 303


def test_a_time_that_was_just_taken_comes_back_with_what_was_typed(signed_in: Any, plan: Plan) -> None:
    owner, neighbour = signed_in("owner"), signed_in("neighbour")
    fields = _fields(owner, plan)
    neighbour.post("/consultations/new", {**_fields(neighbour, plan), "starts_at": fields["starts_at"]})
    page = owner.post("/consultations/new?lang=en", fields)
    assert page.status == 409
    assert "厨房想打开" in page.text
    assert "Somebody was quicker" in page.text


def test_a_week_of_five_designers_takes_five_round_trips(signed_in: Any, site: Portal, plan: Plan) -> None:
    rows = "".join(f"maple,枫林苑,,,,设计师{n},+861390000020{n},designer\n" for n in range(4))
    import_people(portal=site, text=f"community_id,community,building,unit,unit_id,name,phone,role\n{rows}")
    people = People(site)
    for member in plans.designers(site, "maple"):
        if not store.plans(site.db, [member.id]):
            body = SavePlan.model_validate(
                {"version": 0, "services": [TALK], "week": ALL_DAY, "holidays": False}
            )
            plans.save(site, people.manager, member.id, body, NOW)
    owner = signed_in("owner")
    owner.get("/consultations/new")
    site.db.calls.clear()
    page = owner.get("/consultations/new?lang=en")
    assert page.text.count("first free:") == 7  # five for talks, and the other services of the first
    assert len(site.db.calls) <= 5


def test_a_designers_hours_are_changed_as_text_and_mistakes_stand_beside_their_field(
    signed_in: Any, plan: Plan
) -> None:
    designer = signed_in("designer")
    page = designer.get("/desk/calendar/hours?lang=en")
    fields = {
        "designer": plan.consultant_id, "version": page.value("version"), "s0_id": "talk", "s0_name": "方案沟通",
        "s0_mode": "video", "s0_minutes": "50", "day0": "09:00-12:00 14：00～18：00", "exceptions": "2027-02-01\n",
        "travel": "0", "notice": "24", "horizon": "30",
    }  # fmt: skip
    no_clock = designer.post("/desk/calendar/hours", {**fields, "day1": "09:75-12:00", "s0_minutes": "60"})
    assert (no_clock.status, 'id="f-day1-why"' in no_clock.text) == (422, True)
    wrong = designer.post("/desk/calendar/hours", {**fields, "day1": "morning", "s0_minutes": "60"})
    assert (wrong.status, 'id="f-day1-why"' in wrong.text, "morning" in wrong.text) == (422, True, True)
    far = designer.post("/desk/calendar/hours", {**fields, "s0_minutes": "9999"})
    assert 'id="f-s0_minutes-why"' in far.text
    assert designer.post("/desk/calendar/hours", fields).status == 422  # 50 minutes are no quarters
    assert designer.post("/desk/calendar/hours", {**fields, "s0_minutes": "45"}).status == 303
    stale = designer.post("/desk/calendar/hours", {**fields, "s0_minutes": "45"})
    assert stale.status == 409
    again = designer.get("/desk/calendar/hours")
    shown = again.text
    assert "09:00-12:00 14:00-18:00" in shown
    assert "2027-02-01" in shown
    assert (again.value("notice"), again.value("horizon")) == ("24", "30")


def test_the_desk_answers_a_request_and_calls_another_off(signed_in: Any, plan: Plan) -> None:
    owner, designer, manager = signed_in("owner"), signed_in("designer"), signed_in("manager")
    there = owner.post("/consultations/new", _fields(owner, plan, "visit")).headers["location"]
    booking = there.rsplit("/", 1)[-1]
    assert booking in designer.get("/desk/calendar").text
    yes = designer.post(f"/desk/calendar/{booking}", {"to": "confirmed", "version": 1, "back": 1})
    assert yes.headers["location"].startswith("/desk/calendar?designer=")
    empty = manager.post(f"/desk/calendar/{booking}", {"to": "cancelled_by_staff", "version": 2})
    assert (empty.status, 'id="f-note-why"' in empty.text) == (422, True)
    manager.post(
        f"/desk/calendar/{booking}", {"to": "cancelled_by_staff", "version": 2, "note": "临时有事，抱歉"}
    )
    page = owner.get(f"{there}?lang=en").text
    assert "临时有事，抱歉" in page
    assert "kept for you for 2 hours" in page
    assert signed_in("cedar_manager").get(f"/desk/calendar/{booking}").status == 404


def test_the_desk_sees_owners_masked_until_somebody_asks_which_is_recorded(
    signed_in: Any, caller: Any, site: Portal, plan: Plan
) -> None:
    owner, designer = signed_in("owner"), signed_in("designer")
    there = owner.post("/consultations/new", _fields(owner, plan, "visit")).headers["location"]
    path = f"/desk/calendar/{there.rsplit('/', 1)[-1]}"
    for page in (designer.get("/desk/calendar"), designer.get(path)):
        assert "王*" in page.text
        assert "王秀英" not in page.text
    asked = designer.post(f"{path}/contact", {})
    assert "王秀英" in asked.text
    assert PHONES["owner"] in asked.text
    api = f"/desk/bookings/{there.rsplit('/', 1)[-1]}/contact"
    assert caller("manager").api("POST", api).json["phone"] == PHONES["owner"]
    assert caller("cedar_manager").api("POST", api).status == 404
    looks = site.db.query_all(f"AUDIT#maple#{datetime.now(UTC):%Y-%m-%d}")
    assert [row["action"] for row in looks].count("booking_contact") == 2


def test_of_another_communitys_appointments_a_manager_sees_the_time_alone(signed_in: Any, plan: Plan) -> None:
    owner = signed_in("cedar_owner")
    fields = _fields(owner, plan, "visit")
    there = owner.post("/consultations/new", {**fields, "topic": "只有雪松里知道"}).headers["location"]
    for who, sees in (("cedar_manager", True), ("designer", True), ("manager", False)):
        text = signed_in(who).get(f"/desk/calendar?designer={plan.consultant_id}&lang=en").text
        assert ("只有雪松里知道" in text, there.rsplit("/", 1)[-1] in text) == (sees, sees)
    week = f"/desk/calendar?designer={plan.consultant_id}&lang=en&day={fields['starts_at'][:10]}"
    assert "kept for somebody" in signed_in("manager").get(week).text


def test_a_feed_is_for_whoever_knows_its_address_until_there_is_a_new_one(signed_in: Any, plan: Plan) -> None:
    owner = signed_in("owner")
    owner.post("/consultations/new", _fields(owner, plan))
    addresses = []
    for _ in range(2):
        owner.post("/consultations/feed", {})
        text = owner.get("/consultations").text
        addresses.append("/calendar/" + text.split("/calendar/")[1].split('"')[0])
    program = Browser()
    assert program.get(addresses[0]).status == 404
    feed = program.get(addresses[1])
    assert len(Calendar.from_ical(feed.text).events) == 1
    assert program.get(addresses[1].replace(".ics", "x.ics")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/consultations/new?consultant_id=%s&service_id=talk&day=9999-12-31",
        "/consultations/new?consultant_id=%s&service_id=talk&day=0001-01-01",
        "/consultations/new?consultant_id=%s&service_id=talk&starts_at=never",
        "/consultations/new?consultant_id=%s&service_id=" + "x" * 3000,
        "/consultations/new?consultant_id=" + "x" * 3000 + "&service_id=%s",
        "/consultations/new?consultant_id=%s",
        "/api/v1/consultants/%s/slots?service_id=talk&from=0001-01-01&to=0001-01-02",
        "/api/v1/consultants/%s/slots?service_id=talk&from=9999-12-30&to=9999-12-31",
        "/api/v1/consultants/%s/slots?service_id=none&from=2026-12-30&to=2026-12-31",
        "/calendar/%s.x.ics",
    ],
)
def test_addresses_that_somebody_has_changed_are_no_failures(signed_in: Any, plan: Plan, path: str) -> None:
    page = signed_in("owner").get(path % plan.consultant_id)
    assert page.status in (200, 404, 422), page.text[:300]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "soon"])
def test_a_calendar_of_an_odd_day_is_no_failure(signed_in: Any, plan: Plan, day: str) -> None:
    designer = signed_in("designer")
    assert designer.get(f"/desk/calendar?day={day}").status == 200
    far = {"consultant_id": "x" * 3000, "waiting_id": "x" * 3000, "day": day}
    assert designer.post("/consultations/line/leave", far).status == 404
    assert designer.get(f"/desk/calendar/hours?designer={'x' * 3000}").status == 404
