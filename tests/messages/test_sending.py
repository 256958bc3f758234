"""A message goes out once by each channel, whatever fails on the way, and nothing is lost."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.errors import Unavailable
from chalicelib.messages import policy
from chalicelib.messages.notifier import Message, Refused, Unsure
from tests.factories import NOW
from tests.messages.providers import FakeProvider
from tests.messages.world import MINUTE, World
from tests.racing import codes, race
from tests.recording import Once, RecordingClient

LOST = ReadTimeoutError(endpoint_url="http://table.example")
AFTER_LEASE = NOW + MINUTE + policy.LEASE + timedelta(seconds=1)


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


def test_an_urgent_step_is_a_text_message_and_a_slow_one_only_in_the_inbox(world: World) -> None:
    world.announce("assigned")
    world.announce("assigned", category_id="noise", owners=(world.people.owner.id,))
    world.sweep(NOW + MINUTE)
    (text,) = world.provider.texts()
    assert text == "报修 20261120-00001 已安排师傅 /i/20261120-00001"
    (message,) = world.messages(world.people.owner.id)
    assert (message.state, message.attempts) == ("sent", 1)
    assert world.queued() == []


def _sweeps(world: World, *moments: datetime) -> None:
    for moment in moments:
        with contextlib.suppress(Unavailable, Killed):
            world.sweep(moment)


@pytest.mark.parametrize("knows_tokens", [False, True], ids=["no tokens", "tokens"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(4))
def test_a_worker_that_dies_at_any_write_changes_nothing_in_the_outcome(
    world: World, engine_client: RecordingClient, at: int, after: bool, knows_tokens: bool
) -> None:
    """Planning, claiming and settling are a write each. Of a routine message that nobody can tell whether it went out,
    managers are told; with tokens it is sent again, and arrives once."""
    world = world.with_provider(FakeProvider(knows_tokens=knows_tokens))
    world.choose(world.people.owner.id, channels={"steps": ["sms"]})
    world.announce("closed")
    with engine_client.failing(Once("transact_write_items", LOST, at=at), after=after):
        _sweeps(world, NOW + MINUTE, NOW + MINUTE)
    _sweeps(world, AFTER_LEASE, AFTER_LEASE + 3 * MINUTE)
    (message,) = world.messages(world.people.owner.id)
    assert world.provider.doubled() == []
    assert world.queued() == []
    unsure = message.state == "failed"
    assert message.state == "sent" or (unsure and message.reason == "unsure" and len(world.failed()) == 1)
    assert len(world.provider.taken) == 1 or unsure
    assert not (unsure and knows_tokens)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("urgent", "knows_tokens"), [(True, False), (True, True), (False, True), (False, False)]
)
def test_a_worker_that_dies_while_sending_is_followed_by_one_that_decides(
    world: World, when: str, urgent: bool, knows_tokens: bool
) -> None:
    """An urgent message is rather sent twice than not at all; a routine one rather not at all, and said so."""
    world = world.with_provider(FakeProvider(knows_tokens=knows_tokens))
    world.choose(world.people.owner.id, channels={"steps": ["sms"]})
    world.announce("assigned" if urgent else "closed")

    def die(message: Message) -> None:
        world.provider.before = world.provider.after = lambda _: None
        raise Killed

    setattr(world.provider, when, die)
    _sweeps(world, NOW + MINUTE, NOW + MINUTE, AFTER_LEASE, AFTER_LEASE + MINUTE)
    (message,) = world.messages(world.people.owner.id)
    if urgent or knows_tokens:
        assert message.state == "sent"
        assert len(world.provider.taken) == (2 if when == "after" and not knows_tokens else 1)
    else:
        assert (message.state, message.reason) == ("failed", "unsure")
        assert len(world.provider.taken) == (1 if when == "after" else 0)
    assert world.queued() == []


def test_a_claimed_message_is_left_alone_until_its_lease_is_over(world: World) -> None:
    world.announce("assigned")

    def die(message: Message) -> None:
        raise Killed

    world.provider.before = die
    _sweeps(world, NOW + MINUTE)
    world.provider.before = lambda _: None
    _sweeps(world, NOW + MINUTE + policy.LEASE - timedelta(seconds=1))
    assert world.provider.taken == []
    _sweeps(world, AFTER_LEASE)
    assert len(world.provider.taken) == 1


def test_workers_at_once_send_each_message_once(world: World) -> None:
    owners = (world.people.owner.id, world.people.neighbour.id)
    for _ in range(3):
        world.announce("assigned", owners=owners)
    assert set(codes(race([lambda: world.sweep(NOW + 2 * MINUTE)] * 6))) == {"ok"}
    world.sweep(NOW + 3 * MINUTE)
    assert len(world.provider.taken) == 6
    assert world.provider.doubled() == []
    assert world.queued() == []


def test_a_provider_that_is_down_for_two_days_loses_and_doubles_nothing(world: World) -> None:
    """Owners' messages come in all the time; the sweep runs every ten minutes, to keep the test short."""
    down = True

    def broken(message: Message) -> None:
        if down:
            raise Unavailable

    world.provider.before = broken
    moment, announced = NOW, 0
    while moment < NOW + timedelta(days=2):
        if announced < 8:
            world.announce("assigned", at=moment)
            announced += 1
        world.sweep(moment + 2 * MINUTE)
        moment += timedelta(minutes=30)
    tries = world.provider.asked
    assert tries < 8 * policy.TRIES
    down = False
    for step in range(20):
        world.sweep(moment + timedelta(minutes=30) * step)
    assert len(world.provider.taken) == announced
    assert world.provider.doubled() == []
    assert world.failed() == world.queued() == []


