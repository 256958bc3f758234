"""Web push (RFC 8030): encrypted for one browser (RFC 8291), signed with the portal's key (RFC 8292)."""

import base64
import hashlib
import json
import os
import struct
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.messages.adapters.http import post
from chalicelib.messages.notifier import Channel, Gone, Message, Refused
from chalicelib.messages.settings import Push

#: The browsers' push services. A subscription's address comes from outside, and is called from inside.
HOSTS = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com",
    ".push.apple.com", ".notify.windows.com", ".push.services.mozilla.com",
)  # fmt: skip
_TTL_S = 24 * 3600
_TOKEN_S = 12 * 3600
_TIMEOUT_S = 5.0
_RECORD = 4096


def known_service(endpoint: str, hosts: tuple[str, ...] = HOSTS) -> bool:
    """Whether an address is a browser maker's push service, by https."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = any(host == known or (known.startswith(".") and host.endswith(known)) for known in hosts)
    return parts.scheme == "https" and named and port in (None, 443) and "@" not in parts.netloc


class Keys(NamedTuple):
    """What a browser's subscription holds besides its address."""

    p256dh: bytes
    auth: bytes


class WebPush:
    """The portal as an application server. `clock` gives seconds since 1970."""

    def __init__(
        self,
        config: Push,
        keys: dict[str, str],
        clock: Callable[[], float] = time.time,
        allowed: Callable[[str], bool] = known_service,
    ) -> None:
        self._config, self._clock, self._allowed = config, clock, allowed
        self._private = ec.derive_private_key(int.from_bytes(_raw(keys["push_private"])), ec.SECP256R1())

    def repeatable(self, channel: Channel) -> bool:
        """The same topic replaces what has not arrived, and the same tag what has: one is seen."""
        return True

    def send(self, message: Message) -> str | None:
        """Push to one browser, whose subscription `to` holds as JSON; gives back the push service's id."""
        to = json.loads(message.to)
        if not self._allowed(to["endpoint"]):
            raise Refused("unknown_service")
        tag = _tag(message)
        shown = {"title": message.subject, "url": message.link, "tag": tag, "lang": message.locale}
        sealed = encrypt(
            json.dumps(shown, ensure_ascii=False).encode(), Keys(_raw(to["p256dh"]), _raw(to["auth"]))
        )
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_TTL_S),
            "Urgency": "high" if message.values.get("kind") == "urgent" else "normal",
            "Topic": tag,
            "Authorization": self._vapid(to["endpoint"]),
        }
        answer = post(to["endpoint"], sealed, headers, _TIMEOUT_S)
        if answer.status in (404, 410):
            raise Gone("unsubscribed")
        if answer.status >= 300:
            raise Refused(f"http_{answer.status}")
        return None

    def _vapid(self, endpoint: str) -> str:
        """Who sends, signed for the one push service."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock()) + _TOKEN_S,
            "sub": self._config.contact,
        }
        signed = ".".join(
            _text(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        r, s = utils.decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = _text(r.to_bytes(32) + s.to_bytes(32))
        return f"vapid t={signed}.{signature}, k={self._config.public_key}"


def _tag(message: Message) -> str:
    """By what a browser knows a message. A token's last part counts its news: sent again with more, since nobody heard
    whether it had arrived, it takes the place of the one before."""
    same = message.token.rpartition(".")[0] or message.token
    return _text(hashlib.sha256(same.encode()).digest()[:15])


def encrypt(
    text: bytes, to: Keys, *, private: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """A text for one browser alone, as RFC 8291 has it; a test compares with the RFC's own example."""
    ours, salt = private or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    public = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.p256dh)
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, to.auth, b"WebPush: info\0" + to.p256dh + public, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, text + b"\2", None)
    return salt + struct.pack("!IB", _RECORD, len(public)) + public + sealed


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
