"""Nobody learns from invitations whether a number is known, nor whose name is behind one: not by words, headers,
status, the number of round trips, the length of what is written, logs, or what an inviter sees."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import logs
from chalicelib.portal import Portal
from chalicelib.referrals import codes
from tests.browser import Browser, Page
from tests.factories import PHONES, People
from tests.recording import RecordingClient
from tests.referrals.worlds import STRANGERS

#: Numbers of every kind, by how they stand to the owner whose code it is.
KINDS = {
    "unknown": STRANGERS[0],
    "known": PHONES["cedar_owner"],
    "staff": PHONES["technician"],
    "own": PHONES["owner"],
    "household": STRANGERS[1],
    "left with another": STRANGERS[2],
    "left before": STRANGERS[3],
}
NAMES = ("王秀英", "张建国", "Emma", "王师傅", "Clarke")


@pytest.fixture
def code(site: Portal, people: People) -> str:
    """The owner's code; two numbers were left already, with this one and with the neighbour's."""
    now = datetime.now(UTC)
    own = codes.own(site, people.owner, now).code
    other = codes.own(site, people.neighbour, now).code
    for phone, where in ((KINDS["left with another"], other), (KINDS["left before"], own)):
        assert _claim(where, phone).status == 202
    return own


def _claim(code: str, phone: str, **headers: str) -> Page:
    browser = Browser(address=f"203.0.113.{len(phone)}")
    return browser.api("POST", f"/referrals/{code}/claims", {"phone": phone}, **headers)


def _leave(code: str, phone: str) -> Page:
    browser = Browser(address="203.0.113.9")
    consent = re.search(r'name="consent" value="([^"]+)"', browser.get(f"/r/{code}").text)
    assert consent
    fields = {"phone": phone, "consent": consent[1], "key": "form-key-1"}
    return browser.post(f"/r/{code}", fields)


def _shape(page: Page) -> Any:
    """All of an answer but what is different each time whoever asks: the request's id, and in a sealed cookie all but
    its length."""
    headers = {
        name: value for name, value in page.headers.items() if name not in ("x-request-id", "set-cookie")
    }
    cookies = [re.sub(r"=[^;]*", lambda m: f"={len(m[0])}", line, count=1) for line in page.cookies]
    text = page.text.replace(page.headers["x-request-id"], "")
    return page.status, headers, cookies, re.sub(r'value="[0-9A-Z]{26}"', "", text)


class Wire:
    """What is asked of the table: each call with the kinds of keys, and of transactions how many writes."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __call__(self, operation: str, request: Any) -> None:
        parts = request.get("TransactItems", [])
        batch = [len(wanted["Keys"]) for wanted in request.get("RequestItems", {}).values()]
        self.calls.append((operation, len(parts), batch))


@pytest.mark.parametrize("way", [_claim, _leave], ids=["api", "page"])
def test_every_number_gets_the_same_answer_by_the_same_way(
    site: Portal, engine_client: RecordingClient, code: str, way: Any
) -> None:
    answers, trips = {}, {}
    for kind, phone in KINDS.items():
        wire = Wire()
        with engine_client.failing(wire):
            page = way(code, phone)
        answers[kind], trips[kind] = _shape(page), wire.calls
        assert page.status in (202, 303), page.text
    assert all(answer == answers["unknown"] for answer in answers.values()), answers
    assert all(trip == trips["unknown"] for trip in trips.values()), trips
    assert [call[0] for call in trips["unknown"]][-2:] == ["batch_get_item", "transact_write_items"]


def test_the_page_after_it_and_taking_it_back_are_the_same_too(site: Portal, code: str) -> None:
    found = {}
    for kind, phone in KINDS.items():
        browser = Browser(address="203.0.113.7")
        page = browser.get(f"/r/{code}")
        fields = {"phone": phone, "consent": page.value("consent"), "key": page.value("key")}
        sent = browser.post(f"/r/{code}", fields, follow=True)
        site.db.calls.clear()
        back = browser.post(f"/r/{code}/take-back", {})
        found[kind] = (_shape(sent), _shape(back), list(site.db.calls))
    assert all(one == found["unknown"] for one in found.values())
    assert found["unknown"][2] == ["transact_write_items"]


