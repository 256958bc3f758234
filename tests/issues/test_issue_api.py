"""The JSON API of issues as the contract promises it, for owners and staff."""

from typing import Any

import pytest

from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import PHONES, People

ISSUE = {
    "id", "number", "unit_id", "community_id", "category_id", "description", "location", "status", "version",
    "created_at", "promised_at", "assignee", "photos", "timeline", "rating", "allowed_actions",
}  # fmt: skip
REPORT = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "漏水", "location": "厨房"}


def _ok(page: Any, status: int = 200) -> Any:
    assert page.status == status, page.text
    return page.json


@pytest.fixture
def owner(caller: Any) -> Browser:
    browser: Browser = caller("owner")
    return browser


def test_an_issue_has_the_promised_shape(owner: Browser, people: People) -> None:
    issue = _ok(owner.api("POST", "/issues", REPORT), 201)
    assert set(issue) >= ISSUE
    assert (issue["status"], issue["version"], issue["assignee"], issue["rating"]) == (
        "submitted",
        1,
        None,
        None,
    )
    (row,) = issue["timeline"]
    assert set(row) >= {"at", "kind", "actor", "from", "to", "text", "photos"}
    assert (row["kind"], row["to"], row["actor"]) == (
        "status",
        "submitted",
        {"name": "王秀英", "role": "owner"},
    )
    assert issue["created_at"].endswith("Z")
    assert _ok(owner.api("GET", f"/issues/{issue['id']}")) == issue
    listed = _ok(owner.api("GET", "/issues"))
    assert [item["id"] for item in listed["items"]] == [issue["id"]]
    assert listed["next_cursor"] is None


def test_the_whole_story_over_the_api(owner: Browser, caller: Any, people: People) -> None:
    clerk, tech = caller("clerk"), caller("technician")
    path = f"/issues/{_ok(owner.api('POST', '/issues', REPORT), 201)['id']}"
    desk = f"/desk{path}"
    assert _ok(clerk.api("POST", f"{desk}/transition", {"to": "acknowledged", "version": 1}))["version"] == 2
    given = _ok(clerk.api("POST", f"{desk}/assign", {"assignee_id": people.technician.id, "version": 2}))
    assert given["assignee"] == {"id": people.technician.id, "name": "王师傅"}
    _ok(tech.api("POST", f"{desk}/transition", {"to": "in_progress", "version": 3}))
    _ok(tech.api("POST", f"{desk}/messages", {"text": "换了水管"}), 201)
    _ok(tech.api("POST", f"{desk}/messages", {"text": "业主家有狗", "internal": True}), 201)
    _ok(tech.api("POST", f"{desk}/transition", {"to": "resolved", "version": 4, "note": "修好了"}))
    seen = _ok(owner.api("GET", path))
    assert {"confirm", "reopen", "rate"} <= set(seen["allowed_actions"])
    assert "业主家有狗" not in str(seen)
    assert "换了水管" in str(seen)
    closed = _ok(owner.api("POST", f"{path}/confirm", {"version": 5}))
    assert closed["status"] == "closed"
    marks = {"professionalism": 5, "attitude": 4, "efficiency": 3, "comment": "谢谢"}
    rating = _ok(owner.api("PUT", f"{path}/rating", marks))
    assert {name: rating[name] for name in marks} == marks
    assert _ok(owner.api("GET", path))["rating"] == rating
    assert "业主家有狗" in str(_ok(clerk.api("GET", desk)))


def test_staff_see_the_reporter_masked_until_they_ask(owner: Browser, caller: Any, people: People) -> None:
    issue_id = _ok(owner.api("POST", "/issues", REPORT), 201)["id"]
    clerk = caller("clerk")
    seen = clerk.api("GET", f"/desk/issues/{issue_id}").text
    assert "王*" in seen
    assert "王秀英" not in seen
    assert PHONES["owner"] not in seen
    contact = _ok(clerk.api("POST", f"/desk/issues/{issue_id}/contact"))
    assert contact == {"name": "王秀英", "phone": PHONES["owner"]}
    rows = people.portal.db.query_all(_audit_of_today(people.portal))
    assert [(row["action"], row["subject"]) for row in rows] == [("contact_seen", issue_id)]


def _audit_of_today(portal: Portal) -> str:
    from datetime import UTC, datetime

    from chalicelib.audit.store import audit_pk

    return audit_pk("maple", datetime.now(UTC))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "rejected", "version": 1}, "note"),
        ({"to": "rejected", "version": 1, "note": "  "}, "note"),
        ({"to": "merged", "version": 1}, "merge_into"),
        ({"to": "acknowledged", "version": 1, "visit_at": "2020-01-01T00:00:00Z"}, "visit_at"),
        ({"to": "acknowledged", "version": 1, "photo_ids": ["01K00000000000000000000000"]}, "photo_ids"),
        ({"to": "elsewhere", "version": 1}, "to"),
        ({"to": "acknowledged"}, "version"),
    ],
)
def test_a_step_that_lacks_something_says_what(
    owner: Browser, caller: Any, body: dict[str, Any], field: str
) -> None:
    issue_id = _ok(owner.api("POST", "/issues", REPORT), 201)["id"]
    page = caller("clerk").api("POST", f"/desk/issues/{issue_id}/transition", body)
    assert (page.status, [row["field"] for row in page.json["errors"]]) == (422, [field])
    assert _ok(owner.api("GET", f"/issues/{issue_id}"))["version"] == 1


