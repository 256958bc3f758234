"""One well-formed request for every declared route, so that guards are met with something worth refusing."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter

import app  # noqa: F401 - importing it declares every route
from chalicelib.managing import calendar_form, policy_form
from chalicelib.points import rule_form
from chalicelib.points.policy import RULES, ZONE
from chalicelib.referrals import codes
from chalicelib.referrals.policy import CONSENT
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar
from chalicelib.sops import form as sop_form
from chalicelib.sops.policy import built_in
from chalicelib.web import ROUTES, Route
from tests.browser import Browser, Page
from tests.factories import NOW, PHONES, People, report

Ids = dict[str, str]


def _json(value: Any) -> Any:
    """A dataclass as JSON has it."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


_CALENDAR = default_calendar("Asia/Shanghai")
_SOP = built_in("plumbing")
_RULE = rule_form.fields(RULES["rating"], ZONE)
ALL = [route for route in ROUTES if route.path != "/static/{version}/{name}"]
_STEP = {"version": 1, "reason": "还在漏"}
_MARKS = {"professionalism": 5, "attitude": 4, "efficiency": 3}
_REPORT = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "漏水"}
_COMPLAINT = {"kind": "complaint", "category": "service", "content": "等了三天", "unit_id": "maple-1-101"}
_REWARD = {"community_id": "maple", "name": "电影票", "points": 1, "stock": 9}
_ADJUST = {"community_id": "maple", "phone": "+8613800000002", "points": 1, "reason": "感谢"}
_MATRIX = {name: ["property"] for name in ("service", "product", "environment", "other")}
#: JSON bodies of the API, by method and path below /api/v1.
BODIES: dict[str, Any] = {
    "POST /auth/code": {"phone": "+8613700000001"},
    "POST /auth/session": {"phone": "+8613700000001", "code": "000000"},
    "POST /issues": _REPORT,
    "POST /issues/{issue_id}/messages": {"text": "几点到？"},
    "POST /issues/{issue_id}/cancel": _STEP,
    "POST /issues/{issue_id}/confirm": _STEP,
    "POST /issues/{issue_id}/reopen": _STEP,
    "POST /issues/{issue_id}/urge": {},
    "POST /issues/{issue_id}/follow": {},
    "PUT /issues/{issue_id}/rating": _MARKS,
    "POST /desk/issues/{issue_id}/transition": {"to": "acknowledged", "version": 1},
    "POST /desk/issues/{issue_id}/assign": {"assignee_id": "{account_id}", "version": 1},
    "POST /desk/issues/{issue_id}/undo": {"version": 1},
    "POST /desk/bulk": {
        "steps": [{"issue_id": "01K00000000000000000000000", "version": 1, "to": "acknowledged"}]
    },
    "POST /desk/issues/{issue_id}/labour": {"start": "2026-11-24T01:00:00Z", "end": "2026-11-24T02:00:00Z"},
    "POST /desk/issues/{issue_id}/materials": {"name": "水龙头", "quantity": 1, "unit_fen": 1500},
    "POST /desk/issues/{issue_id}/costs/{cost_id}/reverse": {},
    "POST /desk/issues/{issue_id}/callback": {"due": "2026-11-24T01:00:00Z", "reached": False},
    "POST /desk/outages": {
        "community_id": "maple",
        "category_id": "plumbing",
        "buildings": ["1"],
        "text": "停水",
    },
    "POST /desk/outages/{issue_id}": {"version": 1, "text": "还在修"},
    "POST /desk/issues/{issue_id}/links": {"to": "261120-00000"},
    "POST /desk/issues/{issue_id}/split": {
        "version": 1,
        "category_id": "electrical",
        "description": "灯也不亮",
        "why": "电工来修",
    },
    "POST /desk/auto-assign": {"steps": [{"issue_id": "{issue_id}", "version": 1}]},
    "PUT /desk/people/{account_id}": {"community_id": "maple", "version": 0, "skills": ["plumbing"]},
    "POST /desk/people/{account_id}/absences": {
        "start": "2030-01-01T00:00:00Z",
        "end": "2030-01-02T00:00:00Z",
    },
    "POST /desk/issues/{issue_id}/messages": {"text": "马上到"},
    "POST /desk/issues/{issue_id}/contact": {},
    "POST /desk/issues/{issue_id}/alerts/seen": {},
    "POST /desk/steps": {
        "steps": [
            {"id": "step-0001", "issue_id": "{issue_id}", "at": "2026-11-25T02:00:00Z", "message": "好"}
        ]
    },
    "POST /complaints": _COMPLAINT,
    "POST /complaints/{complaint_id}/messages": {"text": "再说一句"},
    "POST /complaints/{complaint_id}/withdraw": _STEP,
    "POST /complaints/{complaint_id}/accept": _STEP,
    "POST /complaints/{complaint_id}/dissent": _STEP,
    "POST /desk/complaints/{complaint_id}/step": {"step": "start", "version": 1},
    "POST /desk/complaints/{complaint_id}/assign": {"departments": ["legal"], "version": 1},
    "POST /desk/complaints/{complaint_id}/notes": {"text": "电话里说过了"},
    "POST /desk/complaints/{complaint_id}/link": {"number": "C261120-0000", "version": 1},
    "POST /desk/complaints/{complaint_id}/call-back": {"satisfied": True, "version": 1},
    "POST /desk/complaints/{complaint_id}/contact": {},
    "POST /desk/bookings/{booking_id}/contact": {},
    "PUT /desk/complaint-departments": {"community_id": "maple", "version": 0, **_MATRIX},
    "POST /desk/issues/{issue_id}/sop": {"step_id": "shut", "version": 1},
    "PUT /desk/communities/{community_id}/policy": {"version": 0, "policy": _json(DEFAULT_POLICY)},
    "PUT /desk/communities/{community_id}/calendar": {"version": 0, "calendar": _json(_CALENDAR)},
    "PUT /desk/communities/{community_id}/roster": {"version": 0, "roster": {}},
    "PUT /desk/communities/{community_id}/sops/{category_id}": {"version": 0, "sop": _json(_SOP)},
    "POST /referral/renew": {"code": "none"},
    "POST /referrals/{code}/claims": {"phone": "+8613700000002"},
    "POST /desk/referrals/forget": {"community_id": "maple", "phone": "+8613700000002"},
    "POST /desk/referrals/{referral_id}/decision": {"decision": "void", "reason": "假的", "version": 2},
    "PUT /inbox/read": {"read_until": "01K00000000000000000000000"},
    "POST /bookings": {
        "consultant_id": "{consultant_id}",
        "service_id": "talk",
        "starts_at": "2026-11-28T01:00:00Z",
        "unit_id": "maple-1-101",
        "topic": "量房",
    },
    "POST /bookings/{booking_id}/reschedule": {"starts_at": "2026-11-28T01:00:00Z", "version": 1},
    "POST /bookings/{booking_id}/cancel": _STEP,
    "PUT /bookings/{booking_id}/rating": {"version": 1, "marks": 5},
    "POST /waitlist": {"consultant_id": "{consultant_id}", "service_id": "talk", "day": "2026-11-28"},
    "POST /projects/{unit_id}/reports/{month}/comments": {"text": "很好"},
    "POST /desk/projects": {"community_id": "maple", "unit_id": "maple-1-101"},
    "PUT /desk/projects/{unit_id}": {"version": 1, "stages": [{"name": "水电"}]},
    "POST /desk/projects/{unit_id}/reports": {"month": "2026-11", "text": "水电完成"},
    "POST /desk/projects/{unit_id}/reports/{month}/comments": {"text": "好的"},
    "POST /desk/prices": {
        "community_id": "maple",
        "kind": "item",
        "name": "乳胶漆",
        "measure": "m²",
        "fen": 2500,
        "since": "{soon}",
    },
    "POST /desk/prices/{item_id}/prices": {"community_id": "maple", "fen": 1, "since": "{soon}"},
    "PUT /desk/prices/{item_id}": {"community_id": "maple", "version": 1},
    "POST /commitments/{commitment_id}/sign": {"version": 1},
    "POST /commitments/{commitment_id}/dispute": {"version": 1, "text": "多收了"},
    "POST /desk/commitments": {
        "community_id": "maple",
        "unit_id": "maple-1-101",
        "title": "基装",
        "text": "不增项",
        "valid_until": "{soon}",
    },
    "POST /desk/commitments/{commitment_id}/withdraw": {"version": 1},
    "POST /desk/previews": {"community_id": "maple", "name": "客厅", "photo_id": "{photo_id}"},
    "POST /desk/bookings/{booking_id}/step": {"to": "confirmed", "version": 1},
    "PUT /me/messages": {"version": 0},
    "POST /desk/announcements/recipients": {"community_id": "maple", "title": "停水", "text": "明天停水。"},
    "POST /desk/people/{account_id}/handover": {
        "issue_id": "{issue_id}",
        "version": 1,
        "assignee_id": "{account_id}",
    },
    "PUT /me/messages/devices": {
        "endpoint": "https://web.push.apple.com/1",
        "p256dh": "B" * 87,
        "auth": "a" * 22,
    },
    "PUT /me/messages/wechat": {"code": "abc"},
    "POST /me/messages/wechat/credits": {"accepted": ["steps"]},
    "POST /desk/messages/judge": {"community_id": "maple", "keys": ["none"], "act": "drop"},
    "POST /desk/announcements": {"community_id": "maple", "title": "停水", "text": "明天停水。"},
    "POST /desk/announcements/{announcement_id}/take-back": {"community_id": "maple"},
    "PUT /announcements/{announcement_id}/read": {},
    "POST /rewards/{reward_id}/redemptions": {},
    "POST /vouchers/{voucher_id}/cancel": {},
    "POST /desk/vouchers/use": {"code": "{voucher_code}"},
    "POST /desk/rewards": _REWARD,
    "PUT /desk/rewards/{reward_id}": {**_REWARD, "version": 1, "stock_seen": 9},
    "PUT /desk/points/rules/{kind}": {"community_id": "maple", "version": 0, "rule": {"points": 20}},
    "POST /desk/points/adjustments": _ADJUST,
    "POST /desk/points/adjustments/{adjustment_id}": {"community_id": "maple", "approve": False},
    "POST /photos": {"content_type": "image/jpeg", "size_bytes": 1000},
}
#: These are called again and again by tests that share a portal: they preview, or the second would be a conflict.
PREVIEWED = ("policy", "calendar", "roster", "sops/{category_id}")
#: Fields of the pages' forms, by path.
FORMS: dict[str, dict[str, Any]] = {
    "/login": {"phone": "+8613700000001"},
    "/look": {"text": "large"},
    "/me/language": {"locale": "en"},
    "/me/messages": {"version": 0, "steps": "push", "start": "22:00", "end": "07:00", "email": ""},
    "/me/messages/devices": {},
    "/me/messages/email": {"token": "none"},
    "/desk/announcements": {"community_id": "maple", "title": "停水", "text": "明天停水。", "sure": "yes"},
    "/desk/announcements/take-back": {"community_id": "maple", "id": "{announcement_id}"},
    "/desk/messages": {"community_id": "maple", "keys": "none", "act": "drop"},
    "/me/sign-out": {},
    "/me/sign-out-everywhere": {},
    "/desk/import": {"csv_text": "community_id,building,unit\nmaple,1,101\n"},
    "/issues/new": _REPORT,
    "/issues/emergency": {"category_id": "gas", "where": "maple-1-101", "key": "form-key-1"},
    # What is typed is judged before anybody signs in.
    "/p/{code}": {"category_id": "lift", "description": ""},
    "/desk/places": {"community_id": "maple", "places": "地下车库入口"},
    "/desk/places/{code}": {"version": 1, "name": "1 号楼电梯", "building": "1", "act": "save"},
    "/issues/{issue_id}/follow": {},
    "/issues/{issue_id}/unfollow": {},
    "/issues/new/{draft_id}/photos": {"photo_id": "{photo_id}"},
    "/issues/new/{draft_id}/order": {"photo_ids": "{photo_id}"},
    "/issues/new/{draft_id}/send": {},
    "/issues/{issue_id}/confirm": _STEP,
    "/issues/{issue_id}/reopen": _STEP,
    "/issues/{issue_id}/cancel": _STEP,
    "/issues/{issue_id}/urge": {},
    "/issues/{issue_id}/message": {"text": "几点到？", "key": "form-key-1"},
    "/issues/{issue_id}/rating": _MARKS,
    "/desk/issues/{issue_id}/transition": {"to": "acknowledged", "version": 1},
    "/desk/issues/{issue_id}/assign": {"assignee_id": "{account_id}", "version": 1},
    "/desk/issues/{issue_id}/claim": {"version": 1},
    "/desk/issues/{issue_id}/message": {"text": "马上到", "key": "form-key-1"},
    "/desk/issues/{issue_id}/contact": {},
    "/desk/issues/{issue_id}/seen": {},
    "/desk/issues/{issue_id}/undo": {"version": 1},
    "/desk/issues/{issue_id}/sop": {"step_id": "shut", "version": 1},
    # Without `act` they preview.
    "/desk/rules/policy": {**policy_form.fields(DEFAULT_POLICY), "version": 0, "community_id": "maple"},
    "/desk/rules/calendar": {**calendar_form.fields(_CALENDAR), "version": 0, "community_id": "maple"},
    "/desk/rules/roster": {"version": 0, "community_id": "maple"},
    "/desk/rules/sops/{category_id}": {**sop_form.fields(_SOP), "version": 0, "community_id": "maple"},
    "/desk/bulk": {"pick": "{issue_id}.1", "step": "acknowledged", "back": "/desk"},
    "/desk/filters": {"key": "form-key-1", "name": "我的", "choice": "status=submitted"},
    "/desk/replies": {"key": "form-key-1", "title": "马上", "text": "马上到", "version": 0},
    "/feedback/new": {**_COMPLAINT, "key": "form-key-1"},
    "/feedback/{complaint_id}/message": {"text": "再说一句", "key": "form-key-1"},
    "/feedback/{complaint_id}/withdraw": _STEP,
    "/feedback/{complaint_id}/accept": _STEP,
    "/feedback/{complaint_id}/dissent": _STEP,
    "/desk/complaints/{complaint_id}/step": {"step": "start", "version": 1},
    "/desk/complaints/{complaint_id}/assign": {"departments": "legal", "version": 1},
    "/desk/complaints/{complaint_id}/note": {"text": "电话里说过了"},
    "/desk/complaints/{complaint_id}/link": {"number": "C261120-0000", "version": 1},
    "/desk/complaints/{complaint_id}/call-back": {"satisfied": "true", "version": 1},
    "/desk/complaints/{complaint_id}/contact": {},
    "/desk/calendar/{booking_id}/contact": {},
    "/desk/complaints/departments": {
        "community_id": "maple",
        "version": 0,
        **dict.fromkeys(("service", "product", "environment", "other"), "property"),
    },
    "/desk/issues/{issue_id}/labour": {"start": "2026-11-24T09:00", "end": "2026-11-24T10:00"},
    "/desk/issues/{issue_id}/materials": {"name": "水龙头", "quantity": "1", "unit": "15"},
    "/desk/issues/{issue_id}/reverse": {"cost_id": "{cost_id}"},
    "/desk/callbacks/{issue_id}": {"due": "2026-11-24T01:00:00.000Z", "reached": "no"},
    "/desk/outages": {"community_id": "maple", "category_id": "lift", "buildings": "1", "text": "电梯停运"},
    "/desk/outages/{issue_id}": {"community_id": "maple", "version": 1, "text": "还在修"},
    "/desk/issues/{issue_id}/links": {"link_to": "261120-00000"},
    "/desk/issues/{issue_id}/split": {
        "version": 1,
        "split_category": "electrical",
        "description": "灯也不亮",
        "why": "电工来修",
    },
    "/desk/people": {"community_id": "maple", "version": 0, "order": "1"},
    "/desk/people/{account_id}": {"community_id": "maple", "version": 0, "skills": "plumbing"},
    "/desk/people/{account_id}/absence": {"start": "2030-01-01T08:00", "end": "2030-01-02T08:00"},
    "/desk/people/{account_id}/handover": {
        "issue_id": "{issue_id}",
        "version": 1,
        "assignee_id": "{account_id}",
    },
    "/refer/renew": {"code": "none"},
    "/refer/take-back": {},
    "/r/{code}": {"phone": "+8613700000002", "consent": CONSENT, "key": "form-key-1"},
    "/r/{code}/take-back": {},
    "/desk/referrals": {"community_id": "maple", "phone": "+8613700000002"},
    "/desk/referrals/{referral_id}": {
        "decision": "void",
        "reason": "假的",
        "version": 2,
        "key": "form-referral",
    },
    "/rewards/{reward_id}": {"key": "form-key-1"},
    "/vouchers/{voucher_id}/cancel": {},
    "/desk/vouchers": {"code": "{voucher_code}"},
    "/desk/vouchers/{voucher_code}": {},
    "/desk/points/rewards/new": {**_REWARD, "voucher_days": 90, "key": "form-reward"},
    "/desk/points/rewards/{reward_id}": {**_REWARD, "voucher_days": 90, "version": 1, "stock_seen": 9},
    "/desk/points/rules/{kind}": {**_RULE, "version": 0, "community_id": "maple"},
    "/desk/points/adjustments": {**_ADJUST, "key": "form-adjust"},
    "/desk/points/adjustments/{adjustment_id}": {"community_id": "maple"},
    "/photos": {"back": "/"},
    "/consultations/new": {
        "consultant_id": "{consultant_id}",
        "service_id": "talk",
        "starts_at": "2026-11-28T01:00:00Z",
        "unit_id": "maple-1-101",
        "topic": "量房",
    },
    "/consultations/line": {"consultant_id": "{consultant_id}", "service_id": "talk", "day": "2026-11-28"},
    "/consultations/line/leave": {
        "consultant_id": "{consultant_id}",
        "day": "2026-11-28",
        "waiting_id": "01K00000000000000000000000",
    },
    "/consultations/feed": {},
    "/consultations/{booking_id}/rating": {"version": 1, "marks": 5},
    "/projects/{unit_id}/reports/{month}": {"text": "很好", "key": "form-key-1"},
    "/desk/projects": {"community_id": "maple", "unit_id": "maple-1-101"},
    "/desk/projects/{unit_id}/stages": {"version": 1, "s0_name": "水电"},
    "/desk/projects/{unit_id}/report": {"month": "2026-11", "text": "水电完成"},
    "/desk/projects/{unit_id}/reports/{month}": {"text": "好的", "key": "form-key-1"},
    "/desk/prices": {
        "community_id": "maple",
        "kind": "item",
        "name": "乳胶漆",
        "measure": "m²",
        "fen": "25",
        "since": "{soon}",
    },
    "/desk/prices/{item_id}": {"community_id": "maple", "act": "price", "fen": "1", "since": "{later}"},
    "/commitments/{commitment_id}/sign": {"version": 1, "agree": "1"},
    "/commitments/{commitment_id}/dispute": {"version": 1, "text": "多收了"},
    "/desk/commitments": {
        "community_id": "maple",
        "unit_id": "maple-1-101",
        "title": "基装",
        "text": "不增项",
        "valid_until": "{soon}",
    },
    "/desk/commitments/{commitment_id}/withdraw": {"version": 1},
    "/desk/previews": {"community_id": "maple", "name": "客厅", "photo_ids": "{photo_id}"},
    "/consultations/{booking_id}/cancel": _STEP,
    "/consultations/{booking_id}/move": {"starts_at": "2026-11-28T01:00:00Z", "version": 1},
    "/desk/calendar/{booking_id}": {"to": "confirmed", "version": 1},
    "/desk/calendar/hours": {
        "designer": "{consultant_id}",
        "version": 1,
        "s0_id": "talk",
        "s0_name": "方案沟通",
        "s0_mode": "showroom",
        "day0": "09:00-17:00",
    },
    "/photos/{photo_id}/remove": {"back": "/"},
}


