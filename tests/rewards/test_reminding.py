"""Vouchers that are about to end: told once, in time, and only of those that still hold."""

from datetime import datetime, timedelta

from chalicelib.db import Put
from chalicelib.issues import timers
from chalicelib.points.policy import ZONE
from chalicelib.portal import Portal
from chalicelib.records import K
from chalicelib.rewards import reminding, service
from chalicelib.rewards.models import Voucher
from tests.factories import NOW, People
from tests.factories_points import give_points, make_reward, redeem
from tests.points.test_point_timers import told


def _voucher(people: People, days: int = 30) -> Voucher:
    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager, voucher_days=days)
    return redeem(portal=people.portal, by=people.owner, reward=reward)


def _asked(portal: Portal, voucher: Voucher) -> bool:
    """Whether the clock has its row."""
    (op,) = reminding.ask(voucher)
    assert isinstance(op, Put)
    return portal.db.get(K(op.item["PK"], op.item["SK"])) is not None


def _day_before(portal: Portal, moment: datetime) -> None:
    """The clock has run: else it begins with the day that it first sees."""
    timers.run_due(portal, moment - timedelta(days=1))


def test_a_voucher_is_reminded_of_once_in_the_morning_a_week_before_it_ends(people: People) -> None:
    portal, voucher = people.portal, _voucher(people)
    (asked,) = reminding.ask(voucher)
    at = voucher.expires_at - timedelta(days=6, hours=14)
    assert at.astimezone(ZONE).hour == 10
    assert str(asked).count("Z#VOUCHER#") == 1
    _day_before(portal, at)
    for moment, count in ((at - timedelta(seconds=1), 0), (at, 1), (at + timedelta(days=1), 0)):
        assert timers.run_due(portal, moment)["voucher"] == count
    assert told(portal) == ["points_earned", "voucher_ready", "voucher_ending"]


def test_two_runs_at_once_tell_of_it_once(people: People) -> None:
    portal, voucher = people.portal, _voucher(people)
    at = voucher.expires_at - timedelta(days=6)
    (asked,) = reminding.ask(voucher)
    assert isinstance(asked, Put)
    assert [reminding.handle(portal, asked.item, at)["voucher"] for _ in range(2)] == [1, 0]
    assert told(portal).count("voucher_ending") == 1


def test_nobody_is_reminded_of_what_was_used_given_back_or_is_over(people: People) -> None:
    portal, used = people.portal, _voucher(people)
    back, over = _voucher(people), _voucher(people)
    service.use(portal, people.clerk, used.code, None, NOW)
    service.cancel(portal, people.owner, back.id, NOW)
    assert [_asked(portal, one) for one in (used, back, over)] == [False, False, True]
    _day_before(portal, over.expires_at - timedelta(days=7))
    assert timers.run_due(portal, over.expires_at)["voucher"] == 0
    assert "voucher_ending" not in told(portal)
    assert timers.run_due(portal, over.expires_at)["voucher"] == 0


def test_of_a_voucher_that_ends_soon_its_first_message_says_enough(people: People) -> None:
    assert reminding.ask(_voucher(people, days=7)) == []
    assert len(reminding.ask(_voucher(people, days=14))) == 1
