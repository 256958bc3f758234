"""The outbox: what is announced is stored with the change itself, and delivered from the table's stream.

Delivery is safe to repeat: each person's message has the outbox row's id and is written only once, and the
row goes in the same write that counts it. A sweep picks up what a stream failed to bring. With each message goes a
row that has the person told outside of the portal too (`chalicelib/messages`). What only delivery needs is imported
there: every request that changes something writes here.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.conditions import Attr
from chalicelib.db import Delete, Item, K, Op, Put, Update, decode_item
from chalicelib.errors import Conflict
from chalicelib.ids import new_id
from chalicelib.inbox.models import Notice
from chalicelib.logs import log_failure
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

SHARDS = 8
#: The times that a notice may be about.
_TIMES = ("visit_at", "due_at", "until")
#: What of an outbox row its messages keep.
_KEPT = (
    "at", "issue_id", "number", "category_id", "community_id", "who", "about", "subject", "goal", "step", "level",
    "urgent",
    *_TIMES,
)  # fmt: skip
#: How long messages stay in the inbox.
KEEP = timedelta(days=180)


class _Delivered(Conflict):
    """This person has the message already."""


def outbox_pk(shard: int) -> str:
    """One of the partitions that the outbox is spread over."""
    return f"OUTBOX#{shard}"


def add(notice: Notice, now: datetime) -> Op:
    """The write of a notice, as part of the change that it announces."""
    shard = int(hashlib.sha256(notice.issue_id.encode()).hexdigest(), 16) % SHARDS
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
        "but": list(notice.but) or None,
        "counts": {name: delta for name, delta in notice.counts.items() if delta},
        "who": notice.who,
        "subject": notice.subject,
        "about": notice.about if notice.about != "issue" else None,
        "fan": {"homes": list(notice.homes)} if notice.homes else None,
        "goal": notice.goal,
        "step": notice.step,
        "level": notice.level or None,
        "urgent": notice.urgent or None,
        **{name: _text(getattr(notice, name)) for name in _TIMES},
    }
    return Put(item)


def _text(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


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
    """Write the message of each person that a row concerns, then count and remove the row, with rows for further
    people in its stead where it is for all who live somewhere. Repeatable."""
    from chalicelib.inbox import whom

    for account_id in dict.fromkeys(row["owners"]):
        _give(portal, account_id, row, row["event"], desk=False)
    for account_id, at_any_hour in (whom.of(portal, row) | dict.fromkeys(row["staff"], True)).items():
        said = row if at_any_hour else {**row, "urgent": None}
        _give(portal, account_id, said, row.get("staff_event") or row["event"], desk=True)
    key = K(row["PK"], row["SK"])
    further = _further(portal, row) if row.get("fan") else []
    # The news are counted too: pages that are open see by one number whether anything was announced.
    counted = Update(counts_key(row["community_id"]), adds={**row["counts"], "news": 1})
    done: list[Op] = [Delete(key, condition=Attr("PK").exists(), error=_Delivered()), counted, *further]
    try:
        portal.db.write(*done)
    except _Delivered:
        return


def _further(portal: Portal, row: Item) -> list[Op]:
    from chalicelib.inbox import spreading

    return spreading.steps(portal, row)


def counts_key(community_id: str) -> K:
    """How many issues of a community are in which state."""
    return K(f"COMMUNITY#{community_id}", "COUNTS")


def _give(portal: Portal, account_id: str, row: Item, event: str, *, desk: bool) -> None:
    from chalicelib.messages import store as messages

    source = row.get("mid") or row["SK"]
    item: Item = {
        "PK": f"ACCOUNT#{account_id}",
        "SK": f"INBOX#{source}",
        **{name: row.get(name) for name in _KEPT},
        "event": event,
        "desk": desk,
        "expires_at": int((datetime.fromisoformat(row["at"]) + KEEP).timestamp()),
    }
    unread = Update(K(f"ACCOUNT#{account_id}", "UNREAD"), adds={"unread": 1})
    outside = messages.tell(account_id, source, item)
    try:
        portal.db.write(Put(item, error=_Delivered()), unread, outside)
    except _Delivered:
        return
