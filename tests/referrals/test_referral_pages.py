"""The pages and the API of invitations as people meet them, without a script; and as people do who mean no good."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.conditions import Key
from chalicelib.issues import timers
from chalicelib.portal import Portal
from chalicelib.referrals import picture, store
from chalicelib.referrals.policy import CONSENT
from tests.browser import Browser, Page
from tests.factories import PHONES, People
from tests.referrals.worlds import STRANGERS


@pytest.fixture
def code(caller: Any) -> str:
    found: str = caller("owner").api("GET", "/referral").json["code"]
    return found


def _form(page: Page, **changes: str) -> dict[str, str]:
    given = {"phone": STRANGERS[0], "consent": page.value("consent"), "key": page.value("key")}
    return {**given, **changes}


def _tick(site: Portal) -> None:
    timers.run_due(site, datetime.now(UTC) + timedelta(seconds=1))


def test_a_program_that_shows_old_words_is_told_so_and_none_are_noted_that_were_not_shown(
    caller: Any, site: Portal, people: People
) -> None:
    code = caller("owner").api("GET", "/referral").json["code"]
    path = f"/referrals/{code}/claims"
    old = Browser().api("POST", path, {"phone": STRANGERS[0], "consent": "2020-01-01"})
    assert (old.status, old.json["errors"][0]["field"]) == (422, "consent")
    for phone, consent in ((STRANGERS[1], None), (STRANGERS[2], CONSENT)):
        more = {"consent": consent} if consent else {}
        assert Browser().api("POST", path, {"phone": phone, **more}).status == 202
        (one,) = store.left_with(site.db, accounts.phone_hash(site.keys, phone))
        kept = store.get(site.db, one)
        assert kept
        assert kept.consent == consent


def test_an_owners_api_is_as_promised(caller: Any, code: str) -> None:
    own = caller("owner").api("GET", "/referral")
    assert own.json == {
        "code": code, "url": f"http://portal.example/r/{code}", "qr_url": f"http://portal.example/r/{code}/qr.svg",
        "registered": 0, "qualified": 0, "rewarded": 0,
    }  # fmt: skip
    for phone in (STRANGERS[0], STRANGERS[0], PHONES["owner"]):
        answer = Browser().api("POST", f"/referrals/{code}/claims", {"phone": phone})
        assert (answer.status, answer.json) == (202, {"status": "received", "keep_days": 30})
    assert caller("owner").api("GET", "/referral").json["registered"] == 2
    assert caller("clerk").api("GET", "/referral").status == 403
    told = Browser().api("GET", f"/referrals/{code}").json
    assert (told["inviter"], told["points"], told["keep_days"]) == ("王*", 100, 30)
    assert told["consent_text"]


def test_a_number_is_left_on_the_page_and_taken_back_from_the_same_device(
    site: Portal, caller: Any, code: str
) -> None:
    guest = Browser()
    page = guest.get(f"/r/{code}")
    assert "撤回我的号码" not in page.text
    done = guest.post(f"/r/{code}", _form(page), follow=True)
    assert (done.status, done.url.endswith("?sent=1")) == (200, True)
    assert "号码已收到" in done.text
    assert "撤回我的号码" in guest.get(f"/r/{code}").text
    assert caller("owner").api("GET", "/referral").json["registered"] == 1
    back = guest.post(f"/r/{code}/take-back", {}, follow=True)
    assert "一分钟内就会删除" in back.text
    _tick(site)
    hashed = accounts.phone_hash(site.keys, STRANGERS[0])
    assert site.db.query_all(Key("PK").eq(f"PHONE#{hashed}")) == []
    assert "guest" not in guest.cookies


def test_a_double_tap_is_one_and_leaves_the_way_back_open(site: Portal, caller: Any, code: str) -> None:
    guest = Browser()
    form = _form(guest.get(f"/r/{code}"))
    for _ in range(2):
        guest.cookies.pop("guest", None)  # both were on their way before either was answered
        assert guest.post(f"/r/{code}", form).status == 303
    assert caller("owner").api("GET", "/referral").json["registered"] == 1
    guest.post(f"/r/{code}/take-back", {})
    _tick(site)
    hashed = accounts.phone_hash(site.keys, STRANGERS[0])
    assert site.db.query_all(Key("PK").eq(f"PHONE#{hashed}")) == []


def test_somebody_elses_number_cannot_be_taken_back_by_leaving_it_again(site: Portal, code: str) -> None:
    Browser().api("POST", f"/referrals/{code}/claims", {"phone": STRANGERS[0]})
    rival = Browser()
    rival.post(f"/r/{code}", _form(rival.get(f"/r/{code}")))
    rival.post(f"/r/{code}/take-back", {})
    _tick(site)
    hashed = accounts.phone_hash(site.keys, STRANGERS[0])
    assert len(site.db.query_all(Key("PK").eq(f"PHONE#{hashed}"))) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"consent": ""}, "consent"),
        ({"consent": "x"}, "consent"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    site: Portal, code: str, changes: dict[str, str], field: str
) -> None:
    guest = Browser()
    page = guest.get(f"/r/{code}")
    wrong = guest.post(f"/r/{code}", _form(page, **changes))
    assert wrong.status == 422
    assert f'href="#f-{field}"' in wrong.text
    assert f'id="f-{field}-why"' in wrong.text
    assert wrong.value("key") == page.value("key")
    if field == "consent":
        assert f'value="{STRANGERS[0]}"' in wrong.text
    assert guest.cookies == {}


def test_all_that_is_wrong_is_said_at_once(site: Portal, code: str) -> None:
    guest = Browser()
    wrong = guest.post(f"/r/{code}", _form(guest.get(f"/r/{code}"), phone="12", consent=""))
    assert {'href="#f-phone"', 'href="#f-consent"'} <= set(re.findall(r'href="#f-\w+"', wrong.text))


def test_the_owners_page_has_all_that_one_sends_along(signed_in: Any, code: str) -> None:
    page = signed_in("owner").get("/refer?lang=en")
    link = f"http://portal.example/r/{code}"
    assert f'value="{link}"' in page.text
    assert f'data-share="{link}"' in page.text
    assert f"/r/{code}/qr.svg" in page.text
    assert "you get 300 points, and they get 100" in page.text
    assert re.search(rf"<textarea[^>]*readonly>\n[^<]*{link}</textarea>", page.text)
    assert signed_in("clerk").get("/refer").status == 200
    assert "/qr.svg" not in signed_in("clerk").get("/refer").text


def test_a_new_link_takes_the_old_ones_place_and_a_second_tap_changes_nothing(
    signed_in: Any, caller: Any, code: str
) -> None:
    owner = signed_in("owner")
    assert owner.post("/refer/renew", {"code": code}).status == 303
    new = caller("owner").api("GET", "/referral").json["code"]
    assert owner.post("/refer/renew", {"code": code}).status == 303
    assert caller("owner").api("GET", "/referral").json["code"] == new != code
    key = {"code": new}
    first = caller("owner").api("POST", "/referral/renew", key, key="renew-key-1")
    Browser().api("POST", f"/referrals/{first.json['code']}/claims", {"phone": STRANGERS[0]})
    assert caller("owner").api("POST", "/referral/renew", key, key="renew-key-1").json == first.json
    stale = caller("owner").api("POST", "/referral/renew", key)
    assert (stale.status, stale.json["code"]) == (409, "version_conflict")


def test_the_qr_code_is_a_picture_that_any_caller_gets(site: Portal, code: str) -> None:
    for accepted in ({}, {"Accept": "*/*"}, {"Accept": "image/avif,image/webp,*/*"}):
        page = Browser(headers=accepted).get(f"/r/{code}/qr.svg")
        assert (page.status, page.headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
        assert page.text.startswith("<?xml")
        assert "<script" not in page.text
    assert Browser().get("/r/zzzzzzzzzz/qr.svg").status == 200, "drawn of any code: it tells of none"
    assert Browser().get("/r/no-code/qr.svg").status == 404


def test_the_picture_of_a_shared_link_is_there_for_whoever_fetches_previews(site: Portal) -> None:
    import httpx

    picture._stored.cache_clear()
    page = Browser().get("/share.png")
    assert page.status == 303
    key = re.search(r"share/[0-9a-f]{16}\.png", page.headers["location"])
    assert key
    sent = httpx.get(site.storage.signed_url(key[0], now=datetime.now(UTC)))
    assert (sent.status_code, sent.headers["content-type"]) == (200, "image/png")
    assert sent.content.startswith(b"\x89PNG")


def test_a_manager_decides_on_a_page_and_the_slower_one_sees_what_was_decided(
    site: Portal, people: People, signed_in: Any, code: str
) -> None:
    Browser().api("POST", f"/referrals/{code}/claims", {"phone": PHONES["neighbour"]})
    _tick(site)
    manager = signed_in("manager")
    listed = manager.get("/desk/referrals?lang=en")
    assert "The number already belonged to somebody here" in listed.text
    path = re.search(r"/desk/referrals/[0-9A-Z]{26}", listed.text)
    assert path
    page = manager.get(path[0])
    form = {"version": page.value("version"), "key": page.value("key")}
    nothing = manager.post(path[0], form)
    assert nothing.status == 422
    assert {'href="#f-decision"', 'href="#f-reason"'} <= set(re.findall(r'href="#f-\w+"', nothing.text))
    done = manager.post(path[0], {**form, "decision": "void", "reason": "自己人"}, follow=True)
    assert "Voided: nobody gets points for it." in done.text
    again = manager.post(path[0], {**form, "decision": "void", "reason": "自己人"})
    assert again.status == 303, "a second tap is the first one's answer"
    late = manager.post(path[0], {**form, "key": "other-key-1", "decision": "release", "reason": "没问题"})
    assert (late.status, "自己人" in late.text) == (409, True)


def test_a_manager_forgets_a_number_that_somebody_calls_about(
    site: Portal, people: People, signed_in: Any, code: str
) -> None:
    Browser().api("POST", f"/referrals/{code}/claims", {"phone": STRANGERS[0]})
    manager = signed_in("manager")
    answers = [
        manager.post("/desk/referrals", {"community_id": "maple", "phone": phone}, follow=True)
        for phone in (STRANGERS[0], STRANGERS[1])
    ]
    assert [page.status for page in answers] == [200, 200]
    assert all("一分钟内会忘掉" in page.text for page in answers)
    _tick(site)
    hashed = accounts.phone_hash(site.keys, STRANGERS[0])
    assert site.db.query_all(Key("PK").eq(f"PHONE#{hashed}")) == []
    assert manager.post("/desk/referrals", {"community_id": "maple", "phone": "x"}).status == 422
    trail = site.db.query_all(f"AUDIT#maple#{datetime.now(UTC):%Y-%m-%d}")
    assert [row["subject"] for row in trail if row["action"] == "referral_forgotten"] == ["number", "number"]


_HOSTILE = [
    "", "\x00", "'; DROP TABLE",
    "<script>alert(1)</script>", "+" * 5000, "１３８００００００００１", "a" * 100_000, "\ufffd",
    "+8613800000001\r\nSet-Cookie: x=1",
]  # fmt: skip


def test_whatever_is_sent_is_refused_or_taken_but_never_a_failure(site: Portal, code: str) -> None:
    for bad in _HOSTILE:
        guest = Browser()
        form = _form(guest.get(f"/r/{code}"))
        for fields in ({"phone": bad}, {"key": bad}, {"consent": bad}, {bad: bad}):
            sent = guest.post(f"/r/{code}", {**form, **fields})
            assert sent.status in (303, 422)
            assert "<script>alert" not in sent.text
        guest.cookies["guest"] = re.sub(r"[^\x21-\x7e]", "", bad)[:3000] or "x"
        assert guest.get(f"/r/{code}").status == 200
        assert guest.post(f"/r/{code}/take-back", {}).status == 303
        bodies: list[Any] = [{"phone": bad}, {"phone": None}, {"phone": [bad]}, {}, []]
        for body in [*bodies, {"phone": STRANGERS[0], "consent": bad}]:
            assert guest.api("POST", f"/referrals/{code}/claims", body).status in (202, 422)


def test_a_cookie_of_another_place_opens_nothing(site: Portal, code: str) -> None:
    """A sealed text that was made for something else, and one cut short."""
    for forged in (
        site.keys.seal("01K00000000000000000000000.x", "cursor|a|b"),
        site.keys.seal("x", "guest")[:-3],
    ):
        guest = Browser(cookies={"guest": forged})
        assert "撤回我的号码" not in guest.get(f"/r/{code}").text
