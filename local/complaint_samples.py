"""Complaints, suggestions and praise to show the parts of pages with."""

from datetime import timedelta
from typing import Any

from chalicelib.complaints import page_views, rules
from chalicelib.complaints.models import Complaint, ComplaintFile, Row
from chalicelib.complaints.views import Reader
from chalicelib.issues.models import Actor, Holder, Ref
from chalicelib.service_levels.policy import COMPLAINTS, default_levels
from local.samples import NOW, OWNER, person

_MANAGER = Actor(id="sample-manager", name="赵经理", role="manager")
_CONTENT = "电梯修了四次还是响，每次都说修好了。"


def complaint(stage: str, number: int, **more: Any) -> Complaint:
    """One in a stage."""
    began = NOW - timedelta(hours=30)
    fields: dict[str, Any] = {
        "id": f"sample-{stage}",
        "number": f"C261119-000{number}",
        "kind": "complaint",
        "community_id": "maple",
        "category": ("service", "product", "environment", "other")[number % 4],
        "content": _CONTENT,
        "person": OWNER,
        "created_at": began,
        "since": began,
        "stage": stage,
    }
    made = Complaint(**{**fields, **more})
    late = stage == "accepted" and number == 0
    return rules.timed(made, began if late else NOW, default_levels("Asia/Shanghai"))


def all_stages() -> list[Complaint]:
    """A late one, and one in each stage that looks different."""
    has = {"handler": Holder(id=_MANAGER.id, name=_MANAGER.name), "departments": ["engineering", "property"]}
    return [
        complaint("accepted", 0),
        complaint("investigating", 1, **has),
        complaint("replied", 2, **has, replied_at=NOW, links=[Ref(id="sample-x", number="C261019-0007")]),
        complaint("mediation", 3, **has, replied_at=NOW),
        complaint("closed", 4, **has, closed_at=NOW),
        complaint("received", 5, kind="suggestion", content="门口可以装一个雨棚吗？"),
    ]


def cards() -> list[dict[str, Any]]:
    """As their senders see them."""
    return [page_views.card(one, NOW) for one in all_stages()]


def rows() -> list[dict[str, Any]]:
    """As the ledger shows them."""
    return [page_views.desk_row(one, COMPLAINTS, NOW) for one in all_stages()]


def timeline(portal: Any = None) -> list[dict[str, Any]]:
    """What can happen to one."""
    at = NOW - timedelta(hours=29)
    told: list[dict[str, Any]] = [
        {"kind": "stage", "step": "file", "to": "accepted", "actor": OWNER},
        {"kind": "overdue", "clock": "start", "actor": Actor(id="system", name="", role="system")},
        {"kind": "stage", "step": "start", "to": "investigating", "actor": _MANAGER,
         "departments": ["engineering"], "handler": Holder(id=_MANAGER.id, name=_MANAGER.name)},
        {"kind": "note", "text": "维保记录缺三次。", "actor": _MANAGER},
        {"kind": "linked", "link": Ref(id="sample-x", number="C261019-0007"), "actor": _MANAGER},
        {"kind": "stage", "step": "reply", "to": "replied", "text": "已更换门机，并加倍保养。", "actor": _MANAGER},
    ]  # fmt: skip
    found = [Row(id=f"row-{n}", at=at + timedelta(hours=n), **row) for n, row in enumerate(told)]
    file = ComplaintFile(complaint=all_stages()[2], timeline=found, photos={})
    view = Reader(portal, person("manager"), None, NOW).desk_view(
        file, frozenset({"manager"}), [], COMPLAINTS
    )
    shown: list[dict[str, Any]] = page_views.at_desk(file, view, [], person("manager"), NOW)["timeline"]
    return shown
