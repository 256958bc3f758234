"""Input that once broke a page or a call, or could have: all of it is answered, none of it with a 5xx."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from chalice.app import Request
from PIL import Image

import app  # noqa: F401 - importing it declares every route
from bench.live import LivePortal
from chalicelib.settings import read_settings
from chalicelib.web import ROUTES, Call
from tests.plain import NO_TLS

Tokens = dict[str, str | None]
LATE = "9999-12-31T23:59:59-23:59"
EARLY = "0001-01-01T00:00:00+23:59"


@pytest.fixture
def web(live: LivePortal) -> Any:
    with httpx.Client(base_url=live.url, timeout=30, verify=NO_TLS) as client:
        yield client


def as_(tokens: Tokens, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens[who]}"}


def report(web: httpx.Client, tokens: Tokens, **more: Any) -> dict[str, Any]:
    body = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "x", **more}
    answer = web.post("/api/v1/issues", json=body, headers=as_(tokens, "owner"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def photo(web: httpx.Client, tokens: Tokens) -> str:
    """A photo that has been taken in."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG")
    data = out.getvalue()
    headers = as_(tokens, "owner")
    begun = {"content_type": "image/jpeg", "size_bytes": len(data)}
    started = web.post("/api/v1/photos", json=begun, headers=headers).json()
    sent = web.post(started["upload"]["url"], data=started["upload"]["fields"], files={"file": data})
    assert sent.status_code == 204
    end = time.monotonic() + 20
    while time.monotonic() < end:
        status = web.get(f"/api/v1/photos/{started['photo_id']}", headers=headers).json()["status"]
        if status == "ready":
            return str(started["photo_id"])
        time.sleep(0.1)
    pytest.fail("the photo was not taken in")


@pytest.mark.parametrize("name", ["path", "self", "call", "url", "query", "cursor", "", "next", "lang", "é"])
@pytest.mark.parametrize("page", ["/login", "/privacy", "/", "/api/docs"])
def test_a_query_may_use_any_name(web: httpx.Client, page: str, name: str) -> None:
    assert web.get(page, params={name: "x"}).status_code in (200, 303)


@pytest.mark.parametrize("name", ["path", "community", "cursor2", "what"])
def test_the_desks_query_may_use_any_name(web: httpx.Client, tokens: Tokens, name: str) -> None:
    assert web.get("/desk", params={name: "x"}, headers=as_(tokens, "manager")).status_code == 200


@pytest.mark.parametrize("address", ["//[", "http://[x", "/[", "//[::1", "/x?y=[", "http://a]b/"])
def test_an_address_that_is_none_leads_home(web: httpx.Client, tokens: Tokens, address: str) -> None:
    assert web.get("/login", params={"next": address}).status_code == 200
    signed_in = web.get("/login", params={"next": address}, headers=as_(tokens, "owner"))
    assert signed_in.status_code == 303
    assert signed_in.headers["location"].startswith("/")
    begun = web.post("/photos", data={"back": address}, headers=as_(tokens, "owner"))
    assert begun.status_code == 303
    assert web.get(begun.headers["location"], headers=as_(tokens, "owner")).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "null", "", "http://evil.example", "file:///etc/passwd"])
