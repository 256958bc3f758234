"""Providers of messages for a simulated month: the portal's own adapters, and in the place of the network somebody who
takes what they send, is down, or hangs up before or after taking it."""

import json
import random
import tempfile
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from urllib3.exceptions import ProtocolError

from chalicelib.accounts.models import Person
from chalicelib.db import Item, Put
from chalicelib.messages import reaching
from chalicelib.messages.adapters import http
from chalicelib.messages.notifier import Channel, Message
from chalicelib.messages.policy import KINDS
from chalicelib.messages.providers import Providers
from chalicelib.portal import Portal

#: Of a thousand calls so many are told to come back, hung up on, and hung up on once the message was taken.
BUSY, CUT_BEFORE, CUT_AFTER = 4, 2, 2
#: Some who want to be left alone at other hours than their community.
EARLY = (time(20), time(8))
_HOSTS: dict[str, Channel] = {
    "sms.example": "sms",
    "web.push.apple.com": "push",
    "api.weixin.qq.com": "wechat",
}


class Reply(NamedTuple):
    """A provider's answer."""

    status: int
    data: bytes


class Network:
    """What the adapters' calls come to. The gateway and push services know a message that comes again."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.down: frozenset[Channel] = frozenset()
        self.calls: Counter[Channel] = Counter()
        self.taken = 0
        self._seen: set[tuple[str, str]] = set()

    def request(self, method: str, url: str, *, body: bytes, headers: dict[str, str], **_: Any) -> Reply:
        """An adapter's POST; in the place of urllib3's pool."""
        where = urlsplit(url)
        if where.path == "/cgi-bin/stable_token":
            return Reply(200, b'{"access_token": "A1", "expires_in": 7200}')
        channel = _HOSTS[where.netloc]
        known = None
        if channel == "sms":
            known = "sms", str(json.loads(body)["token"])
        elif channel == "push":
            known = url, headers["Topic"]
        if not self._reached(channel, known):
            return Reply(503, b"")
        return {"sms": Reply(200, b'{"code": "OK"}'), "push": Reply(201, b""),
                "wechat": Reply(200, b'{"errcode": 0, "msgid": 1}')}[channel]  # fmt: skip

    def send_email(self, **_: Any) -> Item:
        """SES's call; in the place of its client."""
        try:
            reached = self._reached("email", None)
        except ProtocolError as error:
            raise ReadTimeoutError(endpoint_url="https://ses.example") from error
        if not reached:
            raise EndpointConnectionError(endpoint_url="https://ses.example")
        return {"MessageId": "1"}

    def _reached(self, channel: Channel, known: tuple[str, str] | None) -> bool:
        """Whether the provider took it; raises when it hung up."""
        self.calls[channel] += 1
        chance = self._dice.randrange(1000)
        if channel in self.down or chance < BUSY:
            return False
        if chance < BUSY + CUT_BEFORE:
            raise ProtocolError("hung up")
        if known is None or known not in self._seen:
            self.taken += 1
        if known:
            self._seen.add(known)
        if chance < BUSY + CUT_BEFORE + CUT_AFTER:
            raise ProtocolError("hung up")
        return True


@dataclass(frozen=True)
class Left:
    """A message that a provider took: of which announcement, for whom, how and when."""

    source: str
    account_id: str
    channel: Channel
    to: str
    kind: str
    news: int
    at: datetime
    #: Whether the provider said so; and whether the portal rather tells twice than not at all when it did not.
    heard: bool
    insists: bool


class Carrier:
    """The portal's notifier: its providers, with what left noted."""

    def __init__(self, providers: Providers, network: Network, people: list[Person]) -> None:
        self._providers, self._network = providers, network
        self._people = {one.id[-6:]: one.id for one in people}
        assert len(self._people) == len(people), "a token names a person by six letters"
        self.left: list[Left] = []

    def repeatable(self, channel: Channel) -> bool:
        """As the adapter says."""
        return self._providers.repeatable(channel)

    def send(self, message: Message) -> str | None:
        """Hand it on, and note what the provider took, whether or not it said so."""
        before, heard = self._network.taken, False
        try:
            provider_id = self._providers.send(message)
            heard = True
            return provider_id
        finally:
            if self._network.taken > before:
                self.left.append(self._noted(message, heard=heard))

    def _noted(self, message: Message, *, heard: bool) -> Left:
        source, person, news = message.token.split(".")
        kind, channel = message.values["kind"], message.channel
        insists = kind == "urgent" and not self.repeatable(channel)
        return Left(
            source, self._people[person], channel, message.to, kind, int(news), message.at, heard, insists
        )


