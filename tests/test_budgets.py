"""How many round trips to the table a request may make; `docs/keys.md` tells why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.dispatch import store as dispatch
from chalicelib.due import plan
from chalicelib.issues import timers
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from chalicelib.referrals import codes
from chalicelib.sops import store as sops
from tests.browser import Browser
from tests.factories import NOW, People, bring_to, make_place, report
from tests.factories_complaints import complain
from tests.route_calls import Ids

SIGNED_IN = ["batch_get_item"]
#: What is measured by `bench.scale` too; a test compares.
WITH_KEY = [*SIGNED_IN, "get_item"]
REPORT = [*WITH_KEY, "transact_write_items"]
REPORT_WITH_PHOTOS = [*WITH_KEY, "batch_get_item", "transact_write_items"]
STEP = [*WITH_KEY, "query", "transact_write_items"]
RATING = [*SIGNED_IN, "query", "transact_write_items"]
SIMILAR = [*SIGNED_IN, "query", "batch_get_item"]
NO_NEWS = [*SIGNED_IN, "batch_get_item"]
HEALTH = ["get_item"]
ASK_FOR_CODE = ["batch_get_item", "transact_write_items"]


@pytest.fixture(scope="module")
def site(shared_site: People) -> Portal:
    return shared_site.portal


@pytest.fixture(scope="module")
def people(shared_site: People) -> People:
    return shared_site


@pytest.fixture(scope="module")
def issues(people: People) -> list[str]:
    """Ids of issues that are resolved, one for each test that takes a step."""
    for number in range(3):
        report(portal=people.portal, by=people.owner, description=f"第{number}处漏水")
    return [bring_to(portal=people.portal, people=people, status="resolved").issue.id for _ in range(8)]


@pytest.fixture(scope="module")
def complaint(people: People) -> str:
    """A complaint's id."""
    return complain(portal=people.portal, by=people.owner).complaint.id


@pytest.fixture
def ids(site: Portal, issues: list[str], complaint: str) -> Ids:
    """A resolved issue that no test has touched, and communities remembered."""
    _remember(site)
    codes.own(site, People(site).owner, NOW)
    return {"resolved": issues[0], "complaint": complaint}


@pytest.fixture
def caller(people: People) -> Any:
    return lambda name: Browser(token=people.token(name))


@pytest.fixture
def signed_in(people: People) -> Any:
    return lambda name: Browser(cookies={"session": people.token(name)})


@pytest.fixture(autouse=True)
def _remembered(_no_memory_of_communities: None, site: Portal) -> None:
    """What a process remembers for a minute is no part of a request."""
    _remember(site)


def _remember(portal: Portal) -> None:
    for name in ("maple", "cedar"):
        plan.levels_for(portal, name)
        dispatch.rules_of(portal.db, name)
        sops.book(portal.db, name)


def _calls(
    portal: Portal, browser: Browser, method: str, path: str, body: Any = None, key: str | None = None
) -> Any:
    portal.db.calls.clear()
    if path.startswith("/api"):
        page = browser.api(method, path.removeprefix("/api/v1"), body, key)
    else:
        page = browser.get(path) if method == "GET" else browser.post(path, body)
    assert page.status in (200, 201, 202, 204, 303), page.text
    return portal.db.calls


