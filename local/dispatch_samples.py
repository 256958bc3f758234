"""Things to show dispatch's parts of pages with: a proposal, people on duty and away, costs, an outage."""

from datetime import timedelta
from typing import Any

from chalicelib.issues.page_views import category_view
from local import samples

_HOUR = timedelta(hours=1)
_PERSON = {"is_away": False, "on_duty": False, "begins": None}


def proposals() -> list[dict[str, Any]]:
    """Somebody who fits, and somebody who does not."""
    return [
        {
            "id": "p1",
            "name": "王师傅",
            "fits": True,
            "reasons": [{"text": "会修电梯"}, {"text": "手上 2 单"}],
        },
        {"id": "p2", "name": "孙师傅", "fits": False, "reasons": [{"text": "没有电梯作业证"}]},
    ]


def duties() -> list[dict[str, Any]]:
    """On duty, later, away, nothing known."""
    return [
        _PERSON | {"on_duty": True},
        _PERSON | {"begins": samples.NOW + 9 * _HOUR},
        _PERSON | {"is_away": True},
        _PERSON,
    ]


def costs() -> dict[str, Any]:
    """Work, material, and a row that was taken back."""
    start, end = samples.NOW - 2 * _HOUR, samples.NOW - _HOUR
    work = {"id": "c1", "kind": "labour", "minutes": 60, "quantity": None, "reversed": True, "reverses": None}
    back = {**work, "id": "c1-", "minutes": -60, "reversed": False, "reverses": "c1"}
    used = {**work, "id": "c2", "kind": "material", "quantity": "1.5", "reversed": False}
    times = {"start": start, "end": end}
    return {
        "rows": [
            {"row": work, "name": "王师傅", "cost": "45", **times},
            {"row": back, "name": "王师傅", "cost": "-45", **times},
            {"row": used, "name": "水龙头", "cost": "30.50", **times},
        ],
        "may_add": True, "minutes": 0, "labour_fen": "0", "material_fen": "30.50", "total_fen": "30.50",
        "others": [{"id": "p1", "name": "王师傅"}],
    }  # fmt: skip


def outage(locale: str) -> dict[str, Any]:
    """No water in two buildings."""
    return {
        "id": "o1", "number": "261120-00001", "category": category_view("plumbing", locale), "buildings": ["1", "2"],
        "text": "主水管爆裂，正在抢修。", "since": samples.NOW - _HOUR, "until": samples.NOW + 3 * _HOUR,
    }  # fmt: skip


def past_outage(locale: str) -> dict[str, Any]:
    """The same, when it is over."""
    past = {"ended": "over", "note": "已换管，恢复供水。", "ended_at": samples.NOW}
    return {**outage(locale), "id": "o2", "past": past}


def parts(locale: str) -> dict[str, Any]:
    """All of them."""
    of_outages = {"outage": outage(locale), "past_outage": past_outage(locale)}
    return {"proposals": proposals(), "duties": duties(), "costs": costs(), **of_outages}
