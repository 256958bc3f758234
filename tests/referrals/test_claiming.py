"""Leaving a number, coming, being rewarded; and all that is looked at, or comes to nothing."""

from datetime import timedelta

import pytest

from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany, VersionConflict
from chalicelib.points import earning, rule_store
from chalicelib.points.models import EarningEvent
from chalicelib.referrals import claiming, codes, listing, policy, rewards, store, withdrawing
from chalicelib.referrals.claiming import Left
from tests.factories import NOW, PHONES, make_key, make_settings
from tests.referrals.worlds import DAY, MINUTE, STRANGERS, World

SOON = NOW + MINUTE
#: What is found by the number of somebody who has come, without any claim.
ACCOUNT = ["ACCOUNT", "THROTTLE"]


def test_somebody_leaves_a_number_comes_and_both_have_points_after_the_waiting_time(world: World) -> None:
    one = world.leave(STRANGERS[0])
    assert (world.the(one).state, world.inviter().registered) == ("registered", 1)
    assert world.tick(SOON) == 0
    world.comes(STRANGERS[0], now=NOW + 3 * DAY)
    came = world.the(one)
    assert (came.state, came.hold_until) == ("qualified", NOW + 17 * DAY)
    assert world.tick(NOW + 17 * DAY - MINUTE) == 0
    assert world.tick(NOW + 17 * DAY) == 1
    assert world.the(one).state == "rewarded"
    invited = world.the(one).invited_id
    assert invited
    assert world.earned() == [
        (f"referral:{one}", world.people.owner.id),
        (f"referral_welcome:{one}", invited),
    ]
    inviter = world.inviter()
    assert (inviter.registered, inviter.qualified, inviter.rewarded) == (1, 1, 1)
    assert world.tick(NOW + 30 * DAY) == 1
    assert (world.the(one).state, world.kept_of(STRANGERS[0]), world.due()) == ("rewarded", ACCOUNT, [])


def test_the_number_itself_is_kept_nowhere_and_what_it_is_found_by_goes_after_30_days(world: World) -> None:
    one = world.leave(STRANGERS[0])
    assert "137000" not in str(world.everything())
    assert world.kept_of(STRANGERS[0]) == ["CLAIM", "INVITED"]
    hashed = world.the(one).phone_hash
    assert hashed
    assert world.tick(NOW + 30 * DAY) == 1
    assert (world.the(one).state, world.the(one).why, world.the(one).phone_hash) == ("void", "expired", None)
    assert world.kept_of(STRANGERS[0]) == []
    assert hashed not in str(world.everything())
    assert world.due() == []


def test_rows_that_are_found_by_a_number_drop_out_of_the_table_by_themselves(world: World) -> None:
    """Also when no clock runs."""
    world.leave(STRANGERS[0])
    rows = [row for row in world.everything() if row["PK"]["S"].startswith("PHONE#") and "referral_id" in row]
    until = int((NOW + policy.CLAIM_FOR).timestamp())
    assert [int(row["expires_at"]["N"]) for row in rows] == [until, until]


def test_a_number_counts_for_whoever_it_was_left_with_first(world: World) -> None:
    first = world.leave(STRANGERS[0])
    second = world.leave(STRANGERS[0], by="neighbour", now=SOON)
    world.comes(STRANGERS[0], now=NOW + DAY)
    world.tick(NOW + 20 * DAY)
    assert (world.the(first).state, world.the(second).state) == ("rewarded", "void")
    assert world.inviter("neighbour").registered == 1, "which tells the second nothing"


def test_a_claim_that_has_run_out_is_in_nobodys_way(world: World) -> None:
    world.leave(STRANGERS[0])
    late = NOW + 31 * DAY  # the clock stood still, and the table has not dropped anything yet
    second = world.leave(STRANGERS[0], by="neighbour", now=late)
    world.comes(STRANGERS[0], now=late)
    assert world.the(second).state == "qualified"


def test_the_same_number_left_again_with_the_same_code_changes_nothing(world: World) -> None:
    one = world.leave(STRANGERS[0])
    before = world.the(one)
    again = world.leave(STRANGERS[0], now=NOW + DAY)
    assert again != one, "who leaves it again can't take back what somebody else has left"
    assert store.get(world.portal.db, again) is None
    assert (world.the(one), world.inviter().registered) == (before, 1)


def test_a_double_tap_is_one_and_can_be_taken_back(world: World) -> None:
    one = world.leave(STRANGERS[0], form="form-1")
    assert world.leave(STRANGERS[0], form="form-1", now=SOON) == one
    assert world.inviter().registered == 1