READS: list[tuple[str, str, list[str]]] = [
    ("owner", "/api/v1/me", []),
    ("owner", "/", ["query", "batch_get_item"]),
    ("owner", "/issues", ["query", "batch_get_item"]),
    ("owner", "/api/v1/issues", ["query", "batch_get_item"]),
    ("owner", "/issues/{resolved}", ["query"]),
    ("owner", "/api/v1/issues/{resolved}", ["query"]),
    ("owner", "/issues/new?category=plumbing", []),
    ("owner", "/api/v1/communities/maple/categories", []),
    ("owner", "/issues/new?category=gas", []),
    ("owner", "/inbox", ["get_item", "query"]),
    ("owner", "/api/v1/inbox", ["get_item", "query"]),
    ("owner", "/me", []),
    ("clerk", "/api/v1/desk/issues", ["query"]),
    ("clerk", "/api/v1/desk/issues?status=submitted", ["query"]),
    ("clerk", "/api/v1/desk/issues?overdue=true", ["query"]),
    ("clerk", "/api/v1/desk/issues?building=1", ["query"]),
    ("clerk", "/api/v1/desk/issues/{resolved}", ["query"]),
    ("clerk", "/api/v1/desk/counts", ["batch_get_item", "query"]),
    ("clerk", "/desk/counts", ["batch_get_item", "query"]),
    # The page: the numbers of its tabs with one's own filters, its list, and the staff of its filter.
    ("clerk", "/desk", ["batch_get_item", "query", "query", "query"]),
    # The issue, its reporter for the masked number with the ready-made replies, and whom it can be given to.
    ("clerk", "/desk/issues/{resolved}", ["query", "batch_get_item", "query"]),
    ("clerk", "/desk/replies", ["batch_get_item"]),
    # What is new: the mark and alarms; with the queue its numbers and list; with an open issue that.
    ("clerk", "/desk/live", ["batch_get_item", "query"]),
    (
        "clerk",
        "/desk/live?rows=1&open={resolved}&seen=0",
        ["batch_get_item", "query"] + ["batch_get_item"] + ["query"] * 3,
    ),
    ("clerk", "/desk/board", ["batch_get_item", *["query"] * 8]),
    # Today's jobs: one's own, and what is free in each of the two states that can be taken.
    ("technician", "/desk/today", ["query"] * 3),
    ("clerk", "/desk/today", ["query"]),
    ("technician", "/api/v1/desk/communities/maple/staff", ["query"]),
    ("owner", "/api/v1/points", ["get_item"]),
    ("owner", "/api/v1/points/entries", ["query"]),
    # The balance, a page of history, and how points are earned where one lives.
    ("owner", "/points", ["get_item", "query", "query"]),
    ("owner", "/rewards", ["query", "get_item"]),
    ("owner", "/vouchers", ["query"]),
    ("manager", "/desk/points", ["query", "query"]),
    ("owner", "/feedback", ["query", "batch_get_item"]),
    ("owner", "/api/v1/complaints/{complaint}", ["query"]),
    ("owner", "/feedback/new?kind=complaint", []),
    # A page of the ledger, and the closed ones for the call-back rate.
    ("clerk", "/desk/complaints", ["query", "query"]),
    ("clerk", "/api/v1/desk/complaints?overdue=true", ["query", "query"]),
    # The complaint, and earlier ones of the same person; its page proposes departments and lists the office.
    ("clerk", "/api/v1/desk/complaints/{complaint}", ["query", "query"]),
    ("clerk", "/desk/complaints/{complaint}", ["query", "query", "get_item", "query"]),
    ("manager", "/desk/complaints/hard", ["query"]),
    # The rows, and with any the issues.
    ("manager", "/desk/risks", ["query"]),
    ("clerk", "/api/v1/desk/risks", ["query"]),
    # A rule's versions, and the names of who made them.
    ("manager", "/desk/rules/policy", ["query"] * 2),
    ("manager", "/desk/rules/roster", ["query"] * 2),
    ("manager", "/desk/rules/sops/lift", ["query"] * 2),
    ("manager", "/desk/rules/sops", ["query"]),
    ("manager", "/api/v1/desk/communities/maple/calendar", ["query"]),
    ("owner", "/api/v1/referral", ["get_item"]),
    # One's code with one's referrals, of which there are none, and what both sides earn by the rules.
    ("owner", "/refer", ["query"] * 3),
    ("manager", "/desk/referrals", ["query"]),
]


def test_the_desks_page_looks_at_jobs_only_while_nobody_has_the_issue(
    site: Portal, signed_in: Any, people: People, ids: Ids
) -> None:
    """The issue, its reporter, the team; what the home reported before, and the jobs of the two who may fit."""
    issue = bring_to(portal=site, people=people, status="acknowledged").issue.id
    found = _calls(site, signed_in("clerk"), "GET", f"/desk/issues/{issue}")
    assert found == [*SIGNED_IN, "query", "batch_get_item", *["query"] * 4]


@pytest.mark.parametrize(("who", "path", "calls"), READS, ids=[f"{who} {path}" for who, path, _ in READS])
def test_reading_costs_no_more_than_this(
    site: Portal, signed_in: Any, ids: Ids, who: str, path: str, calls: list[str]
) -> None:
    browser = signed_in(who)
    assert _calls(site, browser, "GET", path.format(**ids)) == SIGNED_IN + calls


