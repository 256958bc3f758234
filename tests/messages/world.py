"""What tests of messages do again and again: announce, deliver, let time pass, and look at what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.messages import reaching, store, worker
from chalicelib.messages.models import Outgoing
from chalicelib.messages.policy import CHANNELS
from chalicelib.messages.sending import Turn
from chalicelib.portal import Portal
from chalicelib.records import Item, Put
from tests.factories import NOW, People
from tests.messages.providers import FakeProvider

MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """A portal with people and a provider."""

    portal: Portal
    people: People
    provider: FakeProvider

    def with_provider(self, provider: FakeProvider) -> "World":
        """The same with another provider."""
        return World(replace(self.portal, notifier=provider), self.people, provider)

    def announce(self, event: str = "assigned", at: datetime = NOW, **fields: Any) -> None:
        """Announce a step of an L1 issue to its owner, unless told otherwise, and deliver it to the inbox."""
        whom = fields or {"owners": (self.people.owner.id,)}
        category = whom.pop("category_id", "plumbing")
        notice = Notice(event, "01K00000000000000000000000", "20261120-00001", category, "maple", **whom)  # type: ignore[arg-type]
        self.portal.db.write(outbox.add(notice, at))
        outbox.sweep(self.portal, at + MINUTE)

    def sweep(self, at: datetime) -> int:
        """A worker's turn."""
        return worker.sweep(Turn(self.portal, at))

    def choose(self, account_id: str, **fields: Any) -> None:
        """Somebody's choice, straight into the table."""
        key = reaching.reach_key(account_id)
        item: Item = {"PK": key.pk, "SK": key.sk, "version": 1, **fields}
        self.portal.db.write(Put(item, replace=True))

    def add_device(self, account_id: str, name: str = "d1") -> None:
        """A browser that wants push messages."""
        key = reaching.device_key(account_id, name)
        sealed = self.portal.keys.seal('{"endpoint": "https://push.example/1"}', f"{key.pk}|subscription")
        item: Item = {"PK": key.pk, "SK": key.sk, "subscription": sealed, "at": "2026-01-01T00:00:00.000Z"}
        self.portal.db.write(Put(item, replace=True))

    def messages(self, account_id: str) -> list[Outgoing]:
        """What a person was to be told outside, in the order of events."""
        from chalicelib.conditions import Key

        pk = f"ACCOUNT#{account_id}"
        rows = self.portal.db.query_all(Key("PK").eq(pk) & Key("SK").begins_with("SEND#"))
        return [store.from_item(row) for row in rows]

    def queued(self) -> list[Item]:
        """All rows of all queues."""
        parts = [store.queue_pk(one, shard) for one in CHANNELS for shard in range(store.SHARDS)]
        parts += [store.tell_pk(shard) for shard in range(store.SHARDS)]
        return [row for pk in parts for row in self.portal.db.query_all(pk)]

    def failed(self) -> list[Item]:
        """What waits for managers of maple."""
        return self.portal.db.query_all("FAILED#maple")
