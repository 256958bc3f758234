"""The demo's points: rewards in both communities, and owners who have earned and spent some."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.ids import new_id
from chalicelib.points import adjusting, earning
from chalicelib.points.desk_models import AskAdjustment
from chalicelib.points.models import EarningEvent, Kind
from chalicelib.portal import Portal
from chalicelib.rewards import service, store
from chalicelib.rewards.models import Reward

#: Community, name, points, stock, most for one person, terms.
REWARDS = (
    ("maple", "家电清洗一次", 200, 12, 2, "空调或油烟机任选一台，提前一天预约。"),
    ("maple", "访客停车券（一天）", 80, 50, 0, "地面车位，出示券码即可进场。"),
    ("maple", "业主活动门票", 150, 1, 1, "周六亲子手工课，含材料。"),
    ("maple", "全屋保洁（4 小时）", 1200, 5, 1, "工作日 9:00–17:00，提前两天预约。"),
    ("cedar", "访客停车券（一天）", 80, 30, 0, "地面车位，出示券码即可进场。"),
    ("cedar", "家电清洗一次", 200, 8, 2, "空调或油烟机任选一台，提前一天预约。"),
)
#: What owners took part in: phone, community, kind, days ago.
EVENTS: tuple[tuple[str, str, Kind, int], ...] = (
    ("+8613800000001", "maple", "event", 70),
    ("+8613800000001", "maple", "survey", 45),
    ("+8613800000001", "maple", "event", 40),
    ("+8613800000001", "maple", "referral", 20),
    ("+8613800000002", "maple", "event", 40),
    ("+8613800000003", "cedar", "survey", 30),
)


def write(home: Portal, person: Callable[[str], Person], now: datetime) -> None:
    """Fill in; on a portal that has no points yet."""
    rewards = [_reward(home, *one, now=now) for one in REWARDS]
    for number, (phone, community_id, kind, days) in enumerate(EVENTS):
        at = now - timedelta(days=days)
        event = EarningEvent(f"demo:{number}", kind, person(phone).id, community_id, at)
        earning.earn(home, event, at)
    owner, manager = person("+8613800000001"), person("+8613900000004")
    body = AskAdjustment(
        community_id="maple", phone=owner.phone, points=60, reason="电梯停运三天，抱歉给您添麻烦"
    )
    adjusting.ask(home, manager, body, None, now - timedelta(days=6))
    service.redeem(home, owner, rewards[1].id, None, now - timedelta(days=3))


def _reward(
    home: Portal,
    community_id: str,
    name: str,
    points: int,
    stock: int,
    most: int,
    terms: str,
    *,
    now: datetime,
) -> Reward:
    since = now - timedelta(days=90)
    reward = Reward(
        id=new_id(since),
        community_id=community_id,
        name=name,
        points=points,
        stock=stock,
        per_person=most,
        terms=terms,
        valid_from=since,
    )
    home.db.write(store.add(reward))
    return reward