def test_finding_what_is_reported_at_a_place_is_one_query_and_one_batch(
    site: Portal, signed_in: Any, caller: Any, people: People
) -> None:
    place = make_place(portal=site)
    ids = [
        report(portal=site, by=people.owner, category_id="lift", place_id=place.id).issue.id for _ in range(7)
    ]
    _remember(site)
    neighbour, asked = caller("neighbour"), "/api/v1/issues/similar?community_id=maple&category_id=lift"
    found = ["query", "batch_get_item"]
    assert _calls(site, neighbour, "GET", f"{asked}&place_id={place.id}") == SIMILAR
    assert _calls(site, neighbour, "GET", f"{asked}&location=1") == [*SIGNED_IN, "get_item", "query"]
    page = f"/p/{place.id}?category=lift"
    assert _calls(site, Browser(), "GET", page) == ["get_item"] * 2
    assert _calls(site, signed_in("neighbour"), "GET", page) == ["get_item"] * 2 + SIGNED_IN + found
    follow = f"/api/v1/issues/{ids[0]}/follow"
    assert _calls(site, neighbour, "POST", follow) == [*SIGNED_IN, "query", "transact_write_items"]
    assert _calls(site, neighbour, "POST", follow) == [*SIGNED_IN, "query"]
    body = {"unit_id": "maple-1-101", "category_id": "lift", "description": "抖", "place_id": place.id}
    reporting = _calls(site, caller("owner"), "POST", "/api/v1/issues", body)
    assert reporting == [*SIGNED_IN, "get_item", "transact_write_items"]


def test_an_emergency_is_made_in_one_transaction(site: Portal, signed_in: Any) -> None:
    _remember(site)
    fields = {"category_id": "gas", "where": "maple-1-101", "key": "budget-danger"}
    owner = signed_in("owner")
    assert _calls(site, owner, "POST", "/issues/emergency", fields) == [
        *SIGNED_IN, "get_item", "transact_write_items",
    ]  # fmt: skip


def test_an_invitation_costs_the_same_for_every_number(site: Portal, people: People) -> None:
    """`tests/referrals/test_referral_privacy.py` looks at what is asked, too."""
    code = codes.own(site, people.owner, NOW).code
    page = Browser().get(f"/r/{code}")
    assert _calls(site, Browser(), "GET", f"/r/{code}") == ["get_item", "get_item", "query"]
    form = {"consent": page.value("consent"), "key": page.value("key")}
    for phone in ("+8613700000401", "+8613800000001", "+8613800000002"):
        found = _calls(site, Browser(), "POST", f"/r/{code}", {**form, "phone": phone})
        assert found == ["get_item", "batch_get_item", "transact_write_items"]


def test_public_pages_ask_the_table_nothing(site: Portal) -> None:
    for path in ("/login", "/api/docs", "/api/v1/../openapi.json"):
        site.db.calls.clear()
        Browser().get(path)
        assert site.db.calls == []


def test_the_health_check_asks_once(site: Portal) -> None:
    assert _calls(site, Browser(), "GET", "/healthz") == HEALTH


def test_reporting_is_one_transaction(site: Portal, caller: Any, people: People) -> None:
    _remember(site)
    body: dict[str, Any] = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "漏水"}
    owner = caller("owner")
    one = ["transact_write_items"]
    path = "/api/v1/issues"
    assert _calls(site, owner, "POST", path, body) == SIGNED_IN + one
    assert _calls(site, owner, "POST", path, body, key="budget-1") == REPORT
    assert _calls(site, owner, "POST", path, body, key="budget-1") == [*SIGNED_IN, "get_item", "query"]
    ids = [photos.start_plain(site, people.owner, NOW) for _ in range(9)]
    found = _calls(site, owner, "POST", path, {**body, "photo_ids": ids}, key="budget-2")
    assert found == REPORT_WITH_PHOTOS


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("owner", "/issues/{resolved}/messages", {"text": "谢谢"}),
        ("owner", "/issues/{resolved}/confirm", {"version": 5}),
        ("owner", "/issues/{resolved}/reopen", {"version": 5}),
        ("clerk", "/desk/issues/{resolved}/transition", {"to": "reopened", "version": 5}),
        ("clerk", "/desk/issues/{resolved}/messages", {"text": "谢谢"}),
    ],
)
def test_a_step_is_one_look_and_one_transaction(
    site: Portal, caller: Any, issues: list[str], who: str, path: str, body: dict[str, Any]
) -> None:
    _remember(site)
    path = f"/api/v1{path}".format(resolved=issues.pop())
    found = _calls(site, caller(who), "POST", path, body, key=f"key-{path[-40:].replace('/', '-')}")
    assert found == STEP


def test_a_complaint_and_a_step_on_it_are_one_transaction_each(site: Portal, caller: Any) -> None:
    _remember(site)
    body = {"kind": "complaint", "category": "service", "content": "等了三天", "unit_id": "maple-1-101"}
    path = "/api/v1/complaints"
    assert _calls(site, caller("owner"), "POST", path, body, key="budget-c1") == REPORT
    made = caller("owner").api("POST", "/complaints", body).json
    desk = f"/api/v1/desk/complaints/{made['id']}"
    found = _calls(
        site, caller("clerk"), "POST", f"{desk}/step", {"step": "start", "version": 1}, key="budget-c2"
    )
    matrix, repeats = ["get_item"], ["query"]
    assert found == [*WITH_KEY, "query", *matrix, "transact_write_items", *repeats]


