"""Counting events: once for ever, by the rule of their moment, pending and real, taken back."""

from datetime import timedelta

import pytest

from chalicelib.points import earning, intake, items, store
from chalicelib.points.models import EarningRule
from chalicelib.points.policy import RULES
from chalicelib.portal import Portal
from tests.factories import NOW
from tests.points.worlds import assert_adds_up, earn, ledger, make_event
from tests.racing import race


def test_an_event_counts_once_however_often_it_is_told(portal: Portal) -> None:
    event = make_event()
    first = earning.earn(portal, event, NOW)
    again = earning.earn(portal, event, NOW + timedelta(days=400))
    assert first == again
    assert (first.state, first.points) == ("earned", 20)
    assert assert_adds_up(portal).balance == 20


def test_the_same_event_told_at_once_by_many_counts_once_and_different_ones_all_count(portal: Portal) -> None:
    same = make_event(kind="referral")
    others = [make_event(kind="referral") for _ in range(6)]
    works = [lambda event=event: earning.earn(portal, event, NOW) for event in [same] * 6 + others]
    assert {one.state for one in race(works)} == {"earned"}
    assert assert_adds_up(portal).balance == 7 * 300


def test_what_goes_beyond_a_cap_is_not_earned_and_not_later_either(portal: Portal) -> None:
    last = make_event()
    found = [earn(portal=portal) for _ in range(3)] + [earning.earn(portal, last, NOW)]
    assert [one.points for one in found] == [20, 20, 20, 0]
    assert (found[3].state, found[3].why) == ("nothing", "capped")
    assert earning.earn(portal, last, NOW + timedelta(days=1)).points == 0
    assert earn(portal=portal, now=NOW + timedelta(days=1)).points == 20


@pytest.fixture
def _pending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "rating", EarningRule(points=20, pending_days=7))


@pytest.mark.usefixtures("_pending")
def test_pending_points_are_in_no_balance_and_can_be_reversed_without_a_trace(portal: Portal) -> None:
    event = make_event()
    assert earning.earn(portal, event, NOW).state == "pending"
    purse = assert_adds_up(portal)
    assert (purse.balance, [one.points for one in purse.pending]) == (0, [20])
    assert purse.next_moment == NOW + timedelta(days=7)
    for _ in range(2):
        assert earning.reverse(portal, event.id, NOW).state == "reversed"
    purse = assert_adds_up(portal)
    assert (purse.pending, purse.entries, purse.next_moment) == ((), 0, None)
    assert earning.earn(portal, event, NOW).state == "reversed"


def test_a_reversal_takes_real_points_back_once(portal: Portal) -> None:
    event = make_event()
    earning.earn(portal, event, NOW)
    for _ in range(2):
        earning.reverse(portal, event.id, NOW)
    assert assert_adds_up(portal).balance == 0
    assert [entry.kind for entry in ledger(portal)] == ["earned", "reversed"]


def test_an_event_that_was_reversed_before_it_was_counted_earns_nothing(portal: Portal) -> None:
    event = make_event()
    earning.reverse(portal, event.id, NOW)
    assert earning.earn(portal, event, NOW).state == "reversed"
    assert store.purse(portal.db, "A1").version == 0


def test_what_is_asked_for_is_counted_by_the_sweep_and_by_the_stream_once(portal: Portal) -> None:
    event, void = make_event(), make_event()
    portal.db.write(earning.ask(event), earning.ask(void))
    portal.db.write(earning.ask_reversal(void.id))
    assert intake.sweep(portal, NOW) == 3
    portal.db.write(earning.ask(event))
    assert (intake.sweep(portal, NOW), intake.sweep(portal, NOW)) == (1, 0)
    assert assert_adds_up(portal).balance == 20
    assert portal.db.get(items.ask_key(event.id)) is None