@contextmanager
def outside(
    portal: Portal, people: list[Person], dice: random.Random
) -> Iterator[tuple[Portal, Carrier, Network]]:
    """The portal with all channels set up, and the network that they lead to."""
    network, pool = Network(dice), http._pool
    with tempfile.TemporaryDirectory() as folder:
        browsers = ec.generate_private_key(ec.SECP256R1())
        changes = {
            "messages_file": f"{folder}/messages.json",
            "message_secrets_file": f"{folder}/secrets.json",
        }
        _write(changes, browsers)
        config = portal.settings.model_copy(update=changes)
        carrier = Carrier(_providers(config, network), network, people)
        http._pool = network  # type: ignore[assignment]
        try:
            yield replace(portal, notifier=carrier, settings=config), carrier, network
        finally:
            http._pool = pool


def _providers(config: Any, network: Network) -> Providers:
    made = Providers(config)
    made._of("email").__dict__["_client"] = network  # in the place of what it would make of itself
    return made


def _write(paths: dict[str, str], private: ec.EllipticCurvePrivateKey) -> None:
    """The providers' own bits, as an installation has them."""
    template = {"id": "T1", "page": "go?to={path}", "data": {"thing1": "{category}", "number2": "{number}"}}
    channels = {
        "sms": {
            "url": "https://sms.example/send", "body": {"to": "{phone}", "text": "{text}", "token": "{token}"},
            "signature_name": "物业", "templates": {"*": {"zh-CN": "1", "en": "2"}}, "code_at": "code", "ok": ["OK"],
            "idempotent": True,
        },
        "mail": {"sender": "home@example.com"},
        "wechat": {"app_id": "wx1", "templates": dict.fromkeys(KINDS, template)},
        "push": {"public_key": public_of(private), "contact": "mailto:home@example.com"},
    }  # fmt: skip
    secret = _text(private.private_numbers().private_value.to_bytes(32))
    Path(paths["messages_file"]).write_text(json.dumps(channels))
    Path(paths["message_secrets_file"]).write_text(
        json.dumps({"push_private": secret, "wechat_secret": "shh"})
    )


def public_of(private: ec.EllipticCurvePrivateKey) -> str:
    """A key's public half, as browsers give it."""
    return _text(private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Choices:
    """What people of the month have chosen, written as it is kept."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._key = public_of(ec.generate_private_key(ec.SECP256R1()))
        #: Whose own quiet hours go before their community's.
        self.quiet: dict[str, tuple[time, time]] = {}

    def make(self, people: dict[str, list[Person]]) -> None:
        """Everybody is reached by something, but for every fifth owner, who reads the inbox; urgent things come to all
        as a text message."""
        for n, one in enumerate(people["technician"] + people["front_line"]):
            self._devices(one, 1 + n % 2)
        self._early(people["technician"][0])
        for one in people["senior"]:
            self._chosen(one, {"work": ["email"], "urgent": ["email", "sms"]})
        for one in people["manager"]:
            self._chosen(one, {"work": ["wechat"], "urgent": ["wechat", "sms"]})
            self._credits(one, 100_000)
        for n, one in enumerate(people["owner"]):
            self._owner(n % 5, one)

    def _owner(self, kind: int, one: Person) -> None:
        if kind == 0:
            self._devices(one, 1)
        if kind == 1:
            self._chosen(one, {})
            self._credits(one, 15)
        if kind in (2, 3):
            by = ["sms"] if kind == 2 else ["email"]
            self._chosen(one, {"steps": by, "talk": by})

    def _put(self, key: Any, **fields: Any) -> None:
        self._portal.db.write(Put({"PK": key.pk, "SK": key.sk, **fields}, replace=True))

    def _chosen(self, one: Person, channels: dict[str, list[str]], **more: Any) -> None:
        key = reaching.reach_key(one.id)
        sealed = {
            name: self._portal.keys.seal(f"{one.id}@example.com", f"{key.pk}|{name}")
            for name in ("email", "openid")
        }
        self._put(key, version=1, channels=channels, email_checked=True, **sealed, **more)

    def _early(self, one: Person) -> None:
        start, end = self.quiet[one.id] = EARLY
        self._chosen(one, {}, quiet={"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})

    def _credits(self, one: Person, many: int) -> None:
        for kind in KINDS:
            self._put(reaching.credit_key(one.id, kind), left=many)

    def _devices(self, one: Person, many: int) -> None:
        for n in range(many):
            key = reaching.device_key(one.id, f"d{n}")
            device = {
                "endpoint": f"https://web.push.apple.com/{one.id}/{n}",
                "p256dh": self._key,
                "auth": "A" * 22,
            }
            sealed = self._portal.keys.seal(json.dumps(device), f"{key.pk}|subscription")
            self._put(key, subscription=sealed, at="2026-01-01T00:00:00.000Z")
