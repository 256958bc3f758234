"""What all answers have in common: headers, problem details, request ids."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from chalicelib import answers, errors
from chalicelib.errors import PortalError
from chalicelib.service_levels.models import Policy
from chalicelib.service_levels.policy import DEFAULT_POLICY
from chalicelib.web import Route
from tests.browser import Browser, Page
from tests.factories import People
from tests.route_calls import ALL, Ids, call, make_ids, name_of

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
#: The same for everybody, and looked at anew each time, so that an update is noticed.
NOBODYS = {"/sw.js", "/manifest.webmanifest"}


@pytest.fixture(scope="module")
def ids(shared_site: People) -> Ids:
    return make_ids(people=shared_site)


def _errors() -> list[type[PortalError]]:
    found, left = [], [PortalError]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return [kind for kind in found if kind.__module__ == errors.__name__]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "请从这些里选一个：assignee、front_line、senior、manager 或 expert。"),
        ("en", "Please choose one of these: assignee, front_line, senior, manager or expert."),
    ],
)
def test_choices_are_listed_as_people_list_them(shared_site: People, language: str, said: str) -> None:
    policy = TypeAdapter(Policy).dump_python(DEFAULT_POLICY, mode="json")
    policy["classes"]["L1"]["ladder"][0]["told"] = ["nobody"]
    manager = Browser(token=shared_site.token("manager"))
    path = "/desk/communities/maple/policy?preview=true"
    page = manager.api("PUT", path, {"version": 0, "policy": policy}, **{"Accept-Language": language})
    assert [(one["code"], one["message"]) for one in page.json["errors"]] == [("literal_error", said)]


@pytest.mark.parametrize("who", ["nobody", "owner"])
@pytest.mark.parametrize("route", ALL, ids=name_of)
def test_every_answer_carries_the_headers(shared_site: People, ids: Ids, route: Route, who: str) -> None:
    cookies = {"session": shared_site.token("owner")} if who == "owner" else {}
    page = call(Browser(cookies=cookies), route, ids, **{"Sec-Fetch-Site": "same-origin"})
    asked_anew = {"cache-control": "no-cache"} if route.path in NOBODYS else {}
    assert {name: page.headers.get(name) for name in HEADERS} == HEADERS | asked_anew
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert page.headers["x-request-id"] not in ("", "-")
    assert page.status != 500


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/api/v1/nowhere", 404)])
def test_an_address_that_is_no_route_carries_them_too(shared_site: People, path: str, status: int) -> None:
    page = Browser().get(path)
    assert page.status == status
    assert {name: page.headers.get(name) for name in HEADERS} == HEADERS
    assert page.headers["content-type"].startswith(
        "application/problem+json" if "api" in path else "text/html"
    )


def test_a_method_that_is_not_taken_says_which_are(shared_site: People) -> None:
    page = Browser().api("PATCH", "/issues", {})
    assert (page.status, page.headers["allow"]) == (405, "GET, HEAD, POST")
    _assert_problem(page, 405, "method_not_allowed")


def _assert_problem(page: Page, status: int, code: str) -> Any:
    assert page.status == status
    assert page.headers["content-type"] == "application/problem+json; charset=utf-8"
    body = page.json
    assert set(body) - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:problem:{code}")
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == page.headers["x-request-id"]
    return body


@pytest.mark.parametrize("kind", _errors(), ids=lambda kind: kind.__name__)
def test_each_error_is_a_problem_with_words_in_both_languages(kind: type[PortalError]) -> None:
    error = kind()
    for locale in ("zh-CN", "en"):
        answer = answers.problem(error, locale, "r1")
        body = json.loads(answer.body)
        assert (answer.status_code, body["status"], body["code"]) == (kind.status, kind.status, kind.code)
        assert (body["title"] == kind.title) is (locale == "en")
        assert (body["detail"] == kind.detail) is (locale == "en")
    assert ("Retry-After" in answer.headers) is (kind.status == 503)
    assert ("WWW-Authenticate" in answer.headers) is (kind.status == 401)


def test_each_status_of_the_contract_has_an_error() -> None:
    assert {kind.status for kind in _errors()} == {400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503}
    assert len({(kind.code, kind.status) for kind in _errors()}) == len({kind.code for kind in _errors()})


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "code"),
    [
        ("/issues", b"{", {}, 400, "not_json"),
        ("/issues", b"[]", {}, 422, "invalid"),
        ("/issues", b"\xff", {}, 400, "not_json"),
        ("/issues", b"{}", {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        ("/issues", b"{}", {}, 422, "invalid"),
        ("/issues", b"{}", {"Idempotency-Key": "short"}, 422, "invalid"),
        ("/desk/import", b"x", {"Content-Type": "application/json"}, 403, "forbidden"),
        ("/issues/none/messages", b'{"text": "x"}', {}, 404, "not_found"),
        ("/auth/session", b'{"phone": "13800000009", "code": "1"}', {}, 401, "wrong_code"),
    ],
)
def test_bad_input_is_a_problem(
    shared_site: People, path: str, body: bytes, headers: Any, status: int, code: str
) -> None:
    browser = Browser(token=shared_site.token("owner"))
    page = browser.send("POST", f"/api/v1{path}", body, {"Content-Type": "application/json", **headers})
    _assert_problem(page, status, code)


def test_bad_fields_are_named_and_not_repeated(shared_site: People) -> None:
    browser = Browser(token=shared_site.token("owner"))
    secret = "很私密的话" * 500
    page = browser.api("POST", "/issues", {"unit_id": "a b", "description": secret, "photo_ids": ["x"] * 10})
    problem = _assert_problem(page, 422, "invalid")
    assert {row["field"] for row in problem["errors"]} == {
        "unit_id",
        "category_id",
        "description",
        "photo_ids",
    }
    assert all(set(row) == {"field", "code", "message"} and row["message"] for row in problem["errors"])
    assert "很私密的话" not in page.text


def test_an_idempotency_key_for_another_body_is_refused(shared_site: People) -> None:
    browser = Browser(token=shared_site.token("owner"))
    body = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "一"}
    first = browser.api("POST", "/issues", body, key="mismatch-1")
    assert first.status == 201
    assert browser.api("POST", "/issues", body, key="mismatch-1").json["id"] == first.json["id"]
    page = browser.api("POST", "/issues", {**body, "description": "二"}, key="mismatch-1")
    _assert_problem(page, 422, "idempotency_mismatch")
    other = Browser(token=shared_site.token("neighbour"))
    mine = other.api("POST", "/issues", {**body, "unit_id": "maple-1-102"}, key="mismatch-1")
    assert mine.status == 201


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", ""])
@pytest.mark.parametrize("path", ["/issues", "/inbox", "/desk/issues"])
def test_lists_take_one_to_a_hundred(shared_site: People, path: str, limit: str) -> None:
    browser = Browser(token=shared_site.token("clerk"))
    _assert_problem(browser.api("GET", f"{path}?limit={limit}"), 422, "invalid")
    assert browser.api("GET", f"{path}?limit=100").status == 200


def test_a_page_that_is_gone_asks_nobody_to_read_out_an_id(shared_site: People) -> None:
    page = Browser(token=shared_site.token("owner")).get("/issues/none")
    assert page.status == 404
    assert page.headers["x-request-id"][:8] not in page.text


def test_an_unexpected_failure_is_a_500_that_tells_nothing(
    shared_site: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(token=shared_site.token("owner"))

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("王秀英 13800000001")

    monkeypatch.setattr("chalicelib.issues.listing.own", fail)
    assert "王秀英" not in json.dumps(_assert_problem(browser.api("GET", "/issues"), 500, "internal_error"))
    page = browser.get("/issues")
    assert page.status == 500
    assert f"{page.headers['x-request-id'][:8]}</p>" in page.text
    assert "13800000001" not in page.text