def make_complaint_id(*, people: People) -> str:
    """A complaint of maple's owner."""
    from tests.factories_complaints import complain

    return complain(portal=people.portal, by=people.owner).complaint.id


def _announced(people: People) -> str:
    from chalicelib.announcements import fanout, service
    from chalicelib.announcements.models import Announce

    body = Announce(community_id="maple", title="停水", text="明天停水。")
    one = service.announce(people.portal, people.manager, body, None, NOW)
    fanout.run_due(people.portal, NOW)
    return one.id


def _referral(people: People, whose: str) -> str:
    """A number that is known, left with the neighbour's code; the clock has had it looked at."""
    from chalicelib.accounts.store import phone_hash
    from chalicelib.issues import timers
    from chalicelib.referrals import claiming, store

    code = codes.own(people.portal, people.neighbour, NOW).code
    phone = PHONES[whose]
    claiming.claim(people.portal, code, claiming.Left(phone, "-"), NOW)
    timers.run_due(people.portal, NOW)
    return store.left_with(people.portal.db, phone_hash(people.portal.keys, phone))[0]


def _points(people: People) -> Ids:
    """A reward and a voucher of maple's owner, and an adjustment that waits."""
    from chalicelib.points import adjusting
    from chalicelib.points.desk_models import AskAdjustment
    from tests.factories_points import give_points, make_reward, redeem

    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager, points=1, stock=99)
    voucher = redeem(portal=people.portal, by=people.owner, reward=reward)
    body = AskAdjustment.model_validate({**_ADJUST, "points": 501})
    other = people.clerk.model_copy(update={"grants": people.manager.grants})
    asked = adjusting.ask(people.portal, other, body, None, NOW)
    return {
        "reward_id": reward.id,
        "voucher_id": voucher.id,
        "voucher_code": voucher.code,
        "adjustment_id": asked.id,
        "kind": "rating",
    }


