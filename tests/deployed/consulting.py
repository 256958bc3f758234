"""Consultations on the deployed journey: what owners and designers do by HTTP, and what is left for the clock."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.consultations import line, service
from chalicelib.consultations.input_models import CancelBooking, JoinLine
from tests.consultations.factories import book, make_plan
from tests.deployed import decorating
from tests.factories import PHONES, People

if TYPE_CHECKING:
    from tests.deployed.journey import Journey

_OPEN = {"week": [[[0, 1440]]] * 7, "holidays": False, "travel": 0}
_HALF_HOUR = timedelta(minutes=30)


def by_http(journey: "Journey", designer_phone: str = PHONES["designer"]) -> None:
    """Book, move, wait, leave, answer, call off, and the calendars."""
    from tests.deployed.journey import Someone

    designer = Someone(journey.cloud, designer_phone)
    journey.people.append(designer)
    designer.sign_in()
    people = People(journey.cloud.operator)
    make_plan(portal=journey.cloud.operator, people=people, now=datetime.now(UTC), **_OPEN, daily_limit=2)
    owner, neighbour = journey.owner, journey.neighbour
    offered = owner.api("GET", "consultants?community_id=maple")["items"][0]
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    path = f"consultants/{offered['id']}/slots?service_id=talk&from={day}&to={day}"
    free = [one["starts_at"] for one in owner.api("GET", path)["items"]]
    body = {
        "consultant_id": offered["id"],
        "service_id": "talk",
        "starts_at": free[0],
        "unit_id": "maple-1-101",
    }
    first = owner.api("POST", "bookings", {**body, "topic": "方案"})
    visit = {**body, "service_id": "visit", "starts_at": free[20], "topic": "量房"}
    asked = owner.api("POST", "bookings", visit, **{"Idempotency-Key": "journey-visit-1"})
    line_form = {"consultant_id": offered["id"], "service_id": "talk", "day": day}
    neighbour.page("/consultations/line", line_form)
    owner.api("POST", f"bookings/{first['id']}/cancel", {"version": 1})
    waiting = neighbour.page("/consultations").text.split('name="waiting_id" value="')[1].split('"')[0]
    neighbour.page("/consultations/line/leave", {**line_form, "waiting_id": waiting})
    moved = owner.api("POST", f"bookings/{asked['id']}/reschedule", {"starts_at": free[24], "version": 1})
    designer.page("/desk/calendar")
    yes = {"to": "confirmed", "version": moved["version"]}
    done = designer.api("POST", f"desk/bookings/{asked['id']}/step", yes)
    off = {"to": "cancelled_by_staff", "version": done["version"], "note": "抱歉"}
    designer.page(f"/desk/calendar/{asked['id']}", off)
    owner.page("/consultations/feed", {})
    for page in ("/consultations", "/consultations/new", f"/consultations/{asked['id']}"):
        owner.page(page)
    journey.settle()
    decorating.by_http(journey, designer)


def before_the_clock(journey: "Journey") -> None:
    """A reminder, a request that nobody answered, and an offer that nobody took, all due by now."""
    portal, now = journey.cloud.operator, datetime.now(UTC)
    people = People(portal)
    begun = datetime(now.year, now.month, now.day, now.hour, tzinfo=UTC)
    yesterday, earlier = begun - timedelta(hours=30), begun - timedelta(hours=3)
    plan = make_plan(portal=portal, people=people, now=yesterday, **_OPEN)
    soon = begun + 2 * _HALF_HOUR
    book(portal=portal, by=people.owner, of=plan, now=yesterday, starts_at=soon)
    book(
        portal=portal,
        by=people.owner,
        of=plan,
        now=yesterday,
        service_id="visit",
        starts_at=begun - 4 * _HALF_HOUR,
    )
    plan = make_plan(portal=portal, people=people, now=yesterday, **_OPEN, daily_limit=1)
    full = begun + timedelta(days=9)
    taken = book(portal=portal, by=people.owner, of=plan, now=earlier, starts_at=full)
    local = (full + timedelta(hours=8)).date()
    for person in (people.neighbour, people.cedar_owner):
        wanted = JoinLine(consultant_id=plan.consultant_id, service_id="talk", day=local)
        line.join(portal, person, wanted, earlier)
    service.cancel(portal, people.owner, taken.id, CancelBooking(version=1), None, earlier)
    decorating.before_the_clock(journey)
