"""Whatever is sent to any route: an answer below 500, and problem details from the API."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import app  # noqa: F401 - importing it declares every route
from bench.client import Client
from bench.live import LivePortal
from chalicelib.web import ROUTES, Route
from tests.fuzz.wire import fits, request, send

Tokens = dict[str, str | None]
#: These would end the sessions that the other tests need.
ENDING = {"/me/sign-out", "/me/sign-out-everywhere", "/api/v1/auth/session", "/api/v1/auth/sessions"}
ROUTE_NAMES = sorted({f"{route.method} {route.path}" for route in ROUTES})

NASTY = [
    "", " ", "0", "-1", "1", "²", "9" * 30, "NaN", "1e999", "true", "null", "\x00", "a\x00b", "\r\nX-Evil: 1",
    "//[", "//evil.example", "/\\evil.example", "javascript:alert(1)", "<script>alert(1)</script>", "{{7*7}}",
    "%", "%zz", "%00", "../../etc/passwd", "x" * 2001, "x" * 70_000, "中" * 2001, "\ud800", "\u202e", "🧑‍🔧" * 50,
    "2026-11-22T10:00:00Z", "9999-12-31T23:59", "0001-01-01T00:00", "2026-13-45", "a/b", "a/b/c", "=1+1", "#",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV\n", "maple", "plumbing", "resolved", "+8613812345678",
]  # fmt: skip
NAMES = [
    "version", "reason", "text", "key", "photo_ids", "photo_id", "back", "next", "to", "note", "visit_at",
    "pause_reason", "merge_into", "assignee_id", "internal", "unit_id", "category_id", "category", "description",
    "location", "area", "windows", "draft_id", "draft", "phone", "code", "step", "resend", "resume.text", "locale",
    "lang", "csv_text", "professionalism", "attitude", "efficiency", "comment", "number", "status", "assignee",
    "building", "overdue", "community_id", "limit", "cursor", "photo", "kept", "sent", "form", "path", "self", "",
    "place_id", "place", "places", "where", "act", "at_once", "again", "name", "another", "resume.description",
]  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=30))
fields = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), texts), texts), max_size=8)
numbers = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf")])
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
flat = st.one_of(
    st.lists(scalars, max_size=3), st.lists(st.tuples(st.sampled_from(NAMES), scalars), max_size=3).map(dict)
)
values = st.one_of(scalars, flat, st.lists(flat, max_size=2))
objects = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=8).map(dict)
TYPES = [
    "application/x-www-form-urlencoded", "application/json", "text/csv", "multipart/form-data", "text/plain", "",
    "multipart/form-data; boundary=x", "application/json; charset=utf-16", "x" * 300, "application/octet-stream",
]  # fmt: skip
RAW = [
    b"\xff\xfe", b"\x00" * 100, b"[" * 100_000, b'{"a":' * 5_000, b'{"version": NaN}', b'{"text": "\\ud800"}',
    b'{"version": 1' + b"0" * 5_000 + b"}", b'{"text": "a", "text": {}}', b"[]", b"1", b'"x"', b"\xef\xbb\xbf{}",
    b"a=%ff%fe&b=%ED%A0%80&&&=&;", b"&" * 5_000, b"a=1&" * 600, b"--x\r\n\r\n\r\n--x--", b"--x\r\nContent-Dispo",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n"\n\x00,"\r\n--x--\r\n',
    "community_id,name,phone\nmaple,\"a\nb\",+8613812345678\nmaple,x,1".encode("utf-16"), b"\n" * 10_000,
]  # fmt: skip


def form(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


bodies = st.one_of(fields.map(form), objects.map(as_json), st.sampled_from(RAW), st.binary(max_size=60))
odd_header = st.tuples(
    st.sampled_from(
        ["Accept-Language", "Cookie", "Idempotency-Key", "Origin", "Accept", "X-Forwarded-For", "Range",
         "If-None-Match", "Accept-Encoding", "X-Http-Method-Override", "Sec-Fetch-Site", "Accept-Charset"]
    ),
    st.one_of(
        st.sampled_from(["", "x" * 5_000, "en;q=nan", "*;q=9e999,zh;q=", "session=x; lang=zz; flash=done", "é", ";;=;",
                         "same-origin", "cross-site", "gzip;q=x", "bytes=0-", "http://[", "null"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    ),
)  # fmt: skip
odd_headers = st.lists(odd_header, max_size=3).map(dict)


@pytest.fixture(scope="module")
def ids(live: LivePortal, tokens: Tokens) -> dict[str, list[str]]:
    """Real values for the parameters of paths."""
    owner = Client(live.url, tokens["owner"])
    issues = [issue["id"] for issue in owner.call("list", "GET", "/api/v1/issues").json["items"]]
    begun = {"content_type": "image/jpeg", "size_bytes": 10}
    photo = owner.call("photo", "POST", "/api/v1/photos", begun, expect=(201,)).json["photo_id"]
    owner.close()
    found = {"issue_id": issues, "photo_id": [photo], "community_id": ["maple"], "name": ["portal.css"]}
    return {**found, "draft_id": [], "version": ["1"]}


def route_named(name: str) -> Route:
    return next(route for route in ROUTES if f"{route.method} {route.path}" == name)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("name", ROUTE_NAMES)
def test_every_route_answers_whatever_is_sent(
    name: str, live: LivePortal, tokens: Tokens, ids: dict[str, list[str]]
) -> None:
    route = route_named(name)
    people = ["nobody"] if route.path in ENDING else ["owner", "manager", "technician", "nobody"]
    parameters = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]

    places = [
        st.one_of(st.sampled_from(known), texts) if (known := ids.get(n)) else texts for n in parameters
    ]
    fitting = "application/json" if route.kind == "api" else TYPES[0]
    kinds = st.one_of(st.just(fitting), st.sampled_from(TYPES))

    @given(st.tuples(*places), st.sampled_from(people), fields, bodies, odd_headers, kinds)
    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def attempt(
        place: tuple[str, ...],
        who: str,
        query: list[tuple[str, str]],
        body: bytes,
        headers: dict[str, str],
        kind: str,
    ) -> None:
        path = route.path
        for parameter, value in zip(parameters, place, strict=True):
            path = path.replace(f"{{{parameter}}}", quote(value, safe="", errors="surrogatepass"))
        target = path + (f"?{form(query).decode()}" if query else "")
        given_headers = {**headers, "Content-Type": kind}
        if tokens[who]:
            given_headers["Authorization"] = f"Bearer {tokens[who]}"
        reply = send(live.url, request(route.method, target, given_headers, body))
        assert fits(reply, route.path), (reply, target[:300], who, body[:300], given_headers)

    attempt()


@pytest.mark.parametrize(
    "method", ["OPTIONS", "PATCH", "DELETE", "PUT", "TRACE", "CONNECT", "BREW", "get", "HEAD"]
)
def test_odd_methods_are_answered_on_every_path(method: str, live: LivePortal) -> None:
    for path in sorted({route.path for route in ROUTES} - ENDING):
        reply = send(live.url, request(method, path.replace("{", "").replace("}", ""), {}))
        assert 0 < reply.status < 500 or (method == "CONNECT" and reply.status < 500), (path, reply)


@given(target=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), min_size=1, max_size=40))
@example(target="%")
@example(target="%zz/%")
@example(target="%ED%A0%80")
@example(target="api/v1/%00")
@example(target="api/v1/issues/%2F..%2F..")
@example(target="/".join(["x"] * 2_000))
@example(target="static/x/..%2f..%2fapp.py")
@example(target="portal-media/%2e%2e/keys.json")
@example(target="dev/../x")
@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_any_address_is_answered(live: LivePortal, target: str) -> None:
    for start in ("/", "", "http://["):
        reply = send(live.url, request("GET", start + target, {}))
        assert reply.status < 500, (start + target, reply)
        assert reply.status or start != "/"


CHUNKED = (
    b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
)


@pytest.mark.parametrize("path", ["/api/v1/auth/code", "/login", "/portal-media", "/nowhere"])
@pytest.mark.parametrize(
    "body",
    [
        b'5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
        b"zz\r\nx\r\n0\r\n\r\n",
        b"-1\r\nx\r\n0\r\n\r\n",
        b"ffffffffffffffff\r\nx\r\n0\r\n\r\n",
        b"a00001\r\n" + b"x" * 0xA00001 + b"\r\n0\r\n\r\n",
    ],
    ids=["well-formed", "no number", "negative", "endless", "over 10 MB"],
)
def test_chunked_bodies_are_answered(live: LivePortal, path: str, body: bytes) -> None:
    reply = send(live.url, CHUNKED % path.encode() + body)
    assert fits(reply, path) or reply.status == 0, reply  # an endless one is just cut off


@pytest.mark.parametrize("path", ["/api/v1/auth/code", "/api/v1/issues", "/login", "/desk/import"])
@pytest.mark.parametrize("kind", TYPES[:4])
def test_ten_megabytes_are_too_large_for_a_form_and_no_json(
    live: LivePortal, tokens: Tokens, path: str, kind: str
) -> None:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {tokens['manager']}"}
    reply = send(live.url, request("POST", path, headers, b"a" * 10_000_000))
    assert fits(reply, path)
    assert reply.status in (400, 413, 415, 422)
    more = send(live.url, request("POST", path, headers, b"a" * (10 * 1024 * 1024 + 1)))
    assert more.status == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\n\r\n", b"GET /\r\n\r\n", b"\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: a=\x00; session=\xff\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xc3\xa9.\xff\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost: x\r\nA: b\r\n folded: c\r\n\r\n",
        b"POST /portal-media HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
    ],
)  # fmt: skip
def test_broken_requests_are_answered(live: LivePortal, raw: bytes) -> None:
    assert send(live.url, raw).status < 500  # 0: the connection was closed
