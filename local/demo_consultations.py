"""The demo's designer: hours and services in both communities, and an appointment or two."""

from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.consultations import plans, rules, service, store
from chalicelib.consultations.input_models import FindSlots, NewBooking, SavePlan
from chalicelib.portal import Portal

_SERVICES = [
    {"id": "talk", "name": "方案沟通", "minutes": 60, "after": 15, "mode": "showroom"},
    {
        "id": "visit",
        "name": "上门量房",
        "minutes": 90,
        "before": 15,
        "after": 15,
        "mode": "on_site",
        "approval": True,
    },
    {"id": "video", "name": "视频咨询", "minutes": 30, "mode": "video"},
    {"id": "class", "name": "选材课堂", "minutes": 90, "mode": "showroom", "seats": 6},
]
_WORKDAY = [[9 * 60, 12 * 60], [13 * 60 + 30, 18 * 60]]
_WEEKEND = [[10 * 60, 12 * 60], [13 * 60 + 30, 17 * 60]]


def tell(portal: Portal, designer: Person, owner: Person, now: datetime) -> None:
    """Hours and services for the designer who has none, and two appointments; doing it again changes nothing."""
    if store.plans(portal.db, [designer.id]):
        return
    fields = {
        "version": 0,
        "words": "十二年经验，擅长小户型与老房翻新。",
        "services": _SERVICES,
        "week": [_WORKDAY] * 5 + [_WEEKEND] * 2,
        "daily_limit": 8,
    }
    plan = plans.save(portal, designer, designer.id, SavePlan.model_validate(fields), now)
    today = rules.day_of(plan, now)
    for service_id, ahead, topic in (
        ("talk", 2, "三室两厅，想把厨房打开。"),
        ("visit", 4, "量一下主卧和阳台。"),
    ):
        days = {"from": today + timedelta(days=ahead), "to": today + timedelta(days=ahead + 7)}
        query = FindSlots.model_validate({"service_id": service_id, **days})
        _, free = plans.free(portal, owner, designer.id, query, now)
        if not free:
            continue
        body = NewBooking(
            consultant_id=designer.id, service_id=service_id, starts_at=free[1].starts_at, unit_id=owner.units[0].id,
            topic=topic,
        )  # fmt: skip
        service.book(portal, owner, body, None, now)