@pytest.mark.parametrize(
    ("reason", "visit", "field"),
    [(None, None, "pause_reason"), ("lunch", None, "pause_reason"), ("appointment", None, "visit_at")],
)
def test_a_pause_needs_its_reason_and_an_appointment_its_time(
    owner: Browser, caller: Any, people: People, reason: str | None, visit: str | None, field: str
) -> None:
    issue_id = _ok(owner.api("POST", "/issues", REPORT), 201)["id"]
    manager = caller("manager")
    manager.api("POST", f"/desk/issues/{issue_id}/transition", {"to": "acknowledged", "version": 1})
    assigned = {"assignee_id": people.technician.id, "version": 2}
    _ok(manager.api("POST", f"/desk/issues/{issue_id}/assign", assigned))
    body = {"to": "paused", "version": 3, "pause_reason": reason, "visit_at": visit}
    page = manager.api("POST", f"/desk/issues/{issue_id}/transition", body)
    assert (page.status, [row["field"] for row in page.json["errors"]]) == (422, [field])


@pytest.mark.parametrize("who", ["auditor", "designer", "owner", "cedar_clerk", "nobody"])
def test_an_issue_is_given_only_to_staff_who_take_on_issues_there(
    owner: Browser, caller: Any, people: People, who: str
) -> None:
    issue_id = _ok(owner.api("POST", "/issues", REPORT), 201)["id"]
    clerk = caller("clerk")
    clerk.api("POST", f"/desk/issues/{issue_id}/transition", {"to": "acknowledged", "version": 1})
    to = "01K00000000000000000000000" if who == "nobody" else getattr(people, who).id
    page = clerk.api("POST", f"/desk/issues/{issue_id}/assign", {"assignee_id": to, "version": 2})
    assert (page.status, [row["field"] for row in page.json["errors"]]) == (422, ["assignee_id"])


def test_a_category_that_asks_for_proof_is_resolved_only_with_a_photo(
    owner: Browser, caller: Any, people: People
) -> None:
    issue_id = _ok(owner.api("POST", "/issues", {**REPORT, "category_id": "wall_seepage"}), 201)["id"]
    manager, path = caller("manager"), f"/desk/issues/{issue_id}"
    manager.api("POST", f"{path}/transition", {"to": "acknowledged", "version": 1})
    manager.api("POST", f"{path}/assign", {"assignee_id": people.manager.id, "version": 2})
    manager.api("POST", f"{path}/transition", {"to": "in_progress", "version": 3})
    page = manager.api("POST", f"{path}/transition", {"to": "resolved", "version": 4})
    assert [row["code"] for row in page.json["errors"]] == ["proof_missing"]
    photo = _ok(manager.api("POST", "/photos", {"content_type": "image/jpeg", "size_bytes": 9}), 201)[
        "photo_id"
    ]
    done = _ok(
        manager.api("POST", f"{path}/transition", {"to": "resolved", "version": 4, "photo_ids": [photo]})
    )
    assert done["status"] == "resolved"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"unit_id": "maple-1-102"}, 403, "forbidden"),
        ({"unit_id": "none"}, 403, "forbidden"),
        ({"category_id": "none"}, 422, "invalid"),
        ({"description": " \n "}, 422, "invalid"),
        ({"description": "x" * 2001}, 422, "invalid"),
        (
            {"visit_windows": [{"start": "2026-11-25T06:00:00Z", "end": "2026-11-25T05:00:00Z"}]},
            422,
            "invalid",
        ),
        ({"visit_windows": [{"start": "2026-11-25T06:00:00", "end": "2026-11-25T07:00:00"}]}, 422, "invalid"),
        ({"photo_ids": ["x"] * 10}, 422, "invalid"),
    ],
)
def test_a_report_that_cannot_be_used_makes_nothing(
    owner: Browser, change: dict[str, Any], status: int, code: str
) -> None:
    page = owner.api("POST", "/issues", {**REPORT, **change})
    assert (page.status, page.json["code"]) == (status, code)
    assert _ok(owner.api("GET", "/issues"))["items"] == []


def test_illegal_and_stale_steps_are_told_apart_and_change_nothing(owner: Browser, caller: Any) -> None:
    issue = _ok(owner.api("POST", "/issues", REPORT), 201)
    clerk, path = caller("clerk"), f"/desk/issues/{issue['id']}/transition"
    stale = clerk.api("POST", path, {"to": "acknowledged", "version": 2})
    illegal = clerk.api("POST", path, {"to": "resolved", "version": 1})
    never = caller("technician").api("POST", path, {"to": "acknowledged", "version": 9})
    assert [(page.status, page.json["code"]) for page in (stale, illegal, never)] == [
        (409, "version_conflict"),
        (409, "illegal_transition"),
        (403, "forbidden"),
    ]
    assert _ok(owner.api("GET", f"/issues/{issue['id']}")) == issue
