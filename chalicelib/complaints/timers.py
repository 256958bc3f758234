"""What is due about complaints: clocks that warn or are over. `due/walk.py` goes through them in time order."""

from collections import Counter
from datetime import datetime

from chalicelib.complaints import notices, rules, store
from chalicelib.complaints.commit import row
from chalicelib.complaints.items import from_item
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, K, Op
from chalicelib.due import walk
from chalicelib.errors import Conflict, Unavailable
from chalicelib.inbox import outbox
from chalicelib.issues.models import SYSTEM
from chalicelib.logs import log
from chalicelib.portal import Portal
from chalicelib.times import moment

_TRIES = 5


class _Handled(Conflict):
    """Somebody else has handled this moment."""


def run_due(portal: Portal, now: datetime) -> int:
    """Tell of every moment up to `now`, of days missed too; gives back of how many.

    Safe to run twice, late, or half: a moment's row goes in the very write that tells of it.
    """
    return walk.run_due(portal, _CLOCK, now).total()


def _handle(portal: Portal, due: Item, now: datetime) -> Counter[str]:
    """Tell of a moment if its clock still runs, and forget it; counts what it told."""
    gone = Delete(K(due["PK"], due["SK"]), condition=Attr("PK").exists(), error=_Handled())
    for _ in range(_TRIES):
        ops = _telling(portal, due, now)
        try:
            portal.db.write(gone, *ops)
        except _Handled:
            return Counter()
        except store.ComplaintMoved:
            continue  # a step at this very moment: judge anew
        if ops:
            log("complaint_due", complaint_id=due["complaint_id"], what=due["what"])
        return Counter([due["what"]] if ops else [])
    raise Unavailable


def _telling(portal: Portal, due: Item, now: datetime) -> list[Op]:
    item = portal.db.get(store.meta_key(due["complaint_id"]))
    complaint = from_item(item, portal.keys) if item else None
    what = due["what"]
    if complaint is None or not rules.tells(complaint, due["clock"], moment(due["since"]), what, now):
        return []
    ops: list[Op] = [store.same_clock(complaint), outbox.add(notices.late(complaint, what), now)]
    if what == "breach":
        missed = row(now, "overdue", SYSTEM, clock=complaint.clock)
        ops.append(store.add_row(complaint.id, missed, portal.keys))
    return ops


_CLOCK = walk.Clock("COMPLAINTTIMERS", store.TIMERS, store.TIMER_SHARDS, _handle)
