"""What is due of issues: warnings, escalations, pauses that end, questions, reminders, and issues that close by
themselves. Each moment is one transaction, on condition that nobody handled it before and that the issue is as it was
read; `due/walk.py` goes through them."""

from collections import Counter
from datetime import datetime

from chalicelib.db import Delete, Item, K
from chalicelib.due import jobs, rows, walk
from chalicelib.due.look import look_at
from chalicelib.errors import NotFound
from chalicelib.portal import Portal


def run_due(portal: Portal, now: datetime) -> Counter[str]:
    """Handle every moment up to `now`, of days missed too; gives back how many of each kind.

    A row that can't be handled stays, and its day is gone through again by the next run; the others go on.
    """
    return walk.run_due(portal, _CLOCK, now)


def _handle(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    if "community_id" in row:
        return jobs.look_through(portal, row, now)
    if "referral_id" in row:
        from chalicelib.referrals import moving as referrals  # a tick without any needs none of it

        return referrals.handle(portal, row, now)
    if "voucher_id" in row:
        from chalicelib.rewards import reminding  # nor of these

        return reminding.handle(portal, row, now)
    key, issue_id = K(row["PK"], row["SK"]), row["issue_id"]
    try:
        looked = look_at(portal, issue_id, now)
    except NotFound:  # a row of what is no longer there
        portal.db.write(Delete(key))
        return Counter()
    at = looked.before.next_moment
    if at is None or rows.key_at(issue_id, at) != key:  # else it went with the first of the transactions
        portal.db.write(Delete(key))
    return looked.handled


_CLOCK = walk.Clock("TIMERS", rows.PREFIX, rows.SHARDS, _handle)
