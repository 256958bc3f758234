"""Portals in this process whose owners invite others; quick to make, and to be copied for each trial."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bench.table import Table
from chalicelib.accounts import service as accounts
from chalicelib.accounts import store as account_store
from chalicelib.accounts.models import Person
from chalicelib.conditions import Key
from chalicelib.inbox import outbox
from chalicelib.issues import timers
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.points import items as point_items
from chalicelib.portal import Portal
from chalicelib.prices import service as prices
from chalicelib.prices.models import Sign
from chalicelib.referrals import claiming, codes, deciding, store
from chalicelib.referrals.models import Decide, Inviter, Referral
from tests.decoration.factories import make_commitment
from tests.factories import NOW, TABLE_FILE, People, import_people, make_key, make_portal
from tests.recording import RecordingClient

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DEFINITION: Any = json.loads(TABLE_FILE.read_text())
#: Numbers that nobody here has.
STRANGERS = [f"+86137000{n:05d}" for n in range(1, 60)]


@dataclass
class World:
    """A portal with the usual people, on a table in this process."""

    portal: Portal
    client: RecordingClient
    people: People
    addresses: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def code(self, name: str = "owner", now: datetime = NOW) -> str:
        """An owner's code."""
        return codes.own(self.portal, getattr(self.people, name), now).code

    def inviter(self, name: str = "owner") -> Inviter:
        """An owner's code and numbers."""
        return codes.own(self.portal, getattr(self.people, name), NOW)

    def leave(self, phone: str, *, by: str = "owner", now: datetime = NOW, **more: Any) -> str:
        """A number that is left with an owner's code, from a network and a device of its own; gives back what the
        device keeps: the referral's id."""
        given = {"address": f"192.0.2.{next(self.addresses)}", **more}
        return claiming.claim(self.portal, self.code(by), claiming.Left(phone, **given), now).partition(".")[
            0
        ]

    def the(self, referral_id: str) -> Referral:
        """A referral as it is now."""
        found = store.get(self.portal.db, referral_id)
        assert found is not None, referral_id
        return found

    def tick(self, now: datetime) -> int:
        """What the clock does about referrals."""
        return timers.run_due(self.portal, now)["referral"]

    def comes(self, phone: str, *, unit: str = "maple-9-901", now: datetime = NOW) -> None:
        """Somebody's home is linked by the office, and they sign in."""
        self.moves_in(phone, unit=unit, now=now)
        self.signs_in(phone, now)

    def moves_in(self, phone: str, *, unit: str = "maple-9-901", now: datetime = NOW) -> None:
        """Somebody's home is linked by the office."""
        head = "community_id,community,building,unit,unit_id,name,phone,role"
        text = f"{head}\nmaple,枫林苑,9,901,{unit},新邻居,{phone},owner\n"
        import_people(portal=self.portal, text=text, now=now)

    def signs_in(self, phone: str, now: datetime) -> None:
        """Somebody asks for a code and signs in with it."""
        accounts.send_code(self.portal, phone, "198.51.100.1", "zh-CN", now)
        assert isinstance(self.portal.notifier, MemoryNotifier)
        accounts.sign_in(self.portal, phone, self.portal.notifier.sent[-1].code or "", now)

    def signs_contract(self, phone: str, unit: str, *, now: datetime, version: int = 1) -> None:
        """A designer promises prices to a home, and its owner signs, twice as taps go."""
        account = account_store.find_by_phone(self.portal.db, self.portal.keys, phone)
        assert account is not None, "moved in"
        signer = Person.model_construct(**dict(account), session="SESSION#test")
        one = make_commitment(portal=self.portal, by=self.people.designer, unit_id=unit)
        key = make_key(of=signer)
        for _ in range(2):
            prices.sign(self.portal, signer, one.id, Sign(version=version), key, "zh-CN", now)

    def decide(
        self, referral_id: str, *, release: bool, by: str = "manager", now: datetime = NOW
    ) -> Referral:
        """A manager's decision about one as it is now."""
        word: Any = "release" if release else "void"
        body = Decide(decision=word, reason="看过了", version=self.the(referral_id).version)
        return deciding.decide(self.portal, getattr(self.people, by), referral_id, body, None, now)

    def rows(self, pk: str) -> list[dict[str, Any]]:
        """A partition."""
        return self.portal.db.query_all(pk)

    def waiting(self, community_id: str = "maple") -> list[str]:
        """The ids of those that wait for a manager."""
        return [row["referral_id"] for row in self.rows(store.queue_pk(community_id))]

    def notices(self) -> list[dict[str, Any]]:
        """What is announced and not delivered."""
        return [row for shard in range(outbox.SHARDS) for row in self.rows(outbox.outbox_pk(shard))]

    def earned(self) -> list[tuple[str, str]]:
        """What is to be counted: the event's id, and whose points they are."""
        shards = range(point_items.SHARDS)
        return sorted((row["id"], row["account_id"]) for n in shards for row in self.rows(f"EARN#{n}"))

    def due(self) -> list[str]:
        """All that the clock has still to look at."""
        text = "select sk from items where pk like 'DUE#%' and sk like '%#%'"
        return sorted(sk for (sk,) in self.client.plain._db.execute(text))

    def kept_of(self, phone: str) -> list[str]:
        """What is found by a number."""
        hashed = account_store.phone_hash(self.portal.keys, phone)
        found = self.portal.db.query_all(Key("PK").eq(f"PHONE#{hashed}"))
        return sorted(row["SK"].partition("#")[0] for row in found)

    def everything(self) -> list[dict[str, Any]]:
        """All records, as they are on the wire."""
        return [json.loads(text) for (text,) in self.client.plain._db.execute("select item from items")]


def make_world() -> World:
    """The usual people; the clock has run."""
    world = _empty()
    import_people(portal=world.portal)
    timers.run_due(world.portal, NOW - MINUTE)
    return world


def copied(world: World) -> World:
    """The same portal on a table of its own."""
    copy = _empty()
    texts = world.client.plain._db.execute("select item from items")
    copy.client.plain.load(json.loads(text) for (text,) in texts)
    return copy


def _empty() -> World:
    client = RecordingClient(Table(DEFINITION))
    portal = make_portal(client=client, table="portal")
    return World(portal, client, People(portal))