def test_a_provider_that_fails_is_left_alone_for_a_minute_and_holds_up_no_other(world: World) -> None:
    world.add_device(world.people.owner.id)
    for _ in range(12):
        world.announce("assigned")

    def no_texts(message: Message) -> None:
        if message.channel == "sms":
            raise Unavailable

    world.provider.before = no_texts
    world.sweep(NOW + MINUTE)
    assert len(world.provider.texts("push")) == 12
    assert world.provider.asked == 12 + policy.FAILURES
    world.sweep(NOW + MINUTE + timedelta(seconds=59))
    assert world.provider.asked == 12 + policy.FAILURES
    world.sweep(NOW + MINUTE + policy.PAUSE)
    assert world.provider.asked == 12 + policy.FAILURES + 1
    world.provider.before = lambda _: None
    for minute in range(3, 9):
        world.sweep(NOW + minute * MINUTE)
    assert len(world.provider.texts()) == 12


def test_what_a_provider_refuses_waits_at_the_desk_with_the_reason(world: World) -> None:
    def refuse(message: Message) -> None:
        raise Refused("bad_number")

    world.provider.before = refuse
    world.announce("assigned")
    world.sweep(NOW + MINUTE)
    world.sweep(NOW + 10 * MINUTE)
    assert world.provider.asked == 1
    (row,) = world.failed()
    assert (row["reason"], row["channel"], row["attempts"]) == ("bad_number", "sms", 1)
    assert world.queued() == []


def test_after_its_last_try_a_message_waits_at_the_desk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.messages.settling.TRIES", 3)

    def broken(message: Message) -> None:
        raise Unavailable

    world.provider.before = broken
    world.announce("assigned")
    for hour in range(5):
        world.sweep(NOW + timedelta(hours=hour))
    assert world.provider.asked == 3
    assert [row["reason"] for row in world.failed()] == ["provider_down"]


def test_an_answer_that_never_came_is_asked_for_again_only_where_a_token_allows_it(world: World) -> None:
    def silent(message: Message) -> None:
        world.provider.after = lambda _: None
        raise Unsure

    for knows, states in ((False, ["failed"]), (True, ["failed", "sent"])):
        world = world.with_provider(FakeProvider(knows_tokens=knows))
        world.provider.after = silent
        world.choose(world.people.owner.id, channels={"steps": ["sms"]})
        world.announce("closed", at=NOW + 10 * MINUTE * len(states))
        for minute in (1, 3):
            world.sweep(NOW + (10 * len(states) + minute) * MINUTE)
        assert sorted(one.state for one in world.messages(world.people.owner.id)) == states
        assert len(world.provider.taken) == 1


def test_without_a_wechat_credit_another_channel_takes_its_place(
    world: World, engine_client: RecordingClient
) -> None:
    owner = world.people.owner.id
    pk = f"ACCOUNT#{owner}"
    sealed = {name: world.portal.keys.seal(text, f"{pk}|{name}") for name, text in
              (("openid", "o1"), ("email", "a@example.com"))}  # fmt: skip
    world.choose(owner, channels={"steps": ["wechat"]}, email_checked=True, **sealed)
    credit: Any = {"PK": pk, "SK": "REACHCREDIT#steps", "left": 1}
    from chalicelib.records import Put

    world.portal.db.write(Put(credit))
    for _ in range(2):  # both are planned while there is a credit, and one gets it
        world.announce("closed")
    race([lambda: world.sweep(NOW + MINUTE)] * 2)
    world.sweep(NOW + 2 * MINUTE)
    assert sorted(one.channel for one in world.provider.taken) == ["email", "wechat"]
    world.announce("closed", at=NOW + 10 * MINUTE)
    world.sweep(NOW + 12 * MINUTE)
    assert len(world.provider.taken) == 2, "nothing was chosen that reaches"


def test_nobody_is_told_of_a_routine_step_at_night(world: World) -> None:
    night = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    world.choose(world.people.owner.id, channels={"steps": ["sms"]})
    world.announce("closed", at=night)
    world.sweep(night + MINUTE)
    assert world.provider.taken == []
    world.announce("assigned", at=night)
    world.sweep(night + 2 * MINUTE)
    assert len(world.provider.taken) == 1, "an L1 step comes at any hour"
    morning = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    world.sweep(morning - timedelta(seconds=1))
    assert len(world.provider.taken) == 1
    world.sweep(morning)
    assert len(world.provider.taken) == 2
