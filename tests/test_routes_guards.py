"""Every declared route is guarded: who is signed in, in which role, whose object it is, and from which site."""

from functools import cache
from typing import Any

import pytest

from chalicelib.accounts.models import DESK_ROLES
from chalicelib.issues.rules import ASSIGNEE_ROLES, DISPATCH_ROLES
from chalicelib.portal import Portal
from chalicelib.storage import Storage
from chalicelib.web import Route
from tests.browser import HOST, Browser, Page
from tests.factories import People
from tests.route_calls import ALL, BODIES, FORMS, Ids, call, make_ids, name_of

PUBLIC = {
    "GET /healthz",
    "GET /api/openapi.json",
    "GET /api/docs",
    "POST /api/v1/auth/code",
    "POST /api/v1/auth/session",
    "GET /login",
    "POST /login",
    "GET /privacy",
    # What a phone fetches by itself, often without its cookies: the same for everybody, and nothing of anybody's.
    "GET /manifest.webmanifest",
    "GET /sw.js",
    "GET /offline",
    # A poster's QR code is scanned by anybody: the page names the place and takes words, and shows nothing else.
    "GET /p/{code}",
    # Judges the words before it asks for the phone number, which nobody gives for nothing; keeps none of them.
    "POST /p/{code}",
    "POST /look",
    # A phone's calendar asks by itself, without a session: the address is the secret.
    "GET /calendar/{feed}",
    # An owner's link is opened by anybody: it names the inviter in masked form, and says nothing of a number's owner.
    "GET /r/{code}",
    "GET /r/{code}/qr.svg",
    "POST /r/{code}",
    "POST /r/{code}/take-back",
    "GET /share.png",
    "GET /api/v1/referrals/{code}",
    "POST /api/v1/referrals/{code}/claims",
}
GUARDED = [route for route in ALL if name_of(route) not in PUBLIC]
UNSAFE = [route for route in ALL if route.method != "GET"]
#: The calendar at the desk is the designers' place, too.
DESK = [r for r in GUARDED if "/desk" in r.path and "designer" not in (r.access.roles or ())]
CALENDAR = [r for r in GUARDED if "/desk" in r.path and r not in DESK]
_OBJECTS = ("{issue_id}", "{photo_id}", "{complaint_id}", "{booking_id}", "{unit_id}", "{commitment_id}")
WITH_OBJECT = [route for route in GUARDED if any(name in route.path for name in _OBJECTS)]
COMPLAINTS = [route for route in GUARDED if "complaint" in route.path and route in DESK]
DRAFTS = [route for route in GUARDED if "{draft_id}" in route.path]
STAFF_WRITES = [route for route in DESK if route.method != "GET"]


@pytest.fixture(scope="module")
def ids(shared_site: People) -> Ids:
    return make_ids(people=shared_site)


@pytest.fixture(scope="module")
def site(shared_site: People) -> Portal:
    return shared_site.portal


@pytest.fixture(scope="module")
def caller(shared_site: People) -> Any:
    """Gives a program with a session of somebody's."""
    return cache(lambda name: Browser(token=shared_site.token(name)))


def _is_sign_in(page: Page, route: Route) -> bool:
    if route.kind == "api":
        return page.status == 401 and page.json["code"] == "not_signed_in"
    if route.method == "GET":
        return page.status == 303 and page.headers["location"].startswith("/login?next=")
    return page.status == 401 and 'name="phone"' in page.text


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_without_a_session_there_is_only_the_way_to_one(site: Portal, ids: Ids, route: Route) -> None:
    assert _is_sign_in(call(Browser(), route, ids), route)
    assert _is_sign_in(call(Browser(cookies={"session": "01K00000000000000000000000.x"}), route, ids), route)


@pytest.mark.parametrize("route", [r for r in ALL if name_of(r) in PUBLIC], ids=name_of)
def test_what_is_public_answers_everybody(
    site: Portal, ids: Ids, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Storage, "write", lambda *_: None
    )  # the picture of shared links; no store answers here
    page = call(Browser(), route, ids)
    if page.status == 303:  # a form that worked goes on to a page
        assert "/login" not in page.headers["location"]
    else:
        assert page.status in (200, 202, 422) or (page.status, page.json["code"]) == (401, "wrong_code")


