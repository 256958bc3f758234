"""Things to show the parts of pages with: an issue in each state, people, photos."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import i18n
from chalicelib.accounts.models import Grant, Person
from chalicelib.assets import static
from chalicelib.communities.models import Community
from chalicelib.company import company
from chalicelib.desk import page_views as desk_views
from chalicelib.issues import page_views
from chalicelib.issues.models import Actor, Holder, Issue, Rating, Ref, Status
from chalicelib.issues.rules import Relation
from chalicelib.places import posters
from chalicelib.places.models import Place

#: A Friday, 10:05 in Shanghai.
NOW = datetime(2026, 11, 20, 2, 5, tzinfo=UTC)
OWNER = Actor(id="sample-owner", name="王秀英", role="owner")
COMMUNITY = Community(id="maple", name="枫林苑")
PLACES = (
    Place(id="sampleAA", community_id="maple", name="1 号楼电梯", building="1"),
    Place(id="sampleBB", community_id="maple", name="东门门禁", building="门岗"),
)
_WORKS = Holder(id="sample-technician", name="王师傅")
_LONG = "卫生间顶板渗水，楼上说他们家没有漏，物业来看过两次都没有找到地方，现在墙皮也掉了，一下雨就更厉害。"
_CATEGORIES = ("plumbing", "electrical", "lift", "wall_seepage", "doors_windows", "gas", "noise", "cleaning",
               "parking", "contract", "greening")  # fmt: skip


def person(role: str) -> Person:
    """Somebody in one of the roles."""
    grants = [Grant(community_id="maple", role=role)] if role != "owner" else []
    return Person(
        id=f"sample-{role}", name="李静", phone="+8613900000001", locale=None, session="sample", grants=grants
    )


def issue(status: str, number: int = 0, **more: Any) -> Issue:
    """One report in a state."""
    made = NOW - timedelta(hours=3 + number)
    holder = _WORKS if status in ("assigned", "in_progress", "paused", "resolved", "closed") else None
    fields: dict[str, Any] = {
        "id": f"sample-{status}",
        "number": f"261120-1{number:04}",
        "community_id": "maple",
        "unit_id": "maple-1-101",
        "unit_label": "1-101",
        "building": "1",
        "category_id": _CATEGORIES[number % len(_CATEGORIES)],
        "description": "厨房水槽下面漏水，接了一个盆",
        "status": status,
        "created_at": made,
        "promised_at": NOW + timedelta(hours=22),
        "reporter": OWNER,
        "assignee": holder,
        "visit_at": NOW + timedelta(hours=4) if status == "assigned" else None,
        "pause_reason": "waiting_owner" if status == "paused" else None,
        "merged_into": Ref(id="sample-assigned", number="261120-10002") if status == "merged" else None,
        "resolutions": 1 if status in ("resolved", "closed") else 0,
        "resolved_at": NOW if status in ("resolved", "closed") else None,
        "closed_at": NOW if status == "closed" else None,
        "handoff": "sample",
    }
    return Issue(**(fields | more))


def _issues() -> list[Issue]:
    usual = [issue(status, number) for number, status in enumerate(i18n.STATUS_SHORT)]
    rating = Rating(professionalism=5, attitude=4, efficiency=3, at=NOW, resolution=1)
    late = issue("in_progress", 20, description=_LONG, promised_at=NOW - timedelta(minutes=35))
    return [*usual, late, issue("closed", 21, rating=rating)]


def cards(locale: str) -> list[dict[str, Any]]:
    """An owner's cards: each state, one that is late and long, one that is rated and has news."""
    found = [page_views.card(one, locale, NOW) for one in _issues()]
    found[-1]["unread"] = True
    return found


def rows(locale: str, role: str) -> list[dict[str, Any]]:
    """The desk's rows of the same issues, as somebody in a role has them."""
    return [desk_views.row(one, person(role), locale, NOW) for one in _issues()]


