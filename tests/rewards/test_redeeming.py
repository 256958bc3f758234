"""Having rewards: points and stock together, limits, giving back, handing out; and many at the same moment."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from chalicelib.errors import Forbidden, IdempotencyMismatch, Invalid, NotFound, VersionConflict
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.points import earning, store, timers
from chalicelib.points.errors import InsufficientPoints
from chalicelib.points.months import end_of, last_month
from chalicelib.portal import Portal
from chalicelib.records import K
from chalicelib.rewards import catalogue, rules, service, views
from chalicelib.rewards import store as rewards
from chalicelib.rewards.errors import NotUsable, OutOfStock, TooManyOfIt
from chalicelib.rewards.models import Reward, SaveReward
from tests.factories import NOW, People, make_key
from tests.factories_points import give_points, make_reward, redeem
from tests.points.test_point_timers import told
from tests.points.worlds import assert_adds_up, ledger, lots
from tests.racing import codes, race


@pytest.fixture
def reward(people: People) -> Reward:
    give_points(portal=people.portal, to=people.owner)
    return make_reward(portal=people.portal, by=people.manager)


def stock(portal: Portal, reward: Reward) -> int:
    found = rewards.find(portal.db, [reward.community_id], reward.id)
    assert found
    return found.stock


def test_a_reward_takes_points_and_stock_and_makes_a_voucher(people: People, reward: Reward) -> None:
    voucher = redeem(portal=people.portal, by=people.owner, reward=reward)
    assert assert_adds_up(people.portal, people.owner.id).balance == 200
    assert stock(people.portal, reward) == 4
    assert voucher.state(NOW) == "issued"
    assert voucher.expires_at - NOW > timedelta(days=90)
    assert rules.read_code(f"https://portal.example/desk/vouchers/{voucher.code}") == voucher.code
    last = ledger(people.portal, people.owner.id)[-1]
    assert (last.kind, last.delta, last.note, last.parts) == ("spent", -100, "家电清洗券", voucher.parts)
    kept = people.portal.db.get(rewards.voucher_key(people.owner.id, voucher.id))
    assert kept
    assert voucher.code not in str(kept)
    assert told(people.portal) == ["points_earned", "voucher_ready"]


def test_a_key_gives_the_same_voucher_again_whatever_happened_in_between(
    people: People, reward: Reward
) -> None:
    key = make_key(of=people.owner)
    first = redeem(portal=people.portal, by=people.owner, reward=reward, once=key)
    service.cancel(people.portal, people.owner, first.id, NOW)
    again, state = service.redeem(people.portal, people.owner, reward.id, key, NOW + timedelta(days=1))
    assert (again.id, again.code, state) == (first.id, first.code, "issued")
    assert assert_adds_up(people.portal, people.owner.id).balance == 300
    with pytest.raises(IdempotencyMismatch):
        service.redeem(people.portal, people.owner, reward.id, replace(key, fingerprint="other"), NOW)


def test_a_key_gives_the_reward_as_it_was_put_on_the_list(people: People) -> None:
    body, key = (
        SaveReward(community_id="maple", name="电影票", points=10, stock=3),
        make_key(of=people.manager),
    )
    first = catalogue.add(people.portal, people.manager, body, key, NOW)
    give_points(portal=people.portal, to=people.owner)
    redeem(portal=people.portal, by=people.owner, reward=first)
    assert catalogue.add(people.portal, people.manager, body, key, NOW) == first


def test_nobody_gets_what_they_have_no_points_for_or_what_is_gone(people: People, reward: Reward) -> None:
    portal, owner = people.portal, people.owner
    dear = make_reward(portal=portal, by=people.manager, points=301)
    gone = make_reward(portal=portal, by=people.manager, stock=0)
    over = make_reward(portal=portal, by=people.manager, valid_until=NOW + timedelta(hours=1))
    for wanted, error in ((dear, InsufficientPoints), (gone, OutOfStock)):
        with pytest.raises(error):
            redeem(portal=portal, by=owner, reward=wanted)
    with pytest.raises(NotFound):
        redeem(portal=portal, by=owner, reward=over, now=NOW + timedelta(hours=1))
    with pytest.raises(NotFound):
        redeem(portal=portal, by=people.cedar_owner, reward=reward)
    assert assert_adds_up(portal, owner.id).balance == 300
    assert [one.id for one in views.on_offer(portal, owner, NOW + timedelta(hours=1))] == [
        reward.id, gone.id, dear.id,
    ]  # fmt: skip


def test_a_limit_for_each_person_holds_and_cancelling_makes_room(people: People) -> None:
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner)
    one_each = make_reward(portal=portal, by=people.manager, per_person=1)
    voucher = redeem(portal=portal, by=owner, reward=one_each)
    with pytest.raises(TooManyOfIt):
        redeem(portal=portal, by=owner, reward=one_each)
    service.cancel(portal, owner, voucher.id, NOW)
    assert redeem(portal=portal, by=owner, reward=one_each).id != voucher.id


def test_who_has_had_the_last_one_is_told_that_it_is_gone(people: People) -> None:
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner)
    last = make_reward(portal=portal, by=people.manager, stock=1, per_person=1)
    found = race([lambda: redeem(portal=portal, by=owner, reward=last)] * 6)
    assert codes(found) == ["ok"] + ["out_of_stock"] * 5


def test_cancelling_gives_the_points_back_to_the_lots_they_came_from_once(
    people: People, reward: Reward
) -> None:
    portal, owner = people.portal, people.owner
    before = lots(portal, owner.id)
    voucher = redeem(portal=portal, by=owner, reward=reward)
    for _ in range(2):
        assert service.cancel(portal, owner, voucher.id, NOW).kept_state == "cancelled"
    assert lots(portal, owner.id) == before
    assert assert_adds_up(portal, owner.id).balance == 300
    assert stock(portal, reward) == 5
    with pytest.raises(NotFound):
        service.cancel(portal, people.neighbour, voucher.id, NOW)


def test_points_given_back_to_what_has_expired_meanwhile_expire_by_themselves(people: People) -> None:
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner)
    long = make_reward(portal=portal, by=people.manager, points=300, voucher_days=365)
    late = end_of(last_month(NOW)) - timedelta(days=30)
    voucher = redeem(portal=portal, by=owner, reward=long, now=late)
    after = end_of(last_month(NOW)) + timedelta(days=1)
    service.cancel(portal, owner, voucher.id, after)
    assert assert_adds_up(portal, owner.id).balance == 300
    with pytest.raises(InsufficientPoints):
        redeem(portal=portal, by=owner, reward=long, now=after)
    timers.look_at(portal, owner.id, after)
    assert assert_adds_up(portal, owner.id).balance == 0


def test_staff_of_its_community_mark_a_voucher_as_used_once(people: People, reward: Reward) -> None:
    portal = people.portal
    voucher = redeem(portal=portal, by=people.owner, reward=reward)
    spoken = rules.spoken(voucher.code).lower()
    sent = make_key(of=people.clerk)
    for _ in range(2):
        assert service.use(portal, people.clerk, spoken, sent, NOW).kept_state == "used"
    shown_again = make_key(of=people.clerk, key="another-1")
    for who, key, error in (
        (people.clerk, shown_again, NotUsable),
        (people.clerk, None, NotUsable),
        (people.manager, None, NotUsable),
        (people.cedar_clerk, None, NotFound),
    ):
        with pytest.raises(error):
            service.use(portal, who, voucher.code, key, NOW)
    with pytest.raises(NotUsable):
        service.cancel(portal, people.owner, voucher.id, NOW)
    for wrong in ("", "ABC", "A" * 12, "中" * 12):
        with pytest.raises(NotFound):
            service.use(portal, people.clerk, wrong, None, NOW)
    assert assert_adds_up(portal, people.owner.id).balance == 200


def test_nobody_hands_a_reward_out_to_themself(people: People, reward: Reward) -> None:
    voucher = redeem(portal=people.portal, by=people.owner, reward=reward)
    both = people.owner.model_copy(update={"grants": people.clerk.grants})
    with pytest.raises(Forbidden):
        service.use(people.portal, both, voucher.code, None, NOW)


def test_a_voucher_that_is_over_can_be_neither_used_nor_given_back(people: People, reward: Reward) -> None:
    voucher = redeem(portal=people.portal, by=people.owner, reward=reward)
    later = voucher.expires_at
    assert (voucher.state(later - timedelta(seconds=1)), voucher.state(later)) == ("issued", "expired")
    with pytest.raises(NotUsable):
        service.use(people.portal, people.clerk, voucher.code, None, later)
    with pytest.raises(NotUsable):
        service.cancel(people.portal, people.owner, voucher.id, later)


def test_twenty_threads_spending_at_once_never_overspend(people: People) -> None:
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner)
    many = make_reward(portal=portal, by=people.manager, points=30, stock=100)
    found = race([lambda: redeem(portal=portal, by=owner, reward=many)] * 20)
    assert codes(found) == ["insufficient_points"] * 10 + ["ok"] * 10
    assert assert_adds_up(portal, owner.id).balance == 0
    assert stock(portal, many) == 90


def test_twenty_people_after_the_last_three_get_three(people: People) -> None:
    portal = people.portal
    few = make_reward(portal=portal, by=people.manager, points=10, stock=3)
    everybody = [
        people.owner.model_copy(update={"id": f"01HZZZZZZZZZZZZZZZZZZZZZ{n:02d}"}) for n in range(12)
    ]
    for one in everybody:
        give_points(portal=portal, to=one)
    found = race([partial(redeem, portal=portal, by=one, reward=few) for one in everybody])
    assert codes(found) == ["ok"] * 3 + ["out_of_stock"] * 9
    assert stock(portal, few) == 0


def test_using_and_cancelling_at_once_do_only_one_of_them(people: People, reward: Reward) -> None:
    portal, owner = people.portal, people.owner
    voucher = redeem(portal=portal, by=owner, reward=reward)
    found = race(
        [lambda: service.cancel(portal, owner, voucher.id, NOW)] * 3
        + [lambda: service.use(portal, people.clerk, voucher.code, make_key(of=people.clerk), NOW)] * 3
    )
    state = service.own(portal, owner, voucher.id).kept_state
    assert state in ("used", "cancelled")
    assert assert_adds_up(portal, owner.id).balance == (300 if state == "cancelled" else 200)
    assert codes(found) == ["ok"] * 3 + ["voucher_not_usable"] * 3


def test_a_reversed_earning_that_was_spent_is_set_off_when_the_voucher_comes_back(people: People) -> None:
    portal, owner = people.portal, people.owner
    give_points(portal=portal, to=owner)
    all_of_it = make_reward(portal=portal, by=people.manager, points=300)
    voucher = redeem(portal=portal, by=owner, reward=all_of_it)
    earning.reverse(portal, f"gift:{owner.id}:0", NOW)
    assert store.purse(portal.db, owner.id).owed == 300
    service.cancel(portal, owner, voucher.id, NOW)
    purse = assert_adds_up(portal, owner.id)
    assert (purse.balance, purse.owed) == (0, 0)


def test_a_manager_changes_a_reward_while_people_take_it(people: People, reward: Reward) -> None:
    portal, manager = people.portal, people.manager
    redeem(portal=portal, by=people.owner, reward=reward)
    body = SaveReward(community_id="maple", name="新名字", points=50, stock=10, stock_seen=5, version=1)
    saved = catalogue.save(portal, manager, reward.id, body, NOW)
    assert (saved.name, saved.points, saved.stock, saved.version) == ("新名字", 50, 9, 2)
    with pytest.raises(VersionConflict):
        catalogue.save(portal, manager, reward.id, body, NOW)
    with pytest.raises(NotFound):
        catalogue.save(portal, people.cedar_manager, reward.id, body, NOW)
    less = body.model_copy(update={"stock": 0, "stock_seen": 10, "version": 2})
    with pytest.raises(VersionConflict):  # there are not ten any more
        catalogue.save(portal, manager, reward.id, less, NOW)
    with pytest.raises(Invalid):
        make_reward(portal=portal, by=manager, valid_from=NOW, valid_until=NOW)


def test_a_picture_that_was_replaced_goes_by_itself(people: People) -> None:
    portal, manager = people.portal, people.manager
    first, second = (photos.start_plain(portal, manager, NOW) for _ in range(2))
    reward = make_reward(portal=portal, by=manager, photo_id=first)
    assert "expires_at" not in (portal.db.get(photo_store.photo_key(first)) or {})
    body = SaveReward(
        community_id="maple", name="券", points=9, stock=5, stock_seen=5, version=1, photo_id=second
    )
    catalogue.save(portal, manager, reward.id, body, NOW)
    kept = [portal.db.get(photo_store.photo_key(one)) or {} for one in (first, second)]
    assert ["expires_at" in one for one in kept] == [True, False]


def test_nothing_of_points_lies_among_somebodys_other_records(people: People, reward: Reward) -> None:
    redeem(portal=people.portal, by=people.owner, reward=reward)
    mine = people.portal.db.query_all(f"ACCOUNT#{people.owner.id}")
    assert [row["SK"] for row in mine] == ["PROFILE"]
    assert people.portal.db.get(K(f"POINTS#{people.owner.id}", "BALANCE"))
