"""What time does to points: pending ones become real, lots expire, levels go down after a warning; each once."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.db import Put
from chalicelib.inbox import outbox
from chalicelib.points import earning, items, store, timers
from chalicelib.points.book import Book
from chalicelib.points.models import EarningRule, Purse
from chalicelib.points.months import end_of, last_month, month_of, start_of
from chalicelib.points.policy import RULES
from chalicelib.portal import Portal
from tests.factories import NOW
from tests.points.worlds import assert_adds_up, earn, ledger, make_event

MONTH = month_of(NOW)


def told(portal: Portal) -> list[str]:
    """Which notices wait in the outbox, the first one first."""
    rows = [row for shard in range(outbox.SHARDS) for row in portal.db.query(outbox.outbox_pk(shard)).items]
    return [row["event"] for row in sorted(rows, key=lambda row: str(row["SK"]))]


def handled_until(portal: Portal, account_id: str) -> None:
    """As if the clock had gone through all days before somebody's next moment: in tests it would take minutes."""
    at = store.purse(portal.db, account_id).next_moment or NOW
    portal.db.write(Put(items.item(timers._MARK, day=f"{at.astimezone(UTC):%Y-%m-%d}"), replace=True))


def run(portal: Portal, now: datetime) -> None:
    """The clock, twice: what it did is not done again."""
    handled_until(portal, "A1")
    timers.run_due(portal, now)
    version = store.purse(portal.db, "A1").version
    timers.run_due(portal, now)
    assert assert_adds_up(portal).version == version


@pytest.mark.usefixtures("_week")
def test_pending_points_become_real_when_their_time_is_over_and_not_before(portal: Portal) -> None:
    event = make_event()
    earning.earn(portal, event, NOW)
    run(portal, NOW + timedelta(days=7, seconds=-1))
    assert assert_adds_up(portal).balance == 0
    run(portal, NOW + timedelta(days=9))
    purse = assert_adds_up(portal)
    assert (purse.balance, purse.pending) == (20, ())
    assert earning.reverse(portal, event.id, NOW + timedelta(days=9)).state == "reversed"
    assert assert_adds_up(portal).balance == 0


@pytest.fixture
def _week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "rating", EarningRule(points=20, pending_days=7))


def test_points_expire_once_with_their_month_after_a_reminder(portal: Portal) -> None:
    earn(portal=portal)
    last = last_month(NOW)
    run(portal, start_of(last) + timedelta(minutes=1))
    assert told(portal) == ["points_earned", "points_expiring"]
    assert assert_adds_up(portal).balance == 20
    run(portal, end_of(last))
    purse = assert_adds_up(portal)
    assert (purse.balance, purse.expiring, purse.next_moment) == (0, {}, None)
    assert [(entry.kind, entry.delta) for entry in ledger(portal)] == [("earned", 20), ("expired", -20)]


def test_a_clock_that_stood_still_for_years_catches_up(portal: Portal) -> None:
    earn(portal=portal)
    run(portal, NOW + timedelta(days=500))
    assert assert_adds_up(portal).balance == 0


def test_a_level_rises_at_once_and_goes_down_a_month_after_it_was_announced(portal: Portal) -> None:
    for _ in range(2):
        earn(portal=portal, kind="referral")
    assert store.purse(portal.db, "A1").tier == "silver"
    assert told(portal) == ["points_earned", "points_earned", "tier_up"]
    last = last_month(NOW)
    run(portal, start_of(last))
    assert store.purse(portal.db, "A1").tier == "silver"
    assert sorted(told(portal)[3:]) == ["points_expiring", "tier_soon"]
    run(portal, end_of(last))
    assert store.purse(portal.db, "A1").tier == "standard"
    assert "tier_down" in told(portal)


def test_what_should_have_been_done_long_ago_is_due_at_once(portal: Portal) -> None:
    book = Book(Purse("A1", expiring={"2026-09": 10}), [], NOW)
    assert store.after(book.purse, book).next_moment == NOW


def test_who_cannot_be_looked_at_holds_up_nobody_and_is_tried_again(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("A1", "A2", "A3"):
        earn(portal=portal, account_id=who)
    later = NOW + timedelta(days=380)
    handled_until(portal, "A1")
    look_at = timers.look_at

    def failing(portal: Portal, account_id: str, now: datetime) -> object:
        if account_id == "A2":
            raise RuntimeError
        return look_at(portal, account_id, now)

    with monkeypatch.context() as patch:
        patch.setattr(timers, "look_at", failing)
        timers.run_due(portal, later)
    assert [assert_adds_up(portal, who).balance for who in ("A1", "A2", "A3")] == [0, 20, 0]
    timers.run_due(portal, later)
    assert assert_adds_up(portal, "A2").balance == 0
    rows = portal.db.query(items.due_key("A2", NOW).pk).items
    assert rows == []


def test_more_people_than_one_run_takes_are_left_for_the_next(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_AT_ONCE", 2)
    for number in range(5):
        earn(portal=portal, account_id=f"B{number}")
    later = NOW + timedelta(days=380)
    handled_until(portal, "B0")
    for _ in range(6):
        timers.run_due(portal, later)
    assert [store.purse(portal.db, f"B{number}").balance for number in range(5)] == [0] * 5