def similar(locale: str) -> list[dict[str, Any]]:
    """What is reported already at a place: by a neighbour, by oneself, and one that is followed."""
    found: list[tuple[Relation, Status, str]] = [
        ("neighbour", "assigned", "电梯到 5 楼会晃一下"),
        ("reporter", "submitted", "电梯里的灯不亮"),
        ("follower", "in_progress", "电梯门关不上"),
    ]
    place = {"category_id": "lift", "area": "public", "location": PLACES[0].name}
    return [
        page_views.card(issue(status, number, description=words, **place), locale, NOW, relation)
        for number, (relation, status, words) in enumerate(found, 30)
    ]


def sheets() -> list[dict[str, Any]]:
    """Posters of two places, with QR codes that can be read."""
    return [posters.poster(place, COMMUNITY.name, "https://portal.example.com") for place in PLACES]


def outcomes() -> list[dict[str, Any]]:
    """Issues whose outcome is said above everything else."""
    base = {
        "merged_into": None,
        "rejected_reason": None,
        "rejected_by": None,
        "pause_reason": None,
        "pause_note": None,
    }
    other = {"id": "sample-assigned", "number": "261120-10002"}
    return [
        {**base, "status": "merged", "merged_into": other},
        {
            **base,
            "status": "rejected",
            "rejected_reason": "这件事请找开发商的合同部。",
            "rejected_by": "李静",
        },
        {**base, "status": "cancelled"},
        {**base, "status": "paused", "pause_reason": "waiting_parts", "pause_note": "配件周四到货。"},
    ]


def photos() -> list[dict[str, Any]]:
    """A photo that is ready, one on its way, one that can't be used, one that was removed."""
    logo = static(company().logo)
    base = {"reason": None, "urls": None, "mine": True, "alt": ""}
    return [
        {**base, "id": "p1", "status": "ready", "urls": {"thumb": logo, "full": logo}},
        {**base, "id": "p2", "status": "pending"},
        {**base, "id": "p3", "status": "rejected", "reason": "broken"},
        {**base, "id": "p4", "status": "removed"},
    ]


def timeline() -> list[dict[str, Any]]:
    """Everything that can stand in a timeline."""
    clerk, technician = {"name": "李静", "role": "front_line"}, {"name": "王师傅", "role": "technician"}
    owner, nobody = {"name": "王秀英", "role": "owner"}, {"name": "", "role": "system"}
    fixed = NOW - timedelta(hours=18)
    steps: list[tuple[str, dict[str, str], dict[str, Any]]] = [
        ("status", owner, {"to": "submitted"}),
        ("status", clerk, {"to": "acknowledged"}),
        ("assigned", clerk, {"to": "assigned", "assignee_name": "王师傅"}),
        ("visit", technician, {}),
        ("message", owner, {"text": "下午三点以后都在家。"}),
        ("internal", clerk, {"text": "业主很着急，请优先。"}),
        ("urged", owner, {}),
        ("status", technician, {"to": "paused", "text": "等配件"}),
        ("status", technician, {"to": "in_progress", "from_status": "paused"}),
        ("undone", technician, {"to": "paused"}),
        ("photo_rejected", nobody, {"text": "打不开"}),
        ("photo_removed", owner, {}),
        ("merged_in", clerk, {"text": "261120-10009"}),
        ("status", technician, {"to": "resolved", "text": "换了新的合页。", "photos": photos()[:2], "taken_at": fixed}),
        ("status", owner, {"to": "reopened", "text": "还在漏"}),
        ("status", nobody, {"to": "closed"}),
        ("rated", owner, {"text": "手艺 5 分"}),
    ]  # fmt: skip
    base: dict[str, Any] = {
        "from_status": None,
        "to": None,
        "text": None,
        "photos": [],
        "assignee_name": None,
        "taken_at": None,
        "pause_reason": None,
    }
    return [
        {**base, "id": f"t{n}", "at": NOW - timedelta(hours=30 - n), "kind": kind, "actor": actor, **more}
        for n, (kind, actor, more) in enumerate(steps)
    ]
