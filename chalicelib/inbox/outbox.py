"""The outbox: what is announced is stored with the change itself, and delivered from the table's stream.

Delivery is safe to repeat: each person's message has the outbox row's id and is written only once, and the
row goes in the same write that counts it. A sweep picks up what a stream failed to bring.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.communities import store as communities
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, K, Op, Put, Update, decode_item
from chalicelib.errors import Conflict
from chalicelib.ids import new_id
from chalicelib.inbox.models import Notice
from chalicelib.logs import log_failure
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

SHARDS = 8
#: How long messages stay in the inbox.
KEEP = timedelta(days=180)


class _Delivered(Conflict):
    """This person has the message already."""


def outbox_pk(shard: int) -> str:
    """One of the partitions that the outbox is spread over."""
    return f"OUTBOX#{shard}"


def add(notice: Notice, now: datetime) -> Op:
    """The write of a notice, as part of the change that it announces."""
    shard = (
        int(hashlib.sha256((notice.issue_id or notice.booking_id or "").encode()).hexdigest(), 16) % SHARDS
    )
    item: Item = {
        "PK": outbox_pk(shard),
        "SK": new_id(now),
        "at": rfc3339(now),
        "event": notice.event,
        "staff_event": notice.staff_event,
        "issue_id": notice.issue_id,
        "number": notice.number,
        "category_id": notice.category_id,
        "community_id": notice.community_id,
        "owners": list(notice.owners),
        "staff": list(notice.staff),
        "roles": list(notice.roles),
        "counts": {name: delta for name, delta in notice.counts.items() if delta},
        "who": notice.who,
        "visit_at": rfc3339(notice.visit_at) if notice.visit_at else None,
        "booking_id": notice.booking_id,
        "subject": notice.subject,
    }
    return Put(item)


def handle_stream(portal: Portal, event: dict[str, Any]) -> int:
    """Deliver the new outbox rows of a stream batch; gives back how many."""
    rows = [
        decode_item(record["dynamodb"]["NewImage"])
        for record in event["Records"]
        if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["PK"]["S"].startswith("OUTBOX#")
    ]
    return deliver_all(portal, rows)


def sweep(portal: Portal, now: datetime, older_than_s: int = 10) -> int:
    """Deliver what has been lying in the outbox, oldest first; gives back how many.

    A row that can't be delivered stays for the next sweep and does not hold up those behind it.
    """
    limit = rfc3339(now - timedelta(seconds=older_than_s))
    delivered = 0
    for shard in range(SHARDS):
        for row in portal.db.query(outbox_pk(shard), limit=100).items:
            if row["at"] > limit:
                break
            try:
                deliver(portal, row)
                delivered += 1
            except Exception:
                log_failure("delivery_failed", outbox_id=row["SK"])
    return delivered


def deliver_all(portal: Portal, rows: Iterable[Item]) -> int:
    """Deliver rows in order; gives back how many."""
    delivered = 0
    for row in rows:
        deliver(portal, row)
        delivered += 1
    return delivered


def deliver(portal: Portal, row: Item) -> None:
    """Write the message of each person that a row concerns, then count and remove the row. Repeatable."""
    for account_id in dict.fromkeys(row["owners"]):
        _give(portal, account_id, row, row["event"], desk=False)
    for account_id in dict.fromkeys([*row["staff"], *_on_duty(portal, row)]):
        _give(portal, account_id, row, row.get("staff_event") or row["event"], desk=True)
    key = K(row["PK"], row["SK"])
    # The news are counted too: pages that are open see by one number whether anything was announced.
    counted = Update(counts_key(row["community_id"]), adds={**row["counts"], "news": 1})
    done: list[Op] = [Delete(key, condition=Attr("PK").exists(), error=_Delivered()), counted]
    try:
        portal.db.write(*done)
    except _Delivered:
        return


def counts_key(community_id: str) -> K:
    """How many issues of a community are in which state."""
    return K(f"COMMUNITY#{community_id}", "COUNTS")


def _on_duty(portal: Portal, row: Item) -> list[str]:
    if not row["roles"]:
        return []
    wanted = set(row["roles"])
    staff = communities.staff(portal.db, portal.keys, row["community_id"])
    return [member.id for member in staff if wanted & set(member.roles)]


def _give(portal: Portal, account_id: str, row: Item, event: str, *, desk: bool) -> None:
    kept = (
        "at", "issue_id", "number", "category_id", "community_id", "who", "visit_at", "booking_id", "subject",
    )  # fmt: skip
    item: Item = {
        "PK": f"ACCOUNT#{account_id}",
        "SK": f"INBOX#{row['SK']}",
        **{name: row.get(name) for name in kept},
        "event": event,
        "desk": desk,
        "expires_at": int((datetime.fromisoformat(row["at"]) + KEEP).timestamp()),
    }
    unread = Update(K(f"ACCOUNT#{account_id}", "UNREAD"), adds={"unread": 1})
    try:
        portal.db.write(Put(item, error=_Delivered()), unread)
    except _Delivered:
        return
