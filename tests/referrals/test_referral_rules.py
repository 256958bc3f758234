"""What can become of a referral, whatever happens to it in whatever order."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import IllegalTransition, VersionConflict
from chalicelib.referrals import policy, rules, store
from chalicelib.referrals.models import Reason, Referral
from tests.factories import NOW, make_person

DAY = timedelta(days=1)
REASONS: list[Reason] = ["own_phone", "known_phone", "household", "velocity", "device", "moved_out"]
FACTS = st.lists(st.sampled_from(REASONS), unique=True, max_size=2)
#: Where a referral may go from where it is.
WAYS = {
    "registered": {"flagged", "qualified", "void"},
    "flagged": {"registered", "qualified", "void"},
    "qualified": {"flagged", "rewarded", "void"},
    "rewarded": set(),
    "void": set(),
}


def make_referral(**changes: Any) -> Referral:
    """One that was left just now."""
    fields: dict[str, Any] = {
        "id": "01K00000000000000000000000", "inviter_id": "a1", "community_id": "maple", "at": NOW,
        "claim_until": NOW + policy.CLAIM_FOR, "phone_hash": "h" * 64, "consent": policy.CONSENT,
    }  # fmt: skip
    return Referral(**{**fields, **changes})


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.one_of(
            st.tuples(st.just("clock"), FACTS),
            st.tuples(st.just("joined"), FACTS),
            st.tuples(st.just("decided"), st.booleans()),
            st.tuples(st.just("withdrawn"), st.none()),
        ),
    ),
    max_size=25,
)


def _apply(referral: Referral, event: str, given: Any, now: datetime) -> Referral:
    if event == "clock":
        return rules.looked_at(referral, given, now) or referral
    if event == "joined":
        return rules.joined(referral, "b1", given, now) or referral
    if event == "withdrawn":
        return rules.withdrawn(referral, now) or referral
    try:
        return rules.decided(referral, given, "m1", "看过了", referral.version, now)
    except IllegalTransition:
        assert referral.state != "flagged"
        return referral


@given(reasons=FACTS, events=EVENTS)
def test_whatever_happens_in_whatever_order_it_goes_only_where_it_may(
    reasons: list[Reason], events: Any
) -> None:
    referral, now = make_referral(reasons=reasons), NOW
    for days, (event, value) in events:
        now += timedelta(days=days)
        after = _apply(referral, event, value, now)
        _assert_step(referral, after, now)
        referral = after


def _assert_step(before: Referral, after: Referral, now: datetime) -> None:
    if after is before:
        return
    assert after.version == before.version + 1
    assert after.state == before.state or after.state in WAYS[before.state]
    assert before.state not in rules.FINAL or (after.state, after.phone_hash) == (before.state, None)
    if after.state == "rewarded":
        assert after.qualified_at
        assert after.invited_id == "b1"
        assert not rules.pending(after), "a manager has looked at whatever was against it"
        assert now >= after.qualified_at + policy.HOLD_FOR
    if after.state == "qualified":
        assert after.hold_until
        assert not rules.pending(after)
    assert (after.state == "flagged") == (after.flagged_at is not None) or after.state == "void"
    assert (after.state == "void") == (after.why is not None) == (after.ended_at is not None)
    if after.state == "void":
        assert after.phone_hash is None, "nothing of a number stays with what no longer waits for it"


@given(reasons=FACTS, events=EVENTS)
def test_left_to_the_clock_everything_comes_to_an_end_but_what_waits_for_a_manager(
    reasons: list[Reason], events: Any
) -> None:
    referral, now = make_referral(reasons=reasons), NOW
    for days, (event, value) in events:
        now += timedelta(days=days)
        referral = _apply(referral, event, value, now)
    for _ in range(5):
        at = rules.next_moment(referral)
        if at is None:
            break
        now = max(now, at)
        after = rules.looked_at(referral, [], now)
        assert after is not None, "a moment that has come brings something about"
        referral = after
    assert rules.next_moment(referral) is None
    assert referral.state in rules.FINAL or (referral.state == "flagged" and referral.joined_at)
    assert referral.phone_hash is None


@given(reasons=FACTS, events=EVENTS)
def test_its_inviter_sees_the_same_of_every_number_until_somebody_has_come(
    reasons: list[Reason], events: Any
) -> None:
    """Flagged, voided, taken back or lost to another: by what they see, an inviter could not tell."""
    referral, now = make_referral(reasons=reasons), NOW
    for days, (event, value) in events:
        now += timedelta(days=days)
        referral = _apply(referral, event, value, now)
        if referral.qualified_at is None:
            assert rules.shown(referral, now) == ("waiting" if now < referral.claim_until else "ended")


@given(events=EVENTS, reasons=FACTS)
def test_a_referral_is_the_same_after_it_was_kept(events: Any, reasons: list[Reason]) -> None:
    referral, now = make_referral(reasons=reasons), NOW
    for days, (event, value) in events:
        now += timedelta(days=days)
        referral = _apply(referral, event, value, now)
    item = {name: value for name, value in store.to_item(referral).items() if value is not None}
    assert store.from_item(item) == referral


@pytest.mark.parametrize(("spread", "before", "flagged"), [(60, 4, False), (60, 5, True), (86_400, 5, False),
                                                           (86_400, 19, False), (86_400, 20, True)])  # fmt: skip
def test_more_than_five_a_day_or_twenty_a_month_are_many(spread: int, before: int, flagged: bool) -> None:
    now_s = int(NOW.timestamp())
    hits = [now_s - n * spread for n in range(1, before + 1)]
    assert rules.too_many(hits, now_s) is flagged


@given(st.lists(st.integers(0, 90 * 86_400), max_size=60))
def test_what_is_remembered_of_former_claims_is_enough_and_never_grows(waits: list[int]) -> None:
    now_s, hits, all_hits = int(NOW.timestamp()), list[int](), list[int]()
    for wait in sorted(waits):
        at = now_s + wait
        assert rules.too_many(hits, at) == rules.too_many(all_hits, at)
        hits, all_hits = rules.remembered(hits, at), [*all_hits, at]
        assert len(hits) <= 20


def test_who_shares_a_home_is_no_neighbour() -> None:
    one, same = make_person(units=("u1", "u2")), make_person(id="b1", units=("u2",))
    assert rules.against(one, same) == ["household"]
    assert rules.against(one, make_person(id="b1", units=("u3",))) == []
    assert rules.against(one, one) == ["own_phone"]
    for gone in (None, make_person(id="b1")):
        assert rules.against(one, gone) == ["moved_out"]
    assert rules.against(one, make_person(id="b1"), contract=True) == []


def test_a_decision_is_about_what_was_seen() -> None:
    flagged = make_referral(state="flagged", flagged_at=NOW, reasons=["device"])
    with pytest.raises(VersionConflict):
        rules.decided(flagged, True, "m1", "看过了", flagged.version + 1, NOW)
    released = rules.decided(flagged, True, "m1", "看过了", flagged.version, NOW + DAY)
    assert (released.state, released.cleared) == ("registered", ["device"])
    with pytest.raises(IllegalTransition):
        rules.decided(released, False, "m1", "看过了", released.version, NOW)
