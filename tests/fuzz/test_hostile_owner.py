"""Somebody who is signed in and means harm: other people's photos, scripts in every text, the store's back door."""

import base64
import io
import json
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from bench.live import LivePortal
from tests.fuzz.wire import request, send
from tests.plain import NO_TLS

Tokens = dict[str, str | None]
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"


class _Strangers(HTMLParser):
    """Looks for what our pages never have: scripts without an address, events on elements, `javascript:`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        runs = (tag == "script" and "src" not in names) or any(name.startswith("on") for name in names)
        leads = [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]
        if runs or any(value.strip().lower().startswith("javascript:") for value in leads):
            self.found.append(str(self.get_starttag_text()))


def strangers(page: str) -> list[str]:
    """What in a page could run that is not ours."""
    parser = _Strangers()
    parser.feed(page)
    return parser.found


@pytest.fixture
def people(live: LivePortal, tokens: Tokens) -> Iterator[dict[str, httpx.Client]]:
    found = {
        who: httpx.Client(
            base_url=live.url,
            timeout=30,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            verify=NO_TLS,
        )
        for who, token in tokens.items()
    }
    yield found
    for client in found.values():
        client.close()


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(out, "JPEG")
    return out.getvalue()


def begin(owner: httpx.Client, size: int) -> dict[str, Any]:
    body = {"content_type": "image/jpeg", "size_bytes": size}
    started: dict[str, Any] = owner.post("/api/v1/photos", json=body).json()
    return started


def upload(started: dict[str, Any], data: bytes, **changes: str) -> int:
    fields = started["upload"]["fields"] | changes
    return httpx.post(
        started["upload"]["url"], data=fields, files={"file": ("a.jpg", data)}, verify=NO_TLS
    ).status_code


def test_a_form_takes_only_what_it_was_signed_for(people: dict[str, httpx.Client]) -> None:
    data = jpeg()
    started = begin(people["owner"], len(data))
    assert upload(started, data + b"x") == 400
    assert upload(started, data[:-1]) == 400
    policy = json.loads(base64.b64decode(started["upload"]["fields"]["policy"]))
    policy["expiration"] = "2099-01-01T00:00:00Z"
    later = base64.b64encode(json.dumps(policy).encode()).decode()
    changes = [
        {"key": "uploads/other"},
        {"key": "photos/x/full.webp"},
        {"Content-Type": "text/html"},
        {"acl": "public-read"},
        {"success_action_redirect": "http://evil.example"},
        {"x-amz-signature": "0" * 64},
        {"policy": later},
    ]
    for change in changes:
        assert upload(started, data, **change) == 403, change
    unsigned = {"key": "uploads/x", "Content-Type": "image/jpeg"}
    assert httpx.post(started["upload"]["url"], data=unsigned, files={"file": data}).status_code in (400, 403)


@pytest.fixture
def ready(people: dict[str, httpx.Client]) -> dict[str, Any]:
    """An owner's photo that has been taken in."""
    data = jpeg()
    started = begin(people["owner"], len(data))
    assert upload(started, data) == 204
    end = time.monotonic() + 20
    while time.monotonic() < end:
        photo: dict[str, Any] = people["owner"].get(f"/api/v1/photos/{started['photo_id']}").json()
        if photo["status"] == "ready":
            return photo
        time.sleep(0.1)
    pytest.fail("the photo was not taken in")


def test_a_photo_is_its_senders_alone(people: dict[str, httpx.Client], ready: dict[str, Any]) -> None:
    path = f"/api/v1/photos/{ready['id']}"
    for who in set(people) - {"owner", "nobody"}:
        assert people[who].get(path).status_code == 404, who
        assert people[who].delete(path).status_code == 404, who
        assert people[who].get(f"/photos/{ready['id']}/upload").status_code == 404, who
    body = {"unit_id": "maple-1-102", "category_id": "noise", "description": "x", "photo_ids": [ready["id"]]}
    assert people["neighbour"].post("/api/v1/issues", json=body).status_code == 422
    people["neighbour"].post(f"/photos/{ready['id']}/remove")
    assert people["owner"].get(path).json()["status"] == "ready"


