"""Messages on their way out in the table. Keys: `docs/keys.md`.

A message is one record in its person's partition. Beside it stands a row in the queue of its channel, ordered by when
it is due: a look at the queue costs what is due, and a channel that is down is not looked at.
"""

import hashlib

from chalicelib.conditions import Attr, Condition
from chalicelib.db import Db, Delete, Item, K, Op, Put
from chalicelib.errors import Conflict
from chalicelib.messages.models import Outgoing
from chalicelib.messages.notifier import Channel
from chalicelib.messages.policy import KEEP
from chalicelib.times import moment, rfc3339

SHARDS = 4
#: Attributes of a message that are kept as they are.
_PLAIN = (
    "account_id", "source", "channel", "kind", "event", "desk", "community_id", "issue_id", "number", "category_id",
    "visit_at", "about", "subject", "n", "digest", "state", "attempts", "reason", "credit", "rev",
)  # fmt: skip


class Moved(Conflict):
    """Somebody else took the message up, or finished it."""


def shard_of(account_id: str) -> int:
    """Which part of a queue a person's messages are in."""
    return int(hashlib.sha256(account_id.encode()).hexdigest(), 16) % SHARDS


def tell_pk(shard: int) -> str:
    """What is to be told outside of the inbox, before it is known how."""
    return f"TELL#{shard}"


def queue_pk(channel: Channel, shard: int) -> str:
    """A part of a channel's queue."""
    return f"SEND#{channel}#{shard}"


def message_key(account_id: str, source: str, channel: Channel) -> K:
    """One message."""
    return K(f"ACCOUNT#{account_id}", f"SEND#{source}#{channel}")


def queue_key(message: Outgoing) -> K:
    """A message's row in its channel's queue."""
    due = f"{rfc3339(message.due)}#{message.account_id}#{message.source}"
    return K(queue_pk(message.channel, shard_of(message.account_id)), due)


def failed_key(message: Outgoing) -> K:
    """A message's row among those that a community's managers look at."""
    name = f"{rfc3339(message.at)}#{message.account_id}#{message.source}#{message.channel}"
    return K(f"FAILED#{message.community_id}", name)


def tell(account_id: str, source: str, item: Item) -> Op:
    """The write of what is to be told outside: it goes with the inbox's own message, in one transaction."""
    kept = (
        "at",
        "event",
        "desk",
        "issue_id",
        "number",
        "category_id",
        "community_id",
        "visit_at",
        "urgent",
        "about",
        "subject",
    )
    fields = {name: item.get(name) for name in kept}
    row = {"PK": tell_pk(shard_of(account_id)), "SK": f"{source}#{account_id}", "account_id": account_id}
    return Put({**row, "source": source, **fields})


def to_item(message: Outgoing) -> Item:
    """A message as kept."""
    key = message_key(message.account_id, message.source, message.channel)
    return {
        "PK": key.pk,
        "SK": key.sk,
        **{name: getattr(message, name) for name in _PLAIN},
        "at": rfc3339(message.at),
        "due": rfc3339(message.due),
        "lease": rfc3339(message.lease) if message.lease else None,
        "otherwise": list(message.otherwise),
        "expires_at": int((message.at + KEEP).timestamp()),
    }


def from_item(item: Item) -> Outgoing:
    """A message from the table."""
    lease = item.get("lease")
    return Outgoing(
        **{name: item[name] for name in _PLAIN if name in item},
        at=moment(item["at"]),
        due=moment(item["due"]),
        lease=moment(lease) if lease else None,
        otherwise=tuple(item["otherwise"]),
    )


def get(db: Db, account_id: str, source: str, channel: Channel) -> Outgoing | None:
    """One message."""
    item = db.get(message_key(account_id, source, channel))
    return from_item(item) if item else None


def add(message: Outgoing) -> list[Op]:
    """The writes of a new message; they fail with Moved when it is there already."""
    return [Put(to_item(message), error=Moved()), enqueue(message)]


def enqueue(message: Outgoing) -> Op:
    """The write of a message's row in the queue, at the moment when it is due."""
    key = queue_key(message)
    row = {"PK": key.pk, "SK": key.sk, "account_id": message.account_id, "source": message.source}
    return Put(row, replace=True)


def change(before: Outgoing, after: Outgoing, sent: Item | None = None) -> Op:
    """The write that changes a message, unless somebody did since it was read: then Moved."""
    same: Condition = Attr("rev").eq(before.rev)
    return Put({**to_item(after), **(sent or {})}, condition=same, error=Moved())


def out_of_queue(message: Outgoing) -> Op:
    """The write that takes a message out of its queue."""
    return Delete(queue_key(message))


def fail(message: Outgoing) -> Op:
    """The write of a message's row among those that managers look at."""
    key = failed_key(message)
    names = (
        "account_id", "source", "channel", "event", "number", "issue_id", "about", "reason", "attempts", "kind",
    )  # fmt: skip
    return Put({"PK": key.pk, "SK": key.sk, **{name: getattr(message, name) for name in names}}, replace=True)