def make_ids(*, people: People) -> Ids:
    """Objects of maple's owner: an issue, a photo, a draft."""
    from chalicelib.consultations import feeds
    from chalicelib.issues import drafts
    from chalicelib.photos import service as photos
    from tests.consultations.factories import book, make_plan
    from tests.decoration.factories import decoration_ids
    from tests.factories import make_place, make_report

    owner = people.owner
    plan = make_plan(portal=people.portal, people=people)
    visit = book(
        portal=people.portal,
        by=owner,
        of=plan,
        service_id="visit",
        starts_at=NOW + timedelta(days=3, hours=2),
    )
    issue = report(portal=people.portal, by=owner).issue
    return {
        "booking_id": visit.id,
        "feed": feeds.renew(people.portal, owner),
        "consultant_id": plan.consultant_id,
        **decoration_ids(people=people),
        **_points(people),
        "complaint_id": make_complaint_id(people=people),
        "issue_id": issue.id,
        "photo_id": photos.start_plain(people.portal, owner, NOW),
        "draft_id": drafts.begin(people.portal, owner, make_report(), NOW).id,
        "community_id": "maple",
        "category_id": "plumbing",
        "code": make_place(portal=people.portal).id,
        "invite": codes.own(people.portal, owner, NOW).code,
        "referral_id": _referral(people, "cedar_owner"),
        "referral_too": _referral(people, "clerk"),
        "account_id": people.technician.id,
        "device": "none",
        "announcement_id": _announced(people),
        "number": issue.number,
        "version": "1",
        "cost_id": "01K00000000000000000000000",
        "name": "portal.css",
    }