def test_a_signed_link_opens_one_picture_and_nothing_else(live: LivePortal, ready: dict[str, Any]) -> None:
    link = ready["urls"]["thumb"]
    assert httpx.get(link, verify=NO_TLS).status_code == 200
    refused = [
        link.replace("thumb.webp", "full.webp"),
        link.replace("X-Amz-Expires=1800", "X-Amz-Expires=604800"),
        f"{link}&response-content-type=text/html",
        f"{link}&X-Amz-Expires=9",
        link.split("?")[0],
        f"{live.url}/portal-media",
        f"{live.url}/portal-media/",
        f"{live.url}/portal-media?list-type=2",
        f"{live.url}/portal-media?{link.split('?')[1]}",
    ]
    for address in refused:
        assert httpx.get(address, verify=NO_TLS).status_code in (403, 404), address
    for method in ("PUT", "DELETE", "POST", "PATCH"):
        assert httpx.request(method, link, content=b"x", verify=NO_TLS).status_code in (403, 404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/portal-media/../keys.json", "/portal-media/..%2f..%2fkeys.json", "/portal-media//photos",
        "/portal-media/photos/../../keys.json", "/static/x/..%2f..%2fapp.py", "/static/x/../../app.py",
        "/static/x/app.py", "/static/x/%2e%2e", "/dev/../keys/data.key", "/dev/outbox/..%2f..%2fkeys.json",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_its_folder(live: LivePortal, ready: dict[str, Any], path: str) -> None:
    query = urlsplit(ready["urls"]["thumb"]).query
    for target in (path, f"{path}?{query}"):
        assert send(live.url, request("GET", target, {})).status in (403, 404)


def pages_of(issue_id: str) -> dict[str, list[str]]:
    owner = ["/", "/issues", f"/issues/{issue_id}", f"/issues/{issue_id}?message=1", "/inbox", "/me"]
    desk = ["/desk", "/desk/board", f"/desk/issues/{issue_id}", "/inbox"]
    return {
        "owner": [*owner, "/issues/new", "/issues/new?category=plumbing"],
        "manager": [*desk, "/desk/import"],
    }


def test_a_script_in_a_page_would_be_found() -> None:
    assert strangers(f"<p>{SCRIPT}</p>") == ["<script>", "<img src=x onerror=alert(2)>"]
    assert strangers('<a href=" javascript:alert(1)">') == ['<a href=" javascript:alert(1)">']
    assert strangers('<script src="/static/x/portal.js"></script><p title="<script>">') == []


def test_no_text_of_anybodys_runs_as_a_script(people: dict[str, httpx.Client]) -> None:
    owner, manager = people["owner"], people["manager"]
    rows = io.StringIO()
    rows.write("community_id,building,unit,unit_id,name,phone,role\n")
    quoted = SCRIPT.replace('"', '""')[:30]
    rows.write(f'maple,"{quoted[:20]}","{quoted}",maple-x-1,"{quoted}",+8613800000001,owner\n')
    rows.write(f'maple,,,,"{quoted}",+8613700000998,technician\n')
    sent = manager.post("/api/v1/desk/import", content=rows.getvalue(), headers={"Content-Type": "text/csv"})
    assert sent.json()["errors"] == 0, sent.text
    body = {"unit_id": "maple-x-1", "category_id": "plumbing", "description": SCRIPT, "location": SCRIPT}
    issue_id = owner.post("/api/v1/issues", json=body).json()["id"]
    owner.post(f"/api/v1/issues/{issue_id}/messages", json={"text": SCRIPT})
    for internal in (True, False):
        note = {"text": SCRIPT, "internal": internal}
        manager.post(f"/api/v1/desk/issues/{issue_id}/messages", json=note)
    step = {"to": "rejected", "version": 1, "note": SCRIPT}
    assert manager.post(f"/api/v1/desk/issues/{issue_id}/transition", json=step).status_code == 200
    for who, paths in pages_of(issue_id).items():
        for path in paths:
            shown = people[who].get(path, follow_redirects=True)
            assert shown.status_code == 200, path
            assert strangers(shown.text) == [], path
    assert strangers(manager.post(f"/desk/issues/{issue_id}/contact").text) == []


@pytest.mark.parametrize("path", ["/login", "/issues/new", "/nowhere", "/photos", "/desk/import"])
def test_what_a_page_gives_back_does_not_run(people: dict[str, httpx.Client], path: str) -> None:
    form = {
        "phone": SCRIPT,
        "next": SCRIPT,
        "code": SCRIPT,
        "step": "code",
        SCRIPT: SCRIPT,
        f"resume.{SCRIPT}": "x",
    }
    for who in ("nobody", "owner", "manager"):
        assert strangers(people[who].post(path, data=form).text) == []
        assert strangers(people[who].get(path, params=form).text) == []


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y",
     "///evil.example", "http:evil.example", " //evil.example", "/\t/evil.example", "?x"],
)  # fmt: skip
def test_no_way_leads_to_another_site(people: dict[str, httpx.Client], address: str) -> None:
    owner = people["owner"]
    signed_in = owner.get("/login", params={"next": address})
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
    removed = owner.post("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV/remove", data={"back": address})
    assert (removed.status_code, removed.headers["location"]) == (303, "/")