def test_an_inviter_sees_the_same_of_every_number(site: Portal, people: People, code: str) -> None:
    """However long they wait before they look: the clock has judged them all meanwhile."""
    from chalicelib.issues import timers

    owner = Browser(token=people.token("owner"))
    seen = {}
    for kind, phone in KINDS.items():
        if kind == "left before":
            continue
        before = owner.api("GET", "/referral").json
        assert _claim(code, phone).status == 202
        after = owner.api("GET", "/referral").json
        seen[kind] = {name: after[name] - before[name] for name in ("registered", "qualified", "rewarded")}
    assert all(one == {"registered": 1, "qualified": 0, "rewarded": 0} for one in seen.values()), seen
    now = datetime.now(UTC)
    for later in (timedelta(), timedelta(days=1), timedelta(days=29)):
        timers.run_due(site, now + later)
        items = owner.api("GET", "/referrals").json["items"]
        assert {(one["state"], one["reward_at"]) for one in items} == {("waiting", None)}
        assert {tuple(sorted(one)) for one in items} == {("at", "id", "reward_at", "state")}
    timers.run_due(site, now + timedelta(days=30, minutes=5))
    assert {one["state"] for one in owner.api("GET", "/referrals").json["items"]} == {"waiting"}, (
        "by today's clock"
    )


def test_no_page_of_invitations_says_a_name_or_a_number(site: Portal, people: People, code: str) -> None:
    from chalicelib.issues import timers

    for phone in KINDS.values():
        _claim(code, phone)
    timers.run_due(site, datetime.now(UTC) + timedelta(minutes=1))
    owner, manager = Browser(cookies={"session": people.token("owner")}), people.token("manager")
    desk, api = Browser(cookies={"session": manager}), Browser(token=manager)
    waiting = api.api("GET", "/desk/referrals").json["items"]
    assert len(waiting) >= 3
    pages = [
        Browser().get(f"/r/{code}"),
        Browser().get(f"/r/{code}?sent=1"),
        Browser().get(f"/r/{code}/qr.svg"),
        Browser().api("GET", f"/referrals/{code}"),
        owner.get("/refer"),
        Browser(token=people.token("owner")).api("GET", "/referrals"),
        desk.get("/desk/referrals"),
        *(desk.get(f"/desk/referrals/{one['id']}") for one in waiting),
        api.api("GET", "/desk/referrals"),
    ]
    digits = [phone.removeprefix("+86") for phone in (*PHONES.values(), *KINDS.values())]
    for page in pages:
        assert page.status == 200, page.url
        text = page.text + str(page.headers)
        assert not [name for name in NAMES if name in text], page.url
        assert not [number for number in digits if number in text], page.url
        assert not re.search(r"1\d\d\*{4}\d{4}", text), "not even a masked number"
    assert "王*" in pages[0].text


def test_what_goes_with_a_shared_link_names_the_inviter_in_masked_form_only(site: Portal, code: str) -> None:
    page = Browser().get(f"/r/{code}", follow=False, **{"Accept-Language": "zh-CN"})
    tags = dict(re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]*)">', page.text))
    assert tags["title"] == "王* 邀请您 · 安和物业"
    assert tags["url"] == f"http://portal.example/r/{code}"
    assert tags["image"] == "http://portal.example/share.png"
    assert (tags["locale"], tags["type"], tags["site_name"]) == ("zh_CN", "website", "安和物业")
    assert tags["description"]
    assert '<meta name="robots" content="noindex">' in page.text


def test_logs_say_neither_numbers_nor_codes_nor_what_we_know(
    site: Portal, people: People, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logs._JsonLines().format(record))

    monkeypatch.setattr(logs.logger, "handlers", [Lines()])
    from chalicelib.issues import timers

    told = {}
    for kind in ("unknown", "known", "own"):
        lines.clear()
        _claim(code, KINDS[kind])
        _leave(code, KINDS[kind])
        told[kind] = [re.sub(r'"(request_id|ms)": [^,}]+', "", line) for line in lines]
    assert told["unknown"] == told["known"] == told["own"]
    timers.run_due(site, datetime.now(UTC) + timedelta(minutes=1))
    everything = "\n".join(lines)
    assert code not in everything
    assert not re.search(r"1[38]\d{9}|known|own_phone|flagged|王", everything)


def test_a_code_that_was_never_given_and_one_that_was_renewed_are_not_there(
    site: Portal, people: People, code: str
) -> None:
    owner = Browser(token=people.token("owner"))
    assert owner.api("POST", "/referral/renew", {"code": code}).status == 200
    for dead in (code, "a" * 10, "x", "%00", "..%2F..", "王秀英", "a" * 5000):
        assert Browser().get(f"/r/{dead}").status == 404
        assert Browser().api("GET", f"/referrals/{dead}").status == 404
        assert _claim(dead, STRANGERS[0]).status == 404
        assert _leave_anyway(dead).status == 404


def _leave_anyway(code: str) -> Page:
    from chalicelib.referrals.policy import CONSENT

    return Browser().post(f"/r/{code}", {"phone": STRANGERS[0], "consent": CONSENT})
