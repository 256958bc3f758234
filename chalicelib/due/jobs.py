"""A community's service levels have changed: its open issues are looked at one after another, some each minute."""

from collections import Counter
from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Delete, Item, K, Put
from chalicelib.due.look import look_at
from chalicelib.logs import log_failure
from chalicelib.portal import Portal

#: Issues that one tick looks at for a job: a query each, and a transaction for those whose promise moves.
_AT_ONCE = 100


def look_through(portal: Portal, row: Item, now: datetime) -> Counter[str]:
    """Look at some more of a community's open issues; the job's row keeps how far that is. Done twice, or again from
    where it was stopped, it comes to the same. Whatever moves meanwhile is moved by steps that know the new levels.
    """
    key = Key("open_queue").eq(f"QUEUE#{row['community_id']}")
    page = portal.db.query(key, index="open_queue", limit=_AT_ONCE, start=row.get("after"))
    handled: Counter[str] = Counter()
    for item in page.items:
        try:
            handled += look_at(portal, item["id"], now).handled
        except Exception:
            log_failure("issue_not_looked_at", issue_id=item["id"])
    if page.next is None:
        portal.db.write(Delete(K(row["PK"], row["SK"])))
    else:
        portal.db.write(Put({**row, "after": page.next}, replace=True))
    return handled
