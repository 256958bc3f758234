"""Events that wait to be counted: from the table's stream, and by a sweep of what that failed to bring."""

from datetime import datetime
from typing import Any

from chalicelib.db import Delete, Item, K, decode_item
from chalicelib.logs import log_failure
from chalicelib.points import earning, items
from chalicelib.portal import Portal

_PREFIX = "EARN#"
_AT_ONCE = 100


def handle_stream(portal: Portal, event: dict[str, Any], now: datetime) -> int:
    """Count the new events of a stream batch; gives back how many."""
    rows = [
        decode_item(record["dynamodb"]["NewImage"])
        for record in event["Records"]
        if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["PK"]["S"].startswith(_PREFIX)
    ]
    for row in rows:
        count(portal, row, now)
    return len(rows)


def sweep(portal: Portal, now: datetime) -> int:
    """Count what has been left lying; gives back how many. One that can't be counted stays, and holds up no other."""
    counted = 0
    for shard in range(items.SHARDS):
        for row in portal.db.query(f"{_PREFIX}{shard}", limit=_AT_ONCE).items:
            try:
                count(portal, row, now)
                counted += 1
            except Exception:
                log_failure("event_not_counted", event_id=row["id"])
    return counted


def count(portal: Portal, row: Item, now: datetime) -> None:
    """Count one, then forget that it waited. Killed in between it is counted again, which changes nothing."""
    if row["what"] == "earn":
        earning.earn(portal, items.event_from(row), now)
    else:
        earning.reverse(portal, row["id"], now)
    portal.db.write(Delete(K(row["PK"], row["SK"])))
