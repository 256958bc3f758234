"""Points and rewards for tests, with plain defaults."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.points import earning
from chalicelib.points.models import EarningEvent
from chalicelib.portal import Portal
from chalicelib.rewards import catalogue, service
from chalicelib.rewards.models import Reward, SaveReward, Voucher
from tests.factories import NOW

_REWARD = {"community_id": "maple", "name": "家电清洗券", "points": 100, "stock": 5, "terms": "周一至周五"}


def give_points(
    *, portal: Portal, to: Person, times: int = 1, now: datetime = NOW, name: str = "gift"
) -> None:
    """300 points for each of so many invitations; ten a month is the cap."""
    for number in range(times):
        event = EarningEvent(f"{name}:{to.id}:{number}", "referral", to.id, "maple", now)
        assert earning.earn(portal, event, now).points == 300


def make_reward(*, portal: Portal, by: Person, now: datetime = NOW, **fields: Any) -> Reward:
    """A reward on maple's list."""
    body = SaveReward.model_validate({**_REWARD, **fields})
    return catalogue.add(portal, by, body, None, now)


def redeem(*, portal: Portal, by: Person, reward: Reward, once: Any = None, now: datetime = NOW) -> Voucher:
    """Have a reward."""
    return service.redeem(portal, by, reward.id, once, now)[0]
