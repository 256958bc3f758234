"""Keys and what is done with them: sealing personal data, keyed hashes, opaque cursors.

A keyring holds several sealing keys and one key for hashes, which does not rotate because records are found
by them. All sealing keys open; one, the current, seals. That a key is known comes a deployment before it is
current: while two versions of the portal are at work, each opens what the other seals. It comes from a local
file, or encrypted by KMS.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
from binascii import a2b_base64
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

_NONCE_BYTES = 12


class Unsealable(Exception):
    """A sealed value that was changed, or that belongs to another record."""


@dataclass(frozen=True)
class Keyring:
    """`sealing`: key id → 32 bytes; `hashing`: 32 bytes; `chosen`: the id of the key that seals, "" for the last."""

    sealing: dict[str, bytes]
    hashing: bytes
    chosen: str = ""

    @classmethod
    def generate(cls) -> "Keyring":
        """A new keyring with one sealing key."""
        return cls({"k1": os.urandom(32)}, os.urandom(32))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Keyring":
        """Read what `to_json` wrote; raises ValueError or KeyError on anything else."""
        raw = json.loads(text)
        sealing = {name: base64.b64decode(key) for name, key in raw["sealing"].items()}
        chosen = raw.get("current", "")
        if chosen and chosen not in sealing:
            raise KeyError(chosen)
        return cls(sealing, base64.b64decode(raw["hashing"]), chosen)

    def to_json(self) -> str:
        """The keyring as text, for the key file or for KMS to encrypt."""
        sealing = {name: base64.b64encode(key).decode() for name, key in self.sealing.items()}
        hashing = base64.b64encode(self.hashing).decode()
        return json.dumps({"sealing": sealing, "hashing": hashing, "current": self.current})

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self.chosen or next(reversed(self.sealing))

    @property
    def newest(self) -> str:
        """The id of the key that was added last."""
        return max(self.sealing, key=lambda name: int(name[1:]))

    def with_new_key(self) -> "Keyring":
        """The same keyring, knowing one more sealing key; what seals stays as it is."""
        name = f"k{int(self.newest[1:]) + 1}"  # not how many there are: old ones may have been taken out
        return Keyring({**self.sealing, name: os.urandom(32)}, self.hashing, self.current)

    def sealing_with(self, name: str) -> "Keyring":
        """The same keyring with another key current; raises KeyError for one that it does not know."""
        if name not in self.sealing:
            raise KeyError(name)
        return Keyring(self.sealing, self.hashing, name)

    def without(self, name: str) -> "Keyring":
        """The keyring without a key: nothing opens any more that was sealed with it. Raises KeyError for one that
        it does not know, ValueError for the one that seals."""
        if name == self.current:
            raise ValueError(f"{name} is the current key")
        kept = dict(self.sealing)
        del kept[name]
        return Keyring(kept, self.hashing, self.current)

    def with_new_hashing(self) -> "Keyring":
        """The same keyring with another key for hashes: whatever is found by a hash must be kept anew."""
        return Keyring(self.sealing, os.urandom(32), self.current)

    def is_current(self, sealed: str) -> bool:
        """Whether a text was sealed with the key that seals now."""
        return sealed.startswith(self._mark)

    @cached_property
    def _mark(self) -> str:
        return f"{self.current}."

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return {name: AESGCM(key) for name, key in self.sealing.items()}

    def seal(self, text: str, context: str) -> str:
        """Encrypt `text` so that it opens only under the same `context` (whose record, which use)."""
        name = self.current
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[name].encrypt(nonce, text.encode(), context.encode())
        return f"{name}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"

    def open(self, sealed: str, context: str) -> str:
        """What was sealed; raises Unsealable when changed, cut, or of another context."""
        name, _, body = sealed.partition(".")
        try:
            # As `urlsafe_b64decode` does, without five functions on the way: a list opens forty names.
            raw = a2b_base64(body.replace("-", "+").replace("_", "/") + "==")
            cipher = self._ciphers[name]
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, KeyError, ValueError) as error:
            raise Unsealable(context) from error

    @cached_property
    def _hash_keys(self) -> dict[str, bytes]:
        return {}

    def hash(self, purpose: str, text: str) -> str:
        """A keyed hash (hex, 256 bit) of `text`; different purposes give unrelated hashes."""
        if purpose not in self._hash_keys:
            self._hash_keys[purpose] = HKDFExpand(SHA256(), 32, purpose.encode()).derive(self.hashing)
        return hmac.new(self._hash_keys[purpose], text.encode(), hashlib.sha256).hexdigest()


def key_id(sealed: str) -> str:
    """The id of the key that a text was sealed with."""
    return sealed.partition(".")[0]


def load_key_file(path: str) -> Keyring:
    """The keyring of a local data folder; made on first use, readable by its owner only."""
    if not os.path.exists(path):
        _make_key_file(path)
    with open(path, encoding="ascii") as file:
        return Keyring.from_json(file.read())


def replace_key_file(path: str, keys: Keyring) -> None:
    """Put another keyring in the place of a data folder's; a crash leaves the one or the other whole."""
    os.replace(_draft(path, keys), path)


def _make_key_file(path: str) -> None:
    # Linked: two processes starting at once agree on one keyring.
    draft = _draft(path, Keyring.generate())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)


def _draft(path: str, keys: Keyring) -> str:
    """The keyring written whole under another name beside `path`."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(keys.to_json())
        file.flush()
        os.fsync(file.fileno())
    return draft