def test_every_route_has_a_request_here() -> None:
    writes = {
        name_of(r).replace("/api/v1", "")
        for r in ALL
        if r.kind == "api" and r.method not in ("GET", "DELETE")
    }
    assert writes == set(BODIES) | {"POST /desk/import"}
    assert {r.path for r in ALL if r.kind == "page" and r.method == "POST"} == set(FORMS)
    assert {name_of(r) for r in ALL if r.access.public} == PUBLIC


@pytest.mark.parametrize("route", DESK, ids=name_of)
def test_the_desk_is_closed_to_owners_and_designers(caller: Any, ids: Ids, route: Route) -> None:
    for who in ("owner", "designer"):
        assert call(caller(who), route, ids).status == 403


@pytest.mark.parametrize("route", CALENDAR, ids=name_of)
def test_calendars_are_for_designers_and_managers(caller: Any, ids: Ids, route: Route) -> None:
    for who in ("owner", "clerk", "technician", "auditor"):
        assert call(caller(who), route, ids).status == 403
    assert call(caller("cedar_manager"), route, ids).status != 403


@pytest.mark.parametrize("route", STAFF_WRITES, ids=name_of)
def test_an_auditor_changes_nothing_and_sees_no_number(caller: Any, ids: Ids, route: Route) -> None:
    page = call(caller("auditor"), route, ids)
    assert page.status == 403
    assert "13800000001" not in page.text


@pytest.mark.parametrize("route", [r for r in DESK if r.access.roles == frozenset({"manager"})], ids=name_of)
def test_what_is_the_managers_is_closed_to_other_staff(caller: Any, ids: Ids, route: Route) -> None:
    for who in ("clerk", "technician", "auditor"):
        assert call(caller(who), route, ids).status == 403
    assert call(caller("manager"), route, ids).status in (200, 201, 303)


@pytest.mark.parametrize("route", DESK, ids=name_of)
def test_each_desk_route_names_its_roles(route: Route) -> None:
    office, managers = DISPATCH_ROLES, frozenset({"manager"})
    readers = office | {"auditor"}
    assert route.access.roles in (DESK_ROLES, ASSIGNEE_ROLES, office, managers, readers)


@pytest.mark.parametrize("route", [r for r in DESK if "{referral_id}" in r.path], ids=name_of)
def test_another_communitys_referrals_are_not_there(
    site: Portal, caller: Any, ids: Ids, route: Route
) -> None:
    kept = [site.db.query_all(f"REFERRAL#{ids[name]}") for name in ("referral_id", "referral_too")]
    assert all(kept)
    assert call(caller("cedar_manager"), route, ids).status == 404
    assert [site.db.query_all(f"REFERRAL#{ids[name]}") for name in ("referral_id", "referral_too")] == kept


@pytest.mark.parametrize("route", [r for r in DESK if "{code}" in r.path], ids=name_of)
def test_another_communitys_places_are_not_there(site: Portal, caller: Any, ids: Ids, route: Route) -> None:
    kept = site.db.query_all("COMMUNITY#maple")
    assert call(caller("cedar_manager"), route, ids).status == 404
    assert site.db.query_all("COMMUNITY#maple") == kept


@pytest.mark.parametrize("route", [r for r in WITH_OBJECT if r in DESK], ids=name_of)
def test_staff_of_another_community_find_nothing(caller: Any, ids: Ids, route: Route) -> None:
    assert call(caller("cedar_clerk"), route, ids).status == 404
    assert call(caller("cedar_manager"), route, ids).status == 404


@pytest.mark.parametrize("route", [r for r in (*WITH_OBJECT, *DRAFTS) if "/desk" not in r.path], ids=name_of)
def test_another_owners_object_is_not_there(site: Portal, caller: Any, ids: Ids, route: Route) -> None:
    kept = _kept(site, ids)
    for who in ("neighbour", "cedar_owner"):
        page = call(caller(who), route, ids)
        assert page.status == 404 or (page.status, page.headers["location"]) == (303, "/")
    assert kept == _kept(site, ids)