def test_a_rating_is_one_look_and_one_transaction(site: Portal, caller: Any, issues: list[str]) -> None:
    marks = {"professionalism": 5, "attitude": 5, "efficiency": 5}
    found = _calls(site, caller("owner"), "PUT", f"/api/v1/issues/{issues.pop()}/rating", marks)
    assert found == RATING


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/desk/issues/{resolved}/undo", {"version": 6}),
        ("/desk/bulk", {"steps": [{"issue_id": "{resolved}"}] * 3}),
    ],
)
def test_undo_is_as_cheap_as_the_step_and_several_steps_cost_what_they_cost_one_by_one(
    site: Portal, caller: Any, people: People, path: str, body: dict[str, Any]
) -> None:
    _remember(site)
    clerk = caller("clerk")
    if "undo" in path:
        issue = bring_to(portal=site, people=people, status="resolved").issue.id
        assert (
            clerk.api("POST", f"/desk/issues/{issue}/transition", {"to": "reopened", "version": 5}).status
            == 200
        )
        found = _calls(site, clerk, "POST", f"/api/v1{path}".format(resolved=issue), body)
        assert found == [*SIGNED_IN, "query", "transact_write_items"]
        return
    ids = [report(portal=site, by=people.owner).issue.id for _ in body["steps"]]
    steps = {"steps": [{"issue_id": one, "version": 1, "to": "acknowledged"} for one in ids]}
    assert (
        _calls(site, clerk, "POST", f"/api/v1{path}", steps)
        == SIGNED_IN + ["query", "transact_write_items"] * 3
    )


def test_asking_for_news_when_there_are_none_costs_one_look(site: Portal, signed_in: Any) -> None:
    clerk = signed_in("clerk")
    for _ in range(3):  # the mark changes with the minute, which may just be over
        tag = clerk.get("/desk/live?rows=1").headers["etag"]
        site.db.calls.clear()
        page = clerk.get("/desk/live?rows=1", **{"If-None-Match": tag})
        if page.status == 304:
            break
    assert (page.status, page.text) == (304, "")
    assert site.db.calls == NO_NEWS


def test_a_tick_reads_its_mark_and_shards_and_writes_the_mark_once_a_day(portal: Portal) -> None:
    timers.run_due(portal, NOW)
    for later, days, written in ((60, 2, []), (86_400, 3, ["transact_write_items"]), (86_460, 2, [])):
        portal.db.calls.clear()
        timers.run_due(portal, NOW + timedelta(seconds=later))
        assert portal.db.calls == ["get_item", *["query"] * (4 * days), *written]


def test_signing_in_costs_the_same_for_everybody(site: Portal, people: People) -> None:
    for phone in ("+8613800000001", "+8613700000099"):
        found = _calls(site, Browser(), "POST", "/api/v1/auth/code", {"phone": phone})
        assert found == ASK_FOR_CODE


def test_a_longer_page_of_the_queue_is_still_one_query(site: Portal, signed_in: Any, ids: Ids) -> None:
    clerk = signed_in("clerk")
    for limit in (1, 2, 100):
        assert _calls(site, clerk, "GET", f"/api/v1/desk/issues?limit={limit}") == [*SIGNED_IN, "query"]


def test_steps_that_a_phone_kept_cost_what_steps_cost(site: Portal, caller: Any, people: People) -> None:
    file = bring_to(portal=site, people=people, status="assigned")
    given = {"issue_id": file.issue.id, "at": datetime.now(UTC).isoformat()}
    first = {**given, "id": "budget-step-1", "to": "in_progress", "version": file.issue.version}
    second = {**given, "id": "budget-step-2", "to": "resolved", "after": "budget-step-1"}
    one = ["get_item", "query", "transact_write_items"]
    tech, path = caller("technician"), "/api/v1/desk/steps"
    assert _calls(site, tech, "POST", path, {"steps": [first]}) == [*SIGNED_IN, *one]
    assert _calls(site, tech, "POST", path, {"steps": [second]}) == [*SIGNED_IN, "get_item", *one]
    again = _calls(site, tech, "POST", path, {"steps": [first, second]})
    assert again == [*SIGNED_IN, *["get_item", "query"] * 2]