def test_it_counts_on_another_device_whenever_they_sign_in_within_30_days(world: World) -> None:
    one, two = world.leave(STRANGERS[0]), world.leave(STRANGERS[1], now=SOON)
    world.comes(STRANGERS[0], unit="maple-9-901", now=NOW + 30 * DAY - MINUTE)
    world.comes(STRANGERS[1], unit="maple-9-902", now=NOW + 30 * DAY + MINUTE)
    assert (world.the(one).state, world.the(two).state) == ("qualified", "registered")
    world.tick(NOW + 30 * DAY + 2 * MINUTE)
    assert world.the(two).why == "expired"


def test_whoever_signs_in_without_a_home_has_not_come_yet(world: World) -> None:
    one = world.leave(STRANGERS[0])
    head = "community_id,community,building,unit,unit_id,name,phone,role\n"
    from tests.factories import import_people

    import_people(portal=world.portal, text=f"{head}maple,枫林苑,,,,新同事,{STRANGERS[0]},designer\n")
    world.signs_in(STRANGERS[0], SOON)
    assert world.the(one).state == "registered"
    world.comes(STRANGERS[0], now=NOW + DAY)
    assert world.the(one).state == "qualified"


def test_the_clock_lets_somebody_in_when_signing_in_could_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world.leave(STRANGERS[0])

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("chalicelib.referrals.moving.join", fail)
        world.comes(STRANGERS[0], now=SOON)
    assert world.the(one).state == "registered"
    world.tick(SOON)
    assert world.the(one).state == "qualified"


@pytest.mark.parametrize(
    ("phone", "reason"), [("owner", "own_phone"), ("neighbour", "known_phone"), ("clerk", "known_phone")]
)
def test_ones_own_and_known_numbers_wait_for_a_manager_who_is_told_once(
    world: World, phone: str, reason: str
) -> None:
    one = world.leave(PHONES[phone])
    assert world.the(one).state == "registered"
    world.tick(NOW)
    assert (world.the(one).state, world.the(one).reasons) == ("flagged", [reason])
    two = world.leave(PHONES["technician"], now=SOON)
    world.tick(SOON)
    assert world.waiting() == [one, two]
    assert [row["roles"] for row in world.notices() if row["event"] == "referral_flagged"] == [["manager"]]
    world.signs_in(PHONES[phone], NOW + DAY)
    world.tick(NOW + 20 * DAY)
    assert world.the(one).state == "flagged", "signing in helps nobody past the queue"
    assert world.earned() == []


def test_the_sixth_number_of_a_day_waits_for_a_manager_the_first_five_do_not(world: World) -> None:
    left = [world.leave(phone, now=NOW + n * MINUTE) for n, phone in enumerate(STRANGERS[:7])]
    world.tick(NOW + 10 * MINUTE)
    assert [world.the(one).state for one in left] == ["registered"] * 5 + ["flagged"] * 2
    assert world.the(left[5]).reasons == ["velocity"]
    later = world.leave(STRANGERS[10], now=NOW + 2 * DAY)
    world.tick(NOW + 2 * DAY)
    assert world.the(later).state == "registered"


def test_the_twenty_first_number_of_a_month_waits_for_a_manager(world: World) -> None:
    left = [world.leave(phone, now=NOW + n * DAY / 4) for n, phone in enumerate(STRANGERS[:21])]
    world.tick(NOW + 6 * DAY)
    assert [world.the(one).state for one in left] == ["registered"] * 20 + ["flagged"]


def test_two_numbers_in_a_row_from_one_device_are_looked_at(world: World) -> None:
    one = world.leave(STRANGERS[0], device="phone-1")
    two = world.leave(STRANGERS[1], device="phone-1", now=SOON)
    world.leave(STRANGERS[2], device="phone-2", now=NOW + 2 * MINUTE)
    four = world.leave(STRANGERS[3], device="phone-1", now=NOW + 3 * MINUTE)
    world.tick(NOW + 5 * MINUTE)
    assert [world.the(one_).state for one_ in (one, two, four)] == ["registered", "flagged", "registered"]
    assert world.the(two).reasons == ["device"]


def test_a_shared_network_is_worth_knowing_and_stops_nobody(world: World) -> None:
    one = world.leave(STRANGERS[0], address="192.0.2.1")
    two = world.leave(STRANGERS[1], address="192.0.2.1", now=SOON)
    world.tick(SOON)
    world.comes(STRANGERS[1], now=NOW + DAY)
    assert (world.the(one).signals, world.the(two).signals) == ([], ["network"])
    assert world.the(two).state == "qualified"


def test_whoever_lives_with_the_inviter_waits_for_a_manager(world: World) -> None:
    one = world.leave(STRANGERS[0])
    world.comes(STRANGERS[0], unit="maple-1-101")
    assert (world.the(one).state, world.the(one).reasons) == ("flagged", ["household"])
    assert world.the(one).qualified_at is None
    assert world.inviter().qualified == 0


