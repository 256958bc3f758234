"""What somebody's points look like: made of the balance alone, however long the ledger is."""

from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Db
from chalicelib.kept import made
from chalicelib.points import items, rules
from chalicelib.points.models import Entry, Purse
from chalicelib.points.months import end_of, month_of, start_of
from chalicelib.points.view_models import EntryView, Expiring, NextTier, PendingView, PointsView
from chalicelib.points.words import reason, subject
from chalicelib.times import rfc3339


def overview(purse: Purse, locale: str, now: datetime) -> PointsView:
    """Balance, what is pending, level, and what expires when."""
    month = month_of(now)
    ahead = rules.ahead(purse, month)
    return made(
        PointsView,
        balance=purse.balance,
        pending=sum(one.points for one in purse.pending),
        tier=purse.tier,
        next_tier=made(NextTier, tier=ahead.tier, missing=ahead.missing) if ahead else None,
        expiring=[
            made(Expiring, points=points, expires_at=rfc3339(end_of(last)))
            for last, points in sorted(purse.expiring.items())
        ],
        pending_items=[
            made(PendingView, points=one.points, reason=subject(one.kind, locale), due_at=rfc3339(one.due))
            for one in sorted(purse.pending, key=lambda one: one.due)
        ],
        tier_points=rules.earned_by(purse.earned, month),
        tier_until=rfc3339(start_of(purse.warned)) if purse.warned > month else None,
    )


def entries(db: Db, account_id: str, limit: int, after: str | None) -> tuple[list[Entry], str | None]:
    """A page of somebody's ledger, newest first, and behind which entry to go on: one round trip."""
    start = None
    if after:
        key = items.entry_key(account_id, int(after))
        start = {"PK": key.pk, "SK": key.sk}
    condition = Key("PK").eq(items.points_pk(account_id)) & Key("SK").begins_with("E#")
    page = db.query(condition, limit=limit, start=start, newest_first=True)
    found = [items.entry_from(one) for one in page.items]
    return found, str(found[-1].number) if page.next and found else None


def entry_view(entry: Entry, locale: str) -> EntryView:
    """A row of the ledger in plain words."""
    return made(
        EntryView,
        id=entry.id,
        at=rfc3339(entry.at),
        delta=entry.delta,
        kind=entry.kind,
        reason=reason(entry, locale),
        balance_after=entry.balance_after,
    )
