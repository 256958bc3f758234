"""One well-formed request for every declared route, so that guards are met with something worth refusing."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import app  # noqa: F401 - importing it declares every route
from chalicelib.web import ROUTES, Route
from tests.browser import Browser, Page
from tests.factories import NOW, People, report

Ids = dict[str, str]
ALL = [route for route in ROUTES if route.path != "/static/{version}/{name}"]
_STEP = {"version": 1, "reason": "还在漏"}
_MARKS = {"professionalism": 5, "attitude": 4, "efficiency": 3}
_REPORT = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "漏水"}
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
    "POST /desk/issues/{issue_id}/messages": {"text": "马上到"},
    "POST /desk/issues/{issue_id}/contact": {},
    "POST /desk/steps": {
        "steps": [
            {"id": "step-0001", "issue_id": "{issue_id}", "at": "2026-11-25T02:00:00Z", "message": "好"}
        ]
    },
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
    "POST /desk/bookings/{booking_id}/step": {"to": "confirmed", "version": 1},
    "POST /photos": {"content_type": "image/jpeg", "size_bytes": 1000},
}
#: Fields of the pages' forms, by path.
FORMS: dict[str, dict[str, Any]] = {
    "/login": {"phone": "+8613700000001"},
    "/look": {"text": "large"},
    "/me/language": {"locale": "en"},
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
    "/desk/issues/{issue_id}/undo": {"version": 1},
    "/desk/bulk": {"pick": "{issue_id}.1", "step": "acknowledged", "back": "/desk"},
    "/desk/filters": {"key": "form-key-1", "name": "我的", "choice": "status=submitted"},
    "/desk/replies": {"key": "form-key-1", "title": "马上", "text": "马上到", "version": 0},
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


def make_ids(*, people: People) -> Ids:
    """Objects of maple's owner: an issue, a photo, a draft."""
    from chalicelib.consultations import feeds
    from chalicelib.issues import drafts
    from chalicelib.photos import service as photos
    from tests.consultations.factories import book, make_plan
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
    return {
        "booking_id": visit.id,
        "feed": feeds.renew(people.portal, owner),
        "consultant_id": plan.consultant_id,
        "issue_id": report(portal=people.portal, by=owner).issue.id,
        "photo_id": photos.start_plain(people.portal, owner, NOW),
        "draft_id": drafts.begin(people.portal, owner, make_report(), NOW).id,
        "community_id": "maple",
        "code": make_place(portal=people.portal).id,
        "account_id": people.technician.id,
        "version": "1",
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


def call(browser: Browser, route: Route, ids: Ids, **headers: str) -> Page:
    """Send a route's request."""
    path = route.path.format(**ids)
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
    return browser.send(route.method, path, text.encode(), {"Content-Type": "application/json", **headers})