def _filled(body: Any, ids: Ids) -> Any:
    """A body with ids in its texts, however deep they stand."""
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return body.format(**ids) if isinstance(body, str) else body


def name_of(route: Route) -> str:
    """A route as a test's id."""
    return f"{route.method} {route.path}"


def address_of(route: Route, ids: Ids) -> str:
    """A route's path with ids in it."""
    # Invitations have codes of their own, in the place where those of posters stand.
    code = ids["invite"] if route.path.startswith(("/r/", "/api/v1/referrals/")) else ids["code"]
    referral = ids["referral_id" if route.kind == "api" else "referral_too"]  # each is decided about once
    return route.path.format(**{**ids, "code": code, "referral_id": referral})


def call(browser: Browser, route: Route, ids: Ids, **headers: str) -> Page:
    """Send a route's request."""
    path = address_of(route, ids)
    if route.method == "GET":
        return browser.send("GET", path, b"", headers)
    if route.accepts == "text/csv":
        sent = {"Content-Type": "text/csv", **headers}
        return browser.send("POST", path, b"community_id,building,unit\nmaple,1,101\n", sent)
    if route.kind == "page":
        fields = {name: str(value).format(**ids) for name, value in FORMS[route.path].items()}
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return browser.send("POST", path, urlencode(fields).encode(), sent)
    body = BODIES.get(f"{route.method} {route.path.removeprefix('/api/v1')}", {})
    text = json.dumps(_filled(body, ids))
    if route.method == "PUT" and route.path.endswith(PREVIEWED):
        path += "?preview=true"
    return browser.send(route.method, path, text.encode(), {"Content-Type": "application/json", **headers})
