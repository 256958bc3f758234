"""What did not go out is seen by the community's managers, with masked numbers, and judged once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.audit import store as audit
from chalicelib.messages.notifier import Message, Refused
from tests.factories import NOW, PHONES
from tests.messages.world import MINUTE, World
from tests.racing import race


@pytest.fixture
def failed(world: World) -> World:
    """Two texts that the provider refused, one to each owner of maple."""

    def refuse(message: Message) -> None:
        raise Refused("bad_number")

    world.provider.before = refuse
    world.announce("assigned", owners=(world.people.owner.id, world.people.neighbour.id))
    world.sweep(NOW + MINUTE)
    world.provider.before = lambda _: None
    return world


def _items(caller: Any, who: str = "manager") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller(who).api("GET", "/desk/messages").json["items"]
    return found


def test_managers_see_what_failed_and_why_but_no_number(failed: World, caller: Any, signed_in: Any) -> None:
    items = _items(caller)
    assert [item for item in items if "****" not in item["to"]] == []
    assert {(item["reason"], item["channel"], item["attempts"]) for item in items} == {
        ("bad_number", "sms", 1)
    }
    page = signed_in("manager").get("/desk/messages?lang=en").text
    assert "the provider refuses the number" in page
    assert PHONES["owner"] not in page
    assert PHONES["owner"].removeprefix("+86") not in page


def test_a_code_without_words_is_said_to_be_the_providers(world: World, signed_in: Any) -> None:
    def refuse(message: Message) -> None:
        raise Refused("isv.BUSINESS_LIMIT_CONTROL")

    world.provider.before = refuse
    world.announce("assigned", owners=(world.people.owner.id,))
    world.sweep(NOW + MINUTE)
    page = signed_in("manager").get("/desk/messages").text
    assert "服务商拒绝（代码 isv.BUSINESS_LIMIT_CONTROL）" in page


def test_another_communitys_manager_sees_none_and_judges_none(failed: World, caller: Any) -> None:
    assert _items(caller, "cedar_manager") == []
    assert caller("cedar_manager").api("GET", "/desk/messages?community_id=maple").status == 404
    keys = [item["key"] for item in _items(caller)]
    for community in ("maple", "cedar"):
        body = {"community_id": community, "keys": keys, "act": "drop"}
        answer = caller("cedar_manager").api("POST", "/desk/messages/judge", body)
        assert answer.status == 404 or answer.json == {"done": 0}
    assert len(_items(caller)) == 2


def test_what_is_sent_again_goes_out_once_however_many_press_the_button(failed: World, caller: Any) -> None:
    keys = [item["key"] for item in _items(caller)]
    body = {"community_id": "maple", "keys": keys, "act": "resend"}
    manager = caller("manager")
    done = race([lambda: manager.api("POST", "/desk/messages/judge", body).json["done"]] * 3)
    assert sum(done) == 2
    assert _items(caller) == []
    failed.sweep(NOW + 5 * MINUTE)
    failed.sweep(NOW + 6 * MINUTE)
    failed.sweep(datetime.now(UTC) + MINUTE)
    assert len(failed.provider.taken) == 2
    assert failed.provider.doubled() == []


def test_what_is_let_be_is_gone_and_stays_in_the_inbox(failed: World, signed_in: Any, caller: Any) -> None:
    browser = signed_in("manager")
    key = _items(caller)[0]["key"]
    done = browser.post("/desk/messages", {"community_id": "maple", "keys": key, "act": "drop"})
    assert done.status == 303
    assert len(_items(caller)) == 1
    states = {
        one.state
        for name in ("owner", "neighbour")
        for one in failed.messages(getattr(failed.people, name).id)
    }
    assert states == {"dropped", "failed"}


def test_every_judgement_is_in_the_audit_trail(failed: World, caller: Any) -> None:
    body = {"community_id": "maple", "keys": [_items(caller)[0]["key"]], "act": "resend"}
    caller("manager").api("POST", "/desk/messages/judge", body)
    (row,) = audit.read_day(failed.portal.db, "maple", datetime.now(UTC), 5, None).items
    assert (row["action"], row["detail"]) == ("message_judged", "resend sms")


def test_the_desk_shows_what_each_message_says_in_both_languages(signed_in: Any) -> None:
    browser = signed_in("manager")
    assert "报修 261231-00001" in browser.get("/desk/messages/templates?of=zh-CN").text
    assert (
        "A technician is now handling your report 261231-00001"
        in browser.get("/desk/messages/templates?of=en").text
    )