def _kept(site: Portal, ids: Ids) -> list[list[dict[str, Any]]]:
    kinds = {"ISSUE": "issue_id", "PHOTO": "photo_id", "COMPLAINT": "complaint_id"}
    return [site.db.query_all(f"{kind}#{ids[name]}") for kind, name in kinds.items()]


@pytest.mark.parametrize("route", COMPLAINTS, ids=name_of)
def test_complaints_are_closed_to_technicians(caller: Any, ids: Ids, route: Route) -> None:
    assert call(caller("technician"), route, ids).status == 403


@pytest.mark.parametrize("path", ["/desk/complaints", "/desk/complaint-departments"])
def test_another_communitys_ledger_is_not_there(caller: Any, path: str) -> None:
    assert caller("cedar_clerk").api("GET", f"{path}?community_id=maple").status == 404
    assert caller("cedar_clerk").api("GET", f"{path}?community_id=cedar").status == 200


@pytest.mark.parametrize("route", [r for r in WITH_OBJECT if r.kind == "api"], ids=name_of)
def test_what_is_not_there_and_what_is_not_mine_look_the_same(caller: Any, ids: Ids, route: Route) -> None:
    names = (name.strip("{}") for name in _OBJECTS)
    nothing = {**ids, **dict.fromkeys(names, "01K00000000000000000000000")}
    at_desk = "cedar_manager" if route in CALENDAR else "cedar_clerk"
    who = caller(at_desk if "/desk" in route.path else "neighbour")
    theirs, none = call(who, route, ids), call(who, route, nothing)
    assert (theirs.status, none.status) == (404, 404)
    assert {**theirs.json, "request_id": ""} == {**none.json, "request_id": ""}


@pytest.mark.parametrize("route", [r for r in DESK if "{community_id}" in r.path], ids=name_of)
def test_another_communitys_staff_are_not_listed(caller: Any, ids: Ids, route: Route) -> None:
    managers = route.access.roles == frozenset({"manager"})
    assert call(caller("cedar_manager" if managers else "cedar_clerk"), route, ids).status == 404


@pytest.mark.parametrize("path", ["/desk/issues", "/desk/counts"])
def test_another_communitys_queue_is_not_there(caller: Any, path: str) -> None:
    assert caller("cedar_clerk").api("GET", f"{path}?community_id=maple").status == 404
    assert caller("cedar_clerk").api("GET", f"{path}?community_id=cedar").status == 200


_FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": f"https://{HOST}.evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("route", UNSAFE, ids=name_of)
def test_another_site_sends_nothing_in_a_persons_name(
    site: Portal, shared_site: People, ids: Ids, route: Route
) -> None:
    browser = Browser(cookies={"session": shared_site.token("manager" if route in DESK else "owner")})
    kept = site.db.query_all(f"ISSUE#{ids['issue_id']}")
    for headers in _FOREIGN:
        page = call(browser, route, ids, **headers)
        assert page.status == 403
        assert page.cookies == []
        if route.kind == "api":
            assert page.json["code"] == "cross_site"
    assert site.db.query_all(f"ISSUE#{ids['issue_id']}") == kept


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Origin": f"http://{HOST}"}, {"Sec-Fetch-Site": "none"}, {}],
)
def test_the_portals_own_pages_send(shared_site: People, ids: Ids, headers: Any) -> None:
    browser = Browser(cookies={"session": shared_site.token("owner")})
    answer = browser.post(f"/issues/{ids['issue_id']}/message", {"text": "几点到？"}, **headers)
    assert answer.status == 303


def test_a_program_with_a_token_needs_no_origin(caller: Any, ids: Ids) -> None:
    headers = {"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
    answer = caller("owner").api(
        "POST", f"/issues/{ids['issue_id']}/messages", {"text": "几点到？"}, **headers
    )
    assert answer.status == 201
