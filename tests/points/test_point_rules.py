"""What events are worth, months, levels, and a purse's arithmetic under anything in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from chalicelib.points import rules
from chalicelib.points.book import Book
from chalicelib.points.errors import InsufficientPoints
from chalicelib.points.models import EarningRule, Entry, Lot, Part, Purse, Sheet
from chalicelib.points.months import end_of, last_month, later, month_of, start_of
from chalicelib.points.policy import LOTS_IN_A_SHEET, RULES, TIERS
from tests.factories import NOW
from tests.points.worlds import assert_consistent, make_event

MOMENTS = st.integers(0, 5 * 365 * 86400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
PLAIN = EarningRule(points=20)


@given(MOMENTS)
def test_points_live_at_least_twelve_months_and_end_with_a_month_in_chinas_time(earned: datetime) -> None:
    end = end_of(last_month(earned))
    assert timedelta(days=365) <= end - earned <= timedelta(days=366 + 31)
    assert (end.hour, end.minute, end.tzinfo) == (16, 0, UTC)


@given(MOMENTS, st.integers(-40, 40))
def test_months_add_up(moment: datetime, count: int) -> None:
    month = month_of(moment)
    assert later(later(month, count), -count) == month
    assert start_of(month) <= moment < end_of(month)
    assert (later(month, count) > month) == (count > 0)


def test_a_rule_gives_its_points_by_level_and_for_amounts() -> None:
    gold = replace(make_event(kind="decoration"), amount_fen=123_456)
    by_amount = EarningRule(points=2, per_fen=1000, factors={"gold": 125})
    assert rules.award(by_amount, gold, "gold", {}).points == 307  # 2 × 123 × 1.25
    assert rules.award(by_amount, gold, "standard", {}).points == 246
    assert rules.award(PLAIN, make_event(), "diamond", {}).points == 20


@given(
    st.integers(0, 500),
    st.lists(st.integers(0, 90) | st.none(), min_size=3, max_size=3),
    st.lists(st.integers(0, 90), min_size=3, max_size=3),
)
def test_no_cap_is_ever_exceeded_and_nothing_is_lost_below_them(
    points: int, caps: list[int | None], used: list[int]
) -> None:
    event = make_event()
    names = ("cap_day", "cap_month", "cap_year")
    rule = EarningRule.model_validate({"points": points, **dict(zip(names, caps, strict=True))})
    spans = rules.spans(event.at)
    counted = {spans[name]: count for name, count in zip(names, used, strict=True)}
    award = rules.award(rule, event, "standard", counted)
    room = [max(0, cap - count) for cap, count in zip(caps, used, strict=True) if cap is not None]
    assert award.points == min([points, *room])
    assert bool(award.why) == (award.points == 0)


def test_a_day_is_one_of_chinas() -> None:
    assert rules.spans(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == {
        "cap_day": "2027-01-01", "cap_month": "2027-01", "cap_year": "2027",
    }  # fmt: skip


def test_what_happens_once_a_rule_is_over_earns_nothing() -> None:
    ends = EarningRule(points=20, valid_until=NOW)
    assert rules.award(ends, make_event(at=NOW), "standard", {}).why == "over"
    assert rules.award(ends, make_event(at=NOW - timedelta(seconds=1)), "standard", {}).points == 20


def test_pending_points_are_due_by_when_it_happened() -> None:
    rule = EarningRule(points=20, pending_days=14)
    assert rules.award(rule, make_event(), "standard", {}).due == NOW + timedelta(days=14)


@pytest.mark.parametrize("kind", RULES)
def test_the_portals_own_rules_give_something_and_have_a_cap(kind: str) -> None:
    rule = RULES[kind]  # type: ignore[index]
    assert rule.points > 0
    assert rule.cap_day or rule.cap_month or rule.cap_year


def purse(earned: dict[str, int], tier: str = "standard", **fields: str) -> Purse:
    return Purse("A1", earned=earned, tier=tier, **fields)  # type: ignore[arg-type]


def test_a_level_counts_this_month_and_the_twelve_before() -> None:
    earned = {"2025-10": 1000, "2025-11": 300, "2026-11": 200}
    assert rules.earned_by(earned, "2026-11") == 500
    assert rules.tier_for(500) == "silver"
    assert rules.tier_for(499) == "standard"
    assert rules.ahead(purse(earned, "silver"), "2026-11") == rules.Ahead("gold", 1500)
    assert rules.ahead(purse({}, "diamond"), "2026-11") is None


def test_a_lower_level_is_announced_a_month_before_it_begins() -> None:
    of_old = purse({"2025-10": 600}, "silver")
    assert rules.check_tier(of_old, "2026-09") == rules.TierCheck("silver", "")
    first = rules.check_tier(of_old, "2026-10")
    assert first == rules.TierCheck("silver", "2026-11")
    warned = replace(of_old, warned=first.warned)
    assert rules.check_tier(warned, "2026-11") == rules.TierCheck("standard", "")


def test_a_level_that_is_earned_anew_in_time_stays() -> None:
    again = purse({"2025-10": 600, "2026-10": 500}, "silver", warned="2026-11")
    assert rules.check_tier(again, "2026-11") == rules.TierCheck("silver", "")


@given(
    st.dictionaries(st.sampled_from([f"2026-{month:02d}" for month in range(1, 13)]), st.integers(0, 3000)),
    st.sampled_from(list(TIERS)),
    st.sampled_from(["", "2026-11", "2026-12", "2027-01"]),
)
def test_no_level_is_lost_without_having_been_announced(
    earned: dict[str, int], tier: str, warned: str
) -> None:
    found = rules.check_tier(purse(earned, tier, warned=warned), "2026-12")
    if rules.higher(found.tier, tier) != found.tier:  # type: ignore[arg-type]
        assert warned in ("2026-11", "2026-12")
    assert found.warned in ("", "2027-01")


class Purses(RuleBasedStateMachine):
    """Earning, spending, giving back, withdrawing, expiring, while the clock jumps about: ledger, lots and balance
    agree, and there are never more points than were earned."""

    lots = Bundle("lots")
    spent = Bundle("spent")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.purse = Purse("A1")
        self.sheets: dict[str, Sheet] = {}
        self.ledger: list[Entry] = []
        self.earned = 0
        self.numbers = 0

    def _book(self) -> Book:
        return Book(self.purse, [*self.sheets.values()], self.now)

    def _keep(self, book: Book) -> None:
        self.purse = book.purse
        self.sheets = {name: replace(one, open=one.left > 0) for name, one in book.sheets.items()}
        self.ledger += book.entries

    @rule(target=lots, points=st.integers(1, 900), times=st.integers(1, 3))
    def earn(self, points: int, times: int) -> object:
        parts = []
        for _ in range(times):
            book = self._book()
            self.numbers += 1
            parts.append(book.earn(Lot(points, 0, "rating", f"e{self.numbers}", "maple", self.now)))
            self.earned += points
            self._keep(book)
        return multiple(*parts)

    @rule(points=st.integers(1, 300))
    def give_by_hand(self, points: int) -> None:
        book = self._book()
        book.earn(Lot(points, 0, "adjusted", "", "cedar", self.now), note="Sorry")
        self.earned += points
        self._keep(book)

    @rule(target=spent, points=st.integers(1, 1500))
    def spend(self, points: int) -> object:
        book, months = self._book(), self.purse.expiring
        usable = sum(left for month, left in months.items() if month >= month_of(self.now))
        try:
            entry = book.take(points, "spent")
        except InsufficientPoints:
            assert points > usable
            return multiple()
        assert points <= usable
        taken = [part.sheet for part in entry.parts]
        assert taken == sorted(taken)
        kept = [name for name, one in book.sheets.items() if one.left and name[:7] >= month_of(self.now)]
        assert not kept or min(kept) >= taken[-1]
        self._keep(book)
        return entry

    @rule(entry=consumes(spent))
    def cancel(self, entry: Entry) -> None:
        book = self._book()
        assert book.give_back(entry.parts).parts == entry.parts
        self._keep(book)

    @rule(part=consumes(lots))
    def reverse(self, part: Part) -> None:
        book, before = self._book(), self.purse
        book.withdraw(part)
        taken = before.balance - book.purse.balance
        if part.sheet[:7] >= month_of(self.now):
            assert taken + book.purse.owed - before.owed == part.points
        else:
            assert book.purse.owed == before.owed
        self.earned -= part.points
        self._keep(book)

    @rule(days=st.integers(-40, 400))
    def jump(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: self.now < datetime(2100, 1, 1, tzinfo=UTC))
    @rule()
    def let_expire(self) -> None:
        book = self._book()
        book.expire()
        assert not [month for month in book.purse.expiring if month < month_of(self.now)]
        self._keep(book)

    @invariant()
    def adds_up(self) -> None:
        assert_consistent(self.purse, self.ledger, list(self.sheets.values()))
        months = self.purse.expiring
        usable = sum(left for month, left in months.items() if month >= month_of(self.now))
        assert usable - self.purse.owed <= self.earned
        assert all(len(one.lots) <= LOTS_IN_A_SHEET for one in self.sheets.values())
        assert rules.next_moment(self.purse) is not None or not self.purse.balance


Purses.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPurses = Purses.TestCase
