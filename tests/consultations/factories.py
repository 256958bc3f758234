"""Made-up designers and bookings; everything by keyword."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.consultations import plans, service, store
from chalicelib.consultations.input_models import NewBooking, SavePlan
from chalicelib.consultations.models import Booking, Plan
from chalicelib.once import Once
from chalicelib.portal import Portal
from tests.factories import NOW, People

#: Saturday in Shanghai: the morning after `NOW`.
SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
TALK = {"id": "talk", "name": "方案沟通", "minutes": 60, "before": 0, "after": 15, "mode": "showroom"}
VISIT = {
    "id": "visit",
    "name": "上门量房",
    "minutes": 90,
    "before": 15,
    "after": 15,
    "mode": "on_site",
    "approval": True,
}
CLASS = {"id": "class", "name": "选材课", "minutes": 60, "mode": "showroom", "seats": 3}
#: Nine to five, every day.
WEEK = [[[540, 1020]]] * 7


def make_plan(*, portal: Portal, people: People, now: datetime = NOW, **changes: Any) -> Plan:
    """The designer's plan, a new one or the one there changed."""
    designer = people.designer
    before = store.plans(portal.db, [designer.id])
    fields = {"version": before[0].version if before else 0, "services": [TALK, VISIT, CLASS], "week": WEEK}
    body = SavePlan.model_validate({**fields, **changes})
    return plans.save(portal, designer, designer.id, body, now)


def make_booking(**changes: Any) -> NewBooking:
    """What an owner sends."""
    fields = {
        "service_id": "talk",
        "starts_at": SATURDAY,
        "unit_id": "maple-1-101",
        "topic": "三室两厅，想看看方案",
    }
    return NewBooking.model_validate({"consultant_id": "d", **fields, **changes})


def book(
    *, portal: Portal, by: Person, of: Plan, now: datetime = NOW, once: Once | None = None, **changes: Any
) -> Booking:
    """A booking."""
    unit = {"unit_id": by.units[0].id} if by.units else {}
    body = make_booking(**{"consultant_id": of.consultant_id, **unit, **changes})
    return service.book(portal, by, body, once, now)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)
