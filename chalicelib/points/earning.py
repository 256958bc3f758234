"""What other features call when something happens that earns points.

This is the whole interface; it stays as it is, and the rest of the folder is nobody's business:

- `ask(event)` and `ask_reversal(event_id)` are writes. Put one into the very transaction of what earns (or of what
  makes it void): stored with it, and counted from the table's stream a moment later, also when this process dies. A
  request waits for nothing, and needs no right to anybody's points.
- `earn(portal, event, now)` and `reverse(portal, event_id, now)` count at once and tell what became of it. Call
  them where a process may repeat itself: from the stream, the clock, a queue.

Both ways an event counts once for ever, by its id, whoever calls, however often and in whichever order: an event that
was reversed before it was counted earns nothing. The rule is that of the community at `event.at`; later ones never
apply. Points whose rule has a pending time become real by the clock; until then `reverse` takes them away without a
trace in the ledger, after that with an entry.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.conditions import Attr
from chalicelib.db import Op, Put
from chalicelib.points import items, rule_store, rules, store, telling
from chalicelib.points.book import Book
from chalicelib.points.errors import PurseMoved
from chalicelib.points.models import Earned, EarningEvent, Lot, Part, Pending, Purse
from chalicelib.points.months import last_month
from chalicelib.portal import Portal
from chalicelib.times import kept

__all__ = ["Earned", "EarningEvent", "ask", "ask_reversal", "earn", "reverse"]


def ask(event: EarningEvent) -> Op:
    """The write that has an event counted, for the transaction of what happened. Twice is once."""
    return Put(items.ask_item(event), replace=True)


def ask_reversal(event_id: str) -> Op:
    """The write that has an event's points taken back, for the transaction of what made it void. Twice is once."""
    key = items.ask_key(f"{event_id}!")
    return Put(items.item(key, id=event_id, what="reverse"), replace=True)


def earn(portal: Portal, event: EarningEvent, now: datetime, *along: Op) -> Earned:
    """Count an event, once for ever; gives back what became of it, now or when it was counted before. `along` are
    writes of the caller that go into the same transaction; of an event that was counted before they are left out, as
    they were made with it. Raises Unavailable, and what the conditions of `along` raise."""
    return store.settled(portal.db, lambda: _earn(portal, event, kept(now), along))


def _earn(portal: Portal, event: EarningEvent, now: datetime, along: tuple[Op, ...]) -> Earned:
    spans = sorted(rules.spans(event.at).values())
    keys = [items.used_key(event.account_id, event.kind, span) for span in spans]
    rows = portal.db.batch_get([items.event_key(event.id), items.balance_key(event.account_id), *keys])
    if rows[0]:
        return items.earned_from(rows[0])
    purse = items.purse_from(event.account_id, rows[1])
    used = {span: one["points"] if one else 0 for span, one in zip(spans, rows[2:], strict=True)}
    rule = rule_store.holding(portal.db, event.community_id, event.kind, event.at).body
    award = rules.award(rule, event, purse.tier, used)
    if not award.points:
        nothing = Earned(event.id, "nothing", event.account_id, kind=event.kind, why=award.why)
        portal.db.write(_counted(nothing, now), *along)
        return nothing
    book, earned = _awarded(portal, event, award, purse, now)
    limits = [
        store.count_used(
            items.used_key(event.account_id, event.kind, span), points, points + award.points, now
        )
        for span, points in used.items()
    ]
    told = telling.earned(purse, book, earned)
    portal.db.write(_counted(earned, now), *store.writes(purse, book), *limits, *told, *along)
    return earned


def _awarded(
    portal: Portal, event: EarningEvent, award: rules.Award, purse: Purse, now: datetime
) -> tuple[Book, Earned]:
    """The points of an event: pending, or real at once."""
    earned = Earned(
        event.id, "pending", event.account_id, award.points, event.kind, event.community_id, award.due
    )
    if award.due and award.due > now:
        book = Book(purse, [], now)
        book.hold(Pending(event.id, award.points, award.due, event.kind, event.community_id))
        return book, earned
    book = Book(purse, store.last_sheet(portal.db, event.account_id, last_month(now)), now)
    return book, settle(book, earned)


def settle(book: Book, earned: Earned) -> Earned:
    """Make an event's points real: a lot and an entry."""
    lot = Lot(earned.points, 0, earned.kind, earned.event_id, earned.community_id, book.now)
    part = book.earn(lot)
    return replace(earned, state="earned", sheet=part.sheet, lot=part.lot)


def _counted(earned: Earned, now: datetime) -> Op:
    """The row of an event, the first of its transaction: there is one for ever."""
    return Put(items.earned_item(earned, now), error=PurseMoved())


def reverse(portal: Portal, event_id: str, now: datetime, *along: Op) -> Earned:
    """Take an event's points back, pending or real, once; an event that was never counted earns nothing from then on.
    What has been spent already is set off against the next points. `along` as with `earn`. Raises Unavailable."""
    return store.settled(portal.db, lambda: _reverse(portal, event_id, kept(now), along))


def _reverse(portal: Portal, event_id: str, now: datetime, along: tuple[Op, ...]) -> Earned:
    seen = portal.db.get(items.event_key(event_id))
    if seen is None:
        never = Earned(event_id, "reversed")
        portal.db.write(_counted(never, now), *along)
        return never
    before = items.earned_from(seen)
    after = replace(before, state="reversed")
    if before.state in ("nothing", "reversed"):
        return before
    undo: Callable[..., Book] = _let_go if before.state == "pending" else _withdraw
    purse = store.purse(portal.db, before.account_id)
    book = undo(portal, before, Book(purse, [], now))
    portal.db.write(
        *store.writes(purse, book), *restated(before, after, now), *telling.reversed_(book, after), *along
    )
    return after


def restated(before: Earned, after: Earned, now: datetime) -> list[Op]:
    """The write of what became of an event later on."""
    same = Attr("state").eq(before.state)
    return [Put(items.earned_item(after, now), condition=same, error=PurseMoved())]


def _let_go(portal: Portal, earned: Earned, book: Book) -> Book:
    if book.release(earned.event_id) is None:
        raise PurseMoved  # it became real meanwhile
    return book


def _withdraw(portal: Portal, earned: Earned, book: Book) -> Book:
    who = earned.account_id
    own = store.sheets(portal.db, who, [earned.sheet])
    others = store.open_sheets(portal.db, who, earned.points, book.now)
    full = Book(book.purse, {one.id: one for one in [*others, *own]}.values(), book.now)
    full.withdraw(Part(earned.sheet, earned.lot, earned.points))
    return full
