"""Points and rewards in the story: all that they write and ask for, once."""

from datetime import timedelta
from typing import Any

from chalicelib.db import Put
from chalicelib.points import (
    adjusting,
    earning,
    intake,
    report,
    rule_editing,
    rule_store,
    store,
    timers,
    views,
)
from chalicelib.points import items as point_items
from chalicelib.points.desk_models import AskAdjustment
from chalicelib.points.models import EarningEvent, EarningRule
from chalicelib.portal import Portal
from chalicelib.rewards import catalogue, reminding, service
from chalicelib.rewards import store as rewards
from chalicelib.rewards import views as reward_views
from chalicelib.rewards.models import SaveReward
from tests.factories import NOW, PHONES, People, make_key
from tests.factories_points import give_points, make_reward, redeem
from tests.points.worlds import make_event


def tell_points(portal: Portal, people: People) -> None:
    """Earn, wait, spend, give back, hand out, take back, adjust, expire."""
    _earn(portal, people)
    _spend(portal, people)
    _by_hand(portal, people)
    _time(portal, people)
    report.read(portal.db, "maple", NOW)


def _earn(portal: Portal, people: People) -> None:
    owner = people.owner
    late = EarningRule(points=20, pending_days=7)
    rule_editing.save(portal, people.manager, "maple", "rating", late, 0, None, NOW)
    rule_store.all_holding(portal.db, "maple", NOW)
    intake.sweep(portal, NOW)  # the story's ratings
    give_points(portal=portal, to=owner, times=4)
    void, early = make_event(account_id=owner.id), make_event(account_id=owner.id)
    portal.db.write(earning.ask(void), earning.ask_reversal(early.id))
    intake.sweep(portal, NOW)
    earning.reverse(portal, void.id, NOW)
    soon = EarningEvent("story:soon", "rating", owner.id, "maple", NOW + timedelta(hours=1))
    earning.earn(portal, soon, NOW + timedelta(hours=1))
    nothing = EarningEvent("story:nothing", "decoration", owner.id, "maple", NOW, amount_fen=99)
    earning.earn(portal, nothing, NOW)


def _spend(portal: Portal, people: People) -> None:
    owner = people.owner
    photo = _photo(portal, people.manager)
    reward = make_reward(
        portal=portal, by=people.manager, photo_id=photo, valid_until=NOW + timedelta(days=9)
    )
    saved = SaveReward(
        community_id="maple", name="门票", points=300, stock=6, stock_seen=5, version=1, photo_id=photo
    )
    catalogue.save(portal, people.manager, reward.id, saved, NOW)
    found = reward_views.on_offer(portal, owner, NOW)
    reward_views.Pictures(portal, [reward, *found], None, NOW).url(reward)
    first = redeem(portal=portal, by=owner, reward=reward, once=make_key(of=owner))
    service.cancel(portal, owner, first.id, NOW)
    second = redeem(portal=portal, by=owner, reward=reward)
    service.use(portal, people.clerk, second.code, None, NOW)
    give_points(portal=portal, to=people.neighbour)
    last = redeem(portal=portal, by=people.neighbour, reward=reward)  # all that they have
    for voucher in (last, last, second):  # in time, by another run, and of what was used
        for op in reminding.ask(voucher):
            assert isinstance(op, Put)
            reminding.handle(portal, op.item, NOW)
    rewards.vouchers(portal.db, owner.id, 20, None)
    views.entries(portal.db, owner.id, 20, None)
    earning.reverse(portal, f"gift:{owner.id}:0", NOW)


def _photo(portal: Portal, person: Any) -> str:
    from chalicelib.photos import service as photos

    return photos.start_plain(portal, person, NOW)


def _by_hand(portal: Portal, people: People) -> None:
    body = AskAdjustment(community_id="maple", phone=PHONES["owner"], points=20, reason="谢谢")
    for points in (20, -10, 900):
        asked = adjusting.ask(portal, people.manager, body.model_copy(update={"points": points}), None, NOW)
    second = people.clerk.model_copy(update={"grants": people.manager.grants})
    adjusting.judge(portal, second, "maple", asked.id, False, NOW)
    adjusting.newest(portal, "maple")


def _time(portal: Portal, people: People) -> None:
    """All days on which something is due, each gone through as if the clock had come that far."""
    while at := store.purse(portal.db, people.owner.id).next_moment:
        mark = point_items.item(timers._MARK, day=f"{at:%Y-%m-%d}")
        portal.db.write(Put(mark, replace=True))
        timers.run_due(portal, at)
