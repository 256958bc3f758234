"""What no log line and no address holds, and how long a session is one."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import logs
from chalicelib.accounts.store import session_key
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.portal import Portal
from tests.browser import Browser, Page
from tests.factories import PHONES, People


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(logs._JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


PRIVATE = (
    "13800000001",
    "王秀英",
    "王师傅",
    "13900000002",
    "秘密的描述",
    "秘密的留言",
    "秘密的原因",
    "秘密的评语",
)


def test_the_whole_story_leaves_nothing_personal_in_logs_or_addresses(
    site: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = _Lines()
    monkeypatch.setattr(logs.logger, "handlers", [handler])
    addresses: list[str] = []
    whole = Browser.send

    def send(self: Browser, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        page = whole(self, method, path, body, headers)
        addresses.extend([path, page.headers.get("location", "")])
        return page

    monkeypatch.setattr(Browser, "send", send)
    _tell_the_story(site, people)
    assert len(handler.lines) > 15
    for text in (*handler.lines, *addresses):
        assert not [secret for secret in PRIVATE if secret in text]
    assert all(json.loads(line)["event"] for line in handler.lines)


def _tell_the_story(site: Portal, people: People) -> None:
    owner, staff = _signed_in(site, "owner"), _signed_in(site, "technician")
    clerk = Browser(token=people.token("clerk"))
    typed = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "秘密的描述"}
    owner.post("/issues/new", typed, follow=True)
    made = owner.api("POST", "/issues", typed, **{"Sec-Fetch-Site": "same-origin"}).json
    path = f"/issues/{made['id']}"
    clerk.api("POST", f"/desk{path}/contact")
    clerk.api("POST", f"/desk{path}/transition", {"to": "acknowledged", "version": 1})
    staff.post(f"/desk{path}/claim", {"version": 2})
    staff.post(f"/desk{path}/message", {"text": "秘密的留言"})
    staff.post(f"/desk{path}/transition", {"to": "in_progress", "version": 3})
    staff.post(f"/desk{path}/transition", {"to": "resolved", "version": 4, "note": "秘密的原因"})
    assert owner.post(f"{path}/confirm", {"version": 5}).status == 303
    marks = {"professionalism": 5, "attitude": 5, "efficiency": 5, "comment": "秘密的评语"}
    assert owner.post(f"{path}/rating", marks).status == 303
    _complain(owner, people)
    owner.post("/login", {"phone": "王秀英 13800000001"})
    owner.api("POST", "/issues", {**typed, "unit_id": "王秀英"}, **{"Sec-Fetch-Site": "same-origin"})
    assert owner.get(path).status == 200


def _complain(owner: Browser, people: People) -> None:
    typed = {"kind": "complaint", "category": "service", "content": "秘密的描述", "unit_id": "maple-1-101"}
    owner.post("/feedback/new", typed, follow=True)
    made = owner.api("POST", "/complaints", typed, **{"Sec-Fetch-Site": "same-origin"}).json
    manager = Browser(token=people.token("manager"))
    path = f"/desk/complaints/{made['id']}"
    for number, step in enumerate(("start", "conclude", "decide"), 1):
        words = {"text": "秘密的原因", "decision": "秘密的评语"}
        assert manager.api("POST", f"{path}/step", {"step": step, "version": number, **words}).status == 200
    manager.api("POST", f"{path}/notes", {"text": "秘密的留言"})
    manager.api("POST", f"{path}/contact")
    owner.post(f"/feedback/{made['id']}/withdraw", {"version": 4, "reason": "秘密的原因"})


def _signed_in(site: Portal, name: str) -> Browser:
    browser = Browser()
    assert isinstance(site.notifier, MemoryNotifier)
    browser.post("/login", {"phone": PHONES[name], "next": "/"})
    code = site.notifier.sent[-1].code
    page = browser.post("/login", {"phone": PHONES[name], "step": "code", "code": code})
    assert page.status == 303
    return browser


def test_the_session_cookie_is_for_this_portal_and_no_script(site: Portal, people: People) -> None:
    browser = Browser()
    assert isinstance(site.notifier, MemoryNotifier)
    browser.post("/login", {"phone": PHONES["owner"]})
    code = site.notifier.sent[-1].code
    page = browser.post("/login", {"phone": PHONES["owner"], "step": "code", "code": code})
    line = next(line for line in page.cookies if line.startswith("session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={30 * 86400}"} <= set(line.split("; "))
    assert browser.post("/me/sign-out", {}).status == 303
    assert "session" not in browser.cookies


def test_a_session_that_the_table_has_not_dropped_yet_is_over_all_the_same(
    site: Portal, people: People
) -> None:
    token = people.token("owner", datetime.now(UTC) - timedelta(days=31))
    account_id, _, secret = token.partition(".")
    assert site.db.get(session_key(account_id, site.keys.hash("session", secret)))
    assert Browser(token=token).api("GET", "/me").status == 401