def test_a_foreign_or_broken_origin_is_refused(web: httpx.Client, origin: str) -> None:
    answer = web.post("/api/v1/auth/code", json={"phone": "+8613811112222"}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_a_broken_host_is_refused(web: httpx.Client) -> None:
    headers = {"Host": "[", "Origin": "http://x"}
    answer = web.post("/api/v1/auth/code", json={"phone": "+8613811112222"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize(("start", "end"), [(LATE, LATE), (EARLY, LATE), ("9999-12-31T20:00:00Z", LATE)])
def test_a_visit_at_the_end_of_time_is_refused(
    web: httpx.Client, tokens: Tokens, start: str, end: str
) -> None:
    body = {
        "unit_id": "maple-1-101",
        "category_id": "plumbing",
        "description": "x",
        "visit_windows": [{"start": start, "end": end}],
    }
    answer = web.post("/api/v1/issues", json=body, headers=as_(tokens, "owner"))
    assert answer.status_code == 422


@pytest.mark.parametrize("moment", [LATE, EARLY, "9999-12-31T23:59:59Z"])
def test_staffs_visit_at_the_end_of_time_is_refused(web: httpx.Client, tokens: Tokens, moment: str) -> None:
    issue = report(web, tokens)
    body = {"to": "acknowledged", "version": 1, "visit_at": moment}
    headers = as_(tokens, "front_line")
    answer = web.post(f"/api/v1/desk/issues/{issue['id']}/transition", json=body, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("version", ["0", "-1", "999999999", "9" * 30, "²", "1.0", "", "x", "１"])
@pytest.mark.parametrize("step", ["confirm", "reopen", "cancel"])
def test_a_changed_version_in_a_form_is_answered(
    web: httpx.Client, tokens: Tokens, step: str, version: str
) -> None:
    issue = report(web, tokens)
    form = {"version": version, "reason": "still wet"}
    answer = web.post(f"/issues/{issue['id']}/{step}", data=form, headers=as_(tokens, "owner"))
    assert answer.status_code in (409, 422)


def test_a_changed_version_in_the_desks_forms_is_answered(web: httpx.Client, tokens: Tokens) -> None:
    issue = report(web, tokens)
    for step in ("claim", "assign", "transition"):
        form = {"version": "0", "to": "acknowledged", "assignee_id": "x"}
        answer = web.post(f"/desk/issues/{issue['id']}/{step}", data=form, headers=as_(tokens, "manager"))
        assert answer.status_code in (409, 422)


def test_a_number_in_other_digits_is_no_number(web: httpx.Client, tokens: Tokens) -> None:
    begun = web.post("/photos", data={"back": "/"}, headers=as_(tokens, "owner"))
    path = begun.headers["location"].split("?")[0]
    for number in ("²", "٣", "x", "", "-1", "99999"):
        assert web.get(path, params={"number": number}, headers=as_(tokens, "owner")).status_code == 200


def test_a_forms_key_has_the_promised_form(web: httpx.Client, tokens: Tokens) -> None:
    issue = report(web, tokens)
    for key in ("k" * 3000, "#", "a b c d e f g"):
        form = {"text": "hi", "key": key}
        answer = web.post(f"/issues/{issue['id']}/message", data=form, headers=as_(tokens, "owner"))
        assert answer.status_code == 422
        answer = web.post(f"/desk/issues/{issue['id']}/message", data=form, headers=as_(tokens, "manager"))
        assert answer.status_code == 422


def test_photo_ids_of_any_length_are_looked_at(web: httpx.Client, tokens: Tokens) -> None:
    issue = report(web, tokens)
    ids = ["p" * 3000, "", "../x", "a" * 26]
    path = f"/issues/{issue['id']}"
    headers = as_(tokens, "owner")
    form = {"text": "", "photo_ids": ids}
    assert web.post(f"{path}/message", data=form, headers=headers).status_code == 422
    assert web.get(path, params={"photo": ids}, headers=headers).status_code == 200
    staff = as_(tokens, "manager")
    assert web.get(f"/desk{path}", params={"photo": ids}, headers=staff).status_code == 200


def test_a_number_of_any_length_is_searched_for(web: httpx.Client, tokens: Tokens) -> None:
    for number in ("9" * 5000, "中" * 700, "#", "x"):
        answer = web.get("/desk", params={"number": number}, headers=as_(tokens, "manager"))
        assert answer.status_code == 200


def test_another_communitys_number_leads_nowhere(web: httpx.Client, tokens: Tokens) -> None:
    issue = report(web, tokens)
    found = web.get("/desk", params={"number": issue["number"]}, headers=as_(tokens, "front_line"))
    assert found.status_code == 303
    hidden = web.get("/desk", params={"number": issue["number"]}, headers=as_(tokens, "cedar_front_line"))
    assert hidden.status_code == 200


def test_a_form_too_large_to_keep_is_refused(web: httpx.Client, tokens: Tokens) -> None:
    form = {"back": "/issues/new", "description": "y" * 900_000}
    assert web.post("/photos", data=form, headers=as_(tokens, "owner")).status_code == 413
    unnamed = {"back": "/issues/new", "": "y", "description": "y" * 10_000}
    assert web.post("/photos", data=unnamed, headers=as_(tokens, "owner")).status_code == 303


def test_a_file_sent_without_a_session_gets_the_sign_in_page(web: httpx.Client) -> None:
    answer = web.post("/desk/import", files={"file": ("people.csv", b"x")})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")


def test_a_key_gives_its_answer_again_when_a_photo_was_removed_meanwhile(
    web: httpx.Client, tokens: Tokens
) -> None:
    photo_id = photo(web, tokens)
    headers = as_(tokens, "owner") | {"Idempotency-Key": f"removed-{time.time_ns()}"}
    body = {
        "unit_id": "maple-1-101",
        "category_id": "plumbing",
        "description": "x",
        "photo_ids": [photo_id],
    }
    first = web.post("/api/v1/issues", json=body, headers=headers)
    assert web.delete(f"/api/v1/photos/{photo_id}", headers=as_(tokens, "owner")).status_code == 204
    again = web.post("/api/v1/issues", json=body, headers=headers)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_a_key_gives_the_same_answer_again_for_a_step_that_ends_the_work(
    web: httpx.Client, tokens: Tokens
) -> None:
    issue = report(web, tokens)
    headers = as_(tokens, "front_line") | {"Idempotency-Key": f"rejected-{time.time_ns()}"}
    path, body = (
        f"/api/v1/desk/issues/{issue['id']}/transition",
        {"to": "rejected", "version": 1, "note": "n"},
    )
    first = web.post(path, json=body, headers=headers)
    assert first.json()["handoffs"][-1]["ended_at"]
    assert web.post(path, json=body, headers=headers).json() == first.json()


def test_an_import_takes_no_home_of_another_community_away(web: httpx.Client, tokens: Tokens) -> None:
    rows = "community_id,building,unit,unit_id,name,phone\nmaple,2,201,cedar-2-201,Mine,+8613800000003\n"
    headers = as_(tokens, "manager") | {"Content-Type": "text/csv"}
    assert web.post("/api/v1/desk/import", content=rows, headers=headers).status_code == 200
    homes = web.get("/api/v1/me", headers=as_(tokens, "cedar_owner")).json()["units"]
    assert ("cedar", "cedar-2-201") in {(home["community_id"], home["id"]) for home in homes}


def test_the_same_rating_sent_many_times_at_once_is_one(web: httpx.Client, tokens: Tokens) -> None:
    issue = report(web, tokens)
    technician = web.get("/api/v1/me", headers=as_(tokens, "technician")).json()["id"]
    path = f"/api/v1/desk/issues/{issue['id']}"
    manager = as_(tokens, "manager")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("transition", {"to": "acknowledged", "version": 1}),
        ("assign", {"assignee_id": technician, "version": 2}),
        ("transition", {"to": "in_progress", "version": 3}),
        ("transition", {"to": "resolved", "version": 4}),
    ]
    for step, body in steps:
        assert web.post(f"{path}/{step}", json=body, headers=manager).status_code == 200
    marks = {"professionalism": 5, "attitude": 5, "efficiency": 5}

    def rate(_: int) -> int:
        address = f"/api/v1/issues/{issue['id']}/rating"
        return web.put(address, json=marks, headers=as_(tokens, "owner")).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(rate, range(8))) == [200] * 8
    rows = web.get(f"/api/v1/issues/{issue['id']}", headers=as_(tokens, "owner")).json()["timeline"]
    assert [row["kind"] for row in rows].count("rated") == 1


def test_a_deployed_portal_takes_its_name_from_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.web.settings", lambda: read_settings({}))
    context = {"domainName": "portal.example", "httpMethod": "GET", "resourcePath": "/"}
    event = {"headers": {"host": "evil.example"}, "requestContext": context}
    blank = dict.fromkeys(
        ("multiValueQueryStringParameters", "pathParameters", "body", "stageVariables", "isBase64Encoded")
    )
    call = Call(Request(event | blank, None), None, ROUTES[0], datetime.now(UTC))  # type: ignore[arg-type]
    assert call.origin == "https://portal.example"
