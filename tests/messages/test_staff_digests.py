"""What staff are told of their work: gathered, never twice in a quarter of an hour, never at night but L1."""

import itertools
import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.messages import rules
from chalicelib.messages.models import Outgoing, Reach
from chalicelib.messages.notifier import Message, Unsure
from chalicelib.service_levels.policy import DEFAULT_POLICY
from tests.factories import NOW
from tests.messages.providers import FakeProvider
from tests.messages.world import MINUTE, World

ZONE = ZoneInfo("Asia/Shanghai")
QUARTER = timedelta(minutes=15)
moments = st.integers(0, 365 * 24 * 60 * 60).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))


def _message(kind: str) -> Outgoing:
    return Outgoing("a", "s", "push", kind, "urged", True, NOW, NOW, "maple", digest=kind == "work")  # type: ignore[arg-type]


def _is_night(moment: datetime, start: time, end: time) -> bool:
    """Minute by minute, as people read the clock."""
    clock = moment.astimezone(ZONE).time().replace(tzinfo=None)
    return start <= clock < end if start < end else clock >= start or clock < end


@given(moments, times, times, st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=2))))
@settings(max_examples=500)
def test_a_routine_message_waits_for_the_morning_and_for_its_quarter_and_no_longer(
    now: datetime, start: time, end: time, since: timedelta | None
) -> None:
    if start == end:
        return
    reach = Reach("a", "", "zh-CN", True, quiet=(start, end), last=now - since if since is not None else None)
    at = rules.when(_message("work"), reach, DEFAULT_POLICY.quiet, ZONE, now)
    assert at >= now
    assert not _is_night(at, start, end)
    assert reach.last is None or at >= reach.last + QUARTER
    soonest = max(now, reach.last + QUARTER) if reach.last else now
    assert at == soonest or _is_night(soonest, start, end)
    assert at - soonest <= timedelta(days=1)
    if at > soonest:
        assert _is_night(at - timedelta(seconds=1), start, end)


@given(moments, times, times, st.timedeltas(timedelta(0), timedelta(minutes=20)))
def test_an_urgent_message_waits_for_nothing(now: datetime, start: time, end: time, since: timedelta) -> None:
    reach = Reach("a", "", "zh-CN", True, quiet=(start, end), last=now - since)
    assert rules.when(_message("urgent"), reach, DEFAULT_POLICY.quiet, ZONE, now) == now


def _urged(world: World, at: datetime) -> None:
    world.announce("urged", at=at, staff=(world.people.technician.id,))


def test_the_first_is_told_at_once_and_the_next_three_together_a_quarter_later(world: World) -> None:
    world.add_device(world.people.technician.id)
    _urged(world, NOW)
    world.sweep(NOW + MINUTE)
    assert world.provider.texts("push") == ["业主催单：20261120-00001"]
    for minute in (2, 4, 6):
        _urged(world, NOW + minute * MINUTE)
        world.sweep(NOW + minute * MINUTE + MINUTE)
    world.sweep(NOW + MINUTE + QUARTER - timedelta(seconds=1))
    assert len(world.provider.taken) == 1
    world.sweep(NOW + MINUTE + QUARTER)
    assert world.provider.texts("push")[1:] == ["您有 3 条新消息，请到收件箱查看"]
    assert world.provider.taken[1].link == "/inbox"
    assert world.queued() == []


def test_a_digest_that_may_have_arrived_takes_in_no_more_news(world: World) -> None:
    """The push service hangs up with the first in its hands: with more news it would be another, and show both."""
    world = world.with_provider(FakeProvider(knows_tokens=True))
    world.add_device(world.people.technician.id)

    def hang_up(message: Message) -> None:
        world.provider.after = lambda _: None
        raise Unsure

    world.provider.after = hang_up
    _urged(world, NOW)
    world.sweep(NOW + MINUTE)
    _urged(world, NOW + 2 * MINUTE)
    for later in (3 * MINUTE, 17 * MINUTE, 33 * MINUTE):
        world.sweep(NOW + later)
    assert world.provider.texts("push") == ["业主催单：20261120-00001"] * 2
    assert [(one.state, one.n) for one in world.messages(world.people.technician.id)] == [("sent", 1)] * 2
    assert world.queued() == []


@pytest.mark.parametrize("seed", range(2))
def test_through_days_of_news_with_a_provider_that_fails_now_and_then(world: World, seed: int) -> None:
    """Whatever comes when: each piece is in exactly one message that went out, and the rules hold for all of them."""
    rng = random.Random(seed)
    world.add_device(world.people.technician.id)
    told = 0
    moment = NOW

    def sometimes(message: object) -> None:
        from chalicelib.errors import Unavailable

        if rng.random() < 0.3:
            raise Unavailable

    world.provider.before = sometimes
    for _ in range(25):
        moment += timedelta(minutes=rng.choice([1, 3, 10, 40, 200]))
        _urged(world, moment)
        told += 1
        world.sweep(moment + MINUTE)
    world.provider.before = lambda _: None
    for _ in range(60):
        moment += QUARTER
        world.sweep(moment)
    sent = [one for one in world.messages(world.people.technician.id) if one.state == "sent"]
    assert sum(one.n for one in sent) == told
    times_ = sorted(one.at for one in world.provider.taken)
    assert all(later - earlier >= QUARTER for earlier, later in itertools.pairwise(times_))
    hours = DEFAULT_POLICY.quiet
    assert not [one for one in times_ if _is_night(one, hours.start, hours.end)]
    assert world.provider.doubled() == []
    assert world.queued() == []


def test_an_emergency_wakes_whoever_is_on_duty_by_text_and_device(world: World) -> None:
    night = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 2:00 in Shanghai
    world.add_device(world.people.clerk.id)
    world.announce("reported", at=night, roles=("front_line",), staff_event="emergency", category_id="gas")
    world.sweep(night + MINUTE)
    assert sorted(one.channel for one in world.provider.taken) == ["push", "sms"]
    assert "紧急" in world.provider.texts()[0]
