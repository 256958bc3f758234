"""People choose how they are told: by page and API, each for themselves, and nothing takes over another's address."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.db import K
from chalicelib.errors import Invalid
from chalicelib.messages import choosing, reaching
from chalicelib.messages.models import ChooseMessages, Device
from chalicelib.messages.policy import MAX_DEVICES
from chalicelib.portal import Portal
from tests.factories import NOW, PHONES, People

APPLE = "https://web.push.apple.com/"


def _device(n: int = 1) -> dict[str, str]:
    return {"endpoint": f"{APPLE}{n}", "p256dh": "B" * 87, "auth": "a" * 22}


def test_until_somebody_chooses_urgent_things_come_by_text_and_the_rest_by_device(caller: Any) -> None:
    told = caller("owner").api("GET", "/me/messages").json
    assert told["channels"] == {
        "urgent": ["push", "wechat", "sms"],
        "steps": ["push", "wechat"],
        "talk": ["push", "wechat"],
        "news": ["push", "wechat"],
    }
    assert told["reachable"] == {"push": False, "wechat": False, "email": False, "sms": True}
    assert told["quiet"] == {"start": "22:00", "end": "07:00"}
    assert (told["version"], told["email"], told["push_key"]) == (0, None, None)
    assert set(caller("clerk").api("GET", "/me/messages").json["channels"]) == {"urgent", "news", "work"}


def test_a_choice_is_kept_and_what_is_left_out_stays(caller: Any) -> None:
    owner = caller("owner")
    body = {"version": 0, "channels": {"steps": ["sms", "push"]}, "quiet": {"start": "21:30", "end": "08:00"}}
    kept = owner.api("PUT", "/me/messages", body).json
    assert (kept["channels"]["steps"], kept["version"]) == (["push", "sms"], 1)
    kept = owner.api("PUT", "/me/messages", {"version": 1, "locale": "en", "channels": {"talk": []}}).json
    assert kept["channels"]["steps"] == ["push", "sms"]
    assert kept["channels"]["talk"] == []
    assert kept["quiet"] == {"start": "21:30", "end": "08:00"}
    assert owner.api("GET", "/me").json["locale"] == "en"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 5}, 409),
        ({"version": 0, "channels": {"steps": ["fax"]}}, 422),
        ({"version": 0, "channels": {"gossip": []}}, 422),
        ({"version": 0, "quiet": {"start": "24:00", "end": "07:00"}}, 422),
        ({"version": 0, "quiet": {"start": "07:00", "end": "07:00"}}, 422),
        ({"version": 0, "email": "a@b"}, 422),
        ({"version": 0, "email": "a b@example.com"}, 422),
        ({"version": 0, "email": "a@example.com\nBcc: b@example.com"}, 422),
        ({}, 422),
    ],
)
def test_what_makes_no_sense_changes_nothing(caller: Any, body: dict[str, Any], status: int) -> None:
    owner = caller("owner")
    assert owner.api("PUT", "/me/messages", body).status == status
    assert owner.api("GET", "/me/messages").json["version"] == 0


def _link(portal: Portal) -> str:
    mail: Any = portal.notifier.sent[-1]  # type: ignore[attr-defined]
    found = re.search(r"/me/messages/email\?token=\S+", mail.text)
    assert found
    assert mail.channel == "email"
    return found[0]


def test_mails_go_to_an_address_only_once_its_owner_has_pressed_a_button(
    portal: Portal, people: People, signed_in: Any
) -> None:
    browser = signed_in("owner")
    fields = {"version": "0", "start": "22:00", "end": "07:00", "email": "li@example.com", "steps": "email"}
    assert browser.post("/me/messages", fields).status == 303
    assert not reaching.reach(portal.db, portal.keys, people.owner.id).addresses("email")  # type: ignore[union-attr]
    link = _link(portal)
    assert signed_in("neighbour").post("/me/messages/email", {"token": link.partition("=")[2]}).status == 422
    assert '<strong class="num">l***@example.com</strong>' in browser.get(link).text
    assert "example.com" not in signed_in("neighbour").get(link).text
    assert not choosing.reach_of(portal, people.owner).email_checked, "looking at the link confirms nothing"
    assert browser.post("/me/messages/email", {"token": link.partition("=")[2]}).status == 303
    assert choosing.reach_of(portal, people.owner).addresses("email") == {"": "li@example.com"}
    assert "li@example.com" not in str(portal.db.get(K(f"ACCOUNT#{people.owner.id}", "REACH")))


def test_a_link_of_yesterday_or_of_another_address_confirms_nothing(portal: Portal, people: People) -> None:
    choosing.choose(portal, people.owner, ChooseMessages(version=0, email="a@example.com"), NOW)
    old = _link(portal).partition("=")[2]
    with pytest.raises(Invalid):
        choosing.confirm_email(portal, people.owner, old, NOW + timedelta(days=1, seconds=1))
    choosing.choose(portal, people.owner, ChooseMessages(version=1, email="b@example.com"), NOW)
    with pytest.raises(Invalid):
        choosing.confirm_email(portal, people.owner, old, NOW)
    choosing.confirm_email(portal, people.owner, _link(portal).partition("=")[2], NOW)
    with pytest.raises(Invalid):
        choosing.confirm_email(portal, people.owner, "nonsense", NOW)


def test_nobody_fills_a_strangers_mailbox(portal: Portal, people: People, caller: Any) -> None:
    owner = caller("owner")
    for version in range(5):
        body = {"version": version, "email": f"stranger{version}@example.com"}
        assert owner.api("PUT", "/me/messages", body).status == 200
    assert owner.api("PUT", "/me/messages", {"version": 5, "email": "stranger@example.com"}).status == 429


def test_a_form_with_a_mistake_comes_back_with_what_was_typed(signed_in: Any) -> None:
    fields = {"version": "0", "start": "22:00", "end": "07:00", "email": "no address"}
    page = signed_in("owner").post("/me/messages", fields)
    assert page.status == 422
    assert 'value="no address"' in page.text
    assert 'href="#f-email"' in page.text


def test_a_browser_is_one_device_however_often_it_is_told_of_and_can_be_forgotten(
    portal: Portal, people: People, caller: Any
) -> None:
    owner = caller("owner")
    ids = {owner.api("PUT", "/me/messages/devices", _device()).json["id"] for _ in range(2)}
    assert owner.api("GET", "/me/messages").json["devices"] == len(ids) == 1
    (device,) = ids
    assert caller("neighbour").api("DELETE", f"/me/messages/devices/{device}").status == 204
    assert owner.api("GET", "/me/messages").json["reachable"]["push"]
    assert owner.api("DELETE", f"/me/messages/devices/{device}").status == 204
    assert owner.api("GET", "/me/messages").json["devices"] == 0


def test_the_oldest_browser_goes_for_one_too_many(portal: Portal, people: People) -> None:
    made = [
        choosing.add_device(portal, people.owner, Device(**_device(n)), NOW + timedelta(seconds=n))
        for n in range(MAX_DEVICES + 2)
    ]
    assert list(choosing.reach_of(portal, people.owner).devices) == made[2:]


def test_an_address_that_is_no_push_service_is_refused(caller: Any) -> None:
    for endpoint in ("https://169.254.169.254/latest/meta-data", "https://evil.example/push"):
        answer = caller("owner").api("PUT", "/me/messages/devices", {**_device(), "endpoint": endpoint})
        assert answer.status == 422


def test_each_agreement_is_counted_once(caller: Any) -> None:
    owner = caller("owner")
    for key in ("agreed-0001", "agreed-0001", "agreed-0002"):
        body = {"accepted": ["steps", "urgent"]}
        told = owner.api("POST", "/me/messages/wechat/credits", body, key=key)
    assert told.json == {"credits": {"steps": 2, "urgent": 2}}
    other = owner.api("POST", "/me/messages/wechat/credits", {"accepted": ["talk"]}, key="agreed-0002")
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")


def test_what_wechat_still_takes_is_shown_to_whom_it_reaches(
    portal: Portal, people: People, caller: Any, signed_in: Any
) -> None:
    owner, page = caller("owner"), signed_in("owner")
    owner.api("POST", "/me/messages/wechat/credits", {"accepted": ["steps", "urgent"]}, key="agreed-0001")
    assert owner.api("GET", "/me/messages").json["wechat_credits"] is None, "WeChat does not reach them"
    assert "messages left" not in page.get("/me/messages?lang=en").text
    choosing.bind_wechat(portal, people.owner, "an-openid")
    owner.api("POST", "/me/messages/wechat/credits", {"accepted": ["urgent"]}, key="agreed-0002")
    left = {"urgent": 2, "steps": 1, "talk": 0, "news": 0}
    assert owner.api("GET", "/me/messages").json["wechat_credits"] == left
    shown = page.get("/me/messages?lang=en").text
    assert [shown.count(f">{words}<") for words in ("2 messages left", "1 message left")] == [1, 1]
    assert shown.count("none left: agree to more in the mini-program") == 2


def test_a_mini_program_that_is_not_set_up_is_said_not_to_be_offered(caller: Any) -> None:
    refused = caller("owner").api("PUT", "/me/messages/wechat", {"code": "abc"})
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "not_offered")


def test_a_short_link_leads_to_the_page_of_whoever_may_see_it(
    portal: Portal, people: People, signed_in: Any
) -> None:
    from tests.factories import report

    issue = report(portal=portal, by=people.owner).issue
    leads = {
        name: signed_in(name).get(f"/i/{issue.number}").headers.get("location", "")
        for name in ("owner", "clerk", "neighbour", "cedar_clerk")
    }
    assert leads == {
        "owner": f"/issues/{issue.id}",
        "clerk": f"/desk/issues/{issue.id}",
        "neighbour": "",
        "cedar_clerk": "",
    }
    assert signed_in("neighbour").get(f"/i/{issue.number}").status == 404
    assert PHONES["owner"] not in signed_in("owner").get("/me/messages").text