def test_what_is_released_goes_on_and_what_is_voided_is_over(world: World) -> None:
    one, two = world.leave(STRANGERS[0]), world.leave(PHONES["neighbour"], now=SOON)
    world.comes(STRANGERS[0], unit="maple-1-101")
    world.tick(SOON)
    later = NOW + 20 * DAY
    assert world.decide(one, release=True, now=later).state == "qualified"
    assert world.decide(two, release=False, now=later).state == "void"
    assert world.waiting() == []
    world.tick(later)
    assert world.the(one).state == "rewarded", "its waiting time was over already"
    assert [name for name, _ in world.earned()] == [f"referral:{one}", f"referral_welcome:{one}"]


def test_a_known_number_that_is_released_counts_once_its_person_has_signed_in(world: World) -> None:
    one = world.leave(PHONES["neighbour"])
    world.tick(NOW)
    assert world.decide(one, release=True, now=SOON).state == "registered"
    world.tick(SOON)
    assert world.the(one).state == "registered", "what a manager has looked at is not asked again"
    world.signs_in(PHONES["neighbour"], NOW + DAY)
    assert world.the(one).state == "qualified"


def test_whoever_has_moved_out_by_the_end_of_the_waiting_time_is_looked_at(world: World) -> None:
    from chalicelib.accounts import store as accounts

    one = world.leave(STRANGERS[0])
    world.comes(STRANGERS[0])
    moved = accounts.find_by_phone(world.portal.db, world.portal.keys, STRANGERS[0])
    assert moved
    gone = moved.model_copy(update={"units": []})
    world.portal.db.write(accounts.change_account(moved, gone, world.portal.keys))
    world.tick(NOW + 14 * DAY)
    assert (world.the(one).state, world.the(one).reasons) == ("flagged", ["moved_out"])


def test_what_was_left_can_be_taken_back_and_nothing_of_it_stays(world: World) -> None:
    one = world.leave(STRANGERS[0])
    withdrawing.take_back(world.portal, one, SOON)
    withdrawing.take_back(world.portal, one, SOON)
    assert world.tick(SOON) == 0
    assert (world.the(one).state, world.the(one).why) == ("void", "withdrawn")
    assert (world.kept_of(STRANGERS[0]), world.due()) == ([], [])
    withdrawing.take_back(world.portal, one, NOW + DAY)
    world.tick(NOW + DAY)
    again = world.leave(STRANGERS[0], by="neighbour", now=NOW + DAY)
    world.comes(STRANGERS[0], now=NOW + 2 * DAY)
    assert world.the(again).state == "qualified"


def test_ones_own_number_is_forgotten_with_whomever_it_was_left(world: World) -> None:
    left = [world.leave(STRANGERS[0], by=name) for name in ("owner", "neighbour", "cedar_owner")]
    withdrawing.take_back_own(world.portal, STRANGERS[0], SOON)
    withdrawing.take_back_own(world.portal, STRANGERS[1], SOON)
    world.tick(SOON)
    assert [world.the(one).state for one in left] == ["void"] * 3
    assert [world.the(one).phone_hash for one in left] == [None] * 3
    assert (world.kept_of(STRANGERS[0]), world.due()) == ([], [])


def test_whoever_takes_back_after_coming_stays_and_nobody_is_rewarded(world: World) -> None:
    one = world.leave(STRANGERS[0])
    world.comes(STRANGERS[0])
    withdrawing.take_back_own(world.portal, STRANGERS[0], SOON)
    world.tick(SOON)
    assert (world.the(one).state, world.the(one).why) == ("void", "withdrawn")
    assert world.kept_of(STRANGERS[0]) == ACCOUNT
    world.tick(NOW + 40 * DAY)
    assert world.earned() == []


def test_a_number_that_is_taken_back_after_the_reward_is_forgotten_and_the_reward_stays(world: World) -> None:
    one = world.leave(STRANGERS[0])
    world.comes(STRANGERS[0])
    world.tick(NOW + 14 * DAY)
    withdrawing.take_back(world.portal, one, NOW + 15 * DAY)
    world.tick(NOW + 15 * DAY)
    assert (world.the(one).state, world.the(one).phone_hash) == ("rewarded", None)
    assert world.due() == []


def test_a_number_left_anew_after_thirty_days_stays_when_a_late_clock_ends_the_former_claim(
    world: World,
) -> None:
    for by in ("owner", "neighbour"):
        former, late = world.leave(STRANGERS[0], by=by), NOW + 30 * DAY + MINUTE
        again = world.leave(STRANGERS[0], by=by, now=late)
        world.tick(late)
        assert (world.the(former).why, world.the(again).state) == ("expired", "registered")
        assert world.kept_of(STRANGERS[0]) == ["CLAIM", "INVITED"]
        withdrawing.take_back_own(world.portal, STRANGERS[0], late)
        world.tick(late)
        assert world.kept_of(STRANGERS[0]) == []


