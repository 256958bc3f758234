"""Whom a change of points is told: notices, stored with the change."""

from datetime import datetime
from typing import Any

from chalicelib.db import Op
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Event, Notice
from chalicelib.points import rules
from chalicelib.points.book import Book
from chalicelib.points.models import Earned, Month, Purse
from chalicelib.points.months import end_of, start_of
from chalicelib.points.policy import TIERS


def tell(
    event: Event, account_id: str, community_id: str, about: str, points: int, now: datetime, **more: Any
) -> Op:
    """The write of a notice to the person whose points they are."""
    given = {"owners": (account_id,), **more}
    notice = Notice(event, account_id, str(points), about, community_id, about="points", **given)
    return outbox.add(notice, now)


def earned(before: Purse, book: Book, earned: Earned) -> list[Op]:
    """Points that have become real, and a level that was reached; pending ones are seen where points are."""
    if earned.state != "earned":
        return []
    who, where = earned.account_id, earned.community_id
    told = [tell("points_earned", who, where, earned.kind, earned.points, book.now)]
    if book.purse.tier != before.tier:
        told.append(tell("tier_up", who, where, f"tier/{book.purse.tier}", 0, book.now))
    return told


def reversed_(book: Book, earned: Earned) -> list[Op]:
    """Points that were taken back; of pending ones nobody was told."""
    taken = -sum(entry.delta for entry in book.entries)
    if not taken:
        return []
    return [tell("points_reversed", earned.account_id, earned.community_id, earned.kind, taken, book.now)]


def expiring(purse: Purse, month: Month, community_id: str, now: datetime) -> Op:
    """What expires with the end of a month."""
    points, end = purse.expiring[month], end_of(month)
    return tell("points_expiring", purse.account_id, community_id, "", points, now, due_at=end)


def tier_checked(
    before: Purse, check: rules.TierCheck, month: Month, community_id: str, now: datetime
) -> list[Op]:
    """A level that has gone down, or will unless more is earned."""
    who = before.account_id
    if check.tier != before.tier:
        event: Event = "tier_down" if rules.higher(check.tier, before.tier) == before.tier else "tier_up"
        return [tell(event, who, community_id, f"tier/{check.tier}", 0, now)]
    if not check.warned:
        return []
    counts = rules.earned_by(before.earned, check.warned)
    missing = TIERS[check.tier] - counts
    lower = f"tier/{rules.tier_for(counts)}"
    return [tell("tier_soon", who, community_id, lower, missing, now, due_at=start_of(check.warned))]