def test_a_renewed_code_kills_the_old_link_and_keeps_what_came_by_it(world: World) -> None:
    one, old = world.leave(STRANGERS[0]), world.code()
    owner = world.people.owner
    new = codes.renew(world.portal, owner, old, make_key(of=owner), SOON).code
    assert new != old
    for asked in (
        claiming.inviter_of,
        lambda portal, code: claiming.claim(portal, code, Left(STRANGERS[1], "-"), SOON),
    ):
        with pytest.raises(NotFound):
            asked(world.portal, old)
    with pytest.raises(VersionConflict):
        codes.renew(world.portal, owner, old, None, SOON)
    assert claiming.inviter_of(world.portal, new)[1].id == owner.id
    world.comes(STRANGERS[0], now=NOW + DAY)
    assert world.the(one).state == "qualified"


def test_renewing_with_one_key_makes_one_code(world: World) -> None:
    owner, old = world.people.owner, world.code()
    key = make_key(of=owner)
    first = codes.renew(world.portal, owner, old, key, SOON)
    world.leave(STRANGERS[0], now=SOON)
    assert codes.renew(world.portal, owner, old, key, NOW + DAY) == first


def test_codes_are_short_unlike_each_other_and_of_letters_that_can_be_read_aloud(world: World) -> None:
    found = {world.code(name) for name in ("owner", "neighbour", "cedar_owner")}
    assert len(found) == 3
    assert all(codes.is_code(code) and len(code) == 10 for code in found)
    assert not set("01ilo") & set(policy.CODE_LETTERS)
    for bad in ("", "a" * 9, "a" * 11, "A" * 10, "abcdefghi\n", "ａ" * 10, "abcdefghi0"):
        assert not codes.is_code(bad)


def test_only_owners_invite(world: World) -> None:
    for name in ("clerk", "manager", "designer"):
        with pytest.raises(Forbidden):
            world.code(name)


def test_the_caps_hold_by_address_and_by_code_and_count_only_what_was_tried_well(world: World) -> None:
    code, caps = world.code(), make_settings(claims_per_address=3, claims_per_code=5)
    object.__setattr__(world.portal, "settings", caps)
    for bad in ("", "12", "not a phone"):
        with pytest.raises(Invalid):
            claiming.claim(world.portal, code, Left(bad, "192.0.2.1"), NOW)
    for number in range(3):
        claiming.claim(world.portal, code, Left(STRANGERS[number], "192.0.2.1"), NOW)
    with pytest.raises(TooMany) as raised:
        claiming.claim(world.portal, code, Left(STRANGERS[9], "192.0.2.1"), SOON)
    assert raised.value.retry_after_s == 3540
    for number in range(3, 5):
        claiming.claim(world.portal, code, Left(STRANGERS[number], "192.0.2.2"), SOON)
    with pytest.raises(TooMany):
        claiming.claim(world.portal, code, Left(STRANGERS[9], "192.0.2.3"), SOON)
    claiming.claim(world.portal, code, Left(STRANGERS[9], "192.0.2.3"), NOW + timedelta(hours=1, minutes=2))


def test_both_sides_are_booked_by_the_rules_of_the_community(world: World) -> None:
    world.leave(STRANGERS[0])
    world.comes(STRANGERS[0])
    world.tick(NOW + 14 * DAY)
    offered = rewards.offer(world.portal, "maple", NOW)
    assert offered == tuple(rule_store.default(kind).body.points for kind in rewards.SIDES)
    assert min(offered) > 0
    for event_id, account_id in world.earned():
        kind = event_id.partition(":")[0]
        event = EarningEvent(event_id, kind, account_id, "maple", NOW)  # type: ignore[arg-type]
        one = earning.earn(world.portal, event, NOW + 14 * DAY)
        again = earning.earn(world.portal, event, NOW + 15 * DAY)
        assert (one.points, one) == (dict(zip(rewards.SIDES, offered, strict=True))[kind], again)  # type: ignore[index]


def test_ones_own_list_is_read_page_by_page_the_newest_first(world: World) -> None:
    owner = world.people.owner
    assert listing.newest(world.portal, owner, 2, NOW)[1:] == ([], None)
    left = [world.leave(phone, now=NOW + n * MINUTE) for n, phone in enumerate(STRANGERS[:5])]
    inviter, first, after = listing.newest(world.portal, owner, 2, NOW)
    assert inviter.registered == 5
    found = [one.id for one in first]
    while after:
        some, after = listing.behind(world.portal, owner, 2, after)
        found += [one.id for one in some]
    assert found == left[::-1]
    assert listing.newest(world.portal, owner, 5, NOW)[2] is None
