"""Keys and what is done with them: sealing personal data, keyed hashes, opaque cursors.

A keyring holds several sealing keys (the newest seals, all open) and one key for hashes, which does
not rotate because records are found by them. It comes from a local file, or encrypted by KMS.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
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
    """`sealing`: key id → 32 bytes, the last one is current; `hashing`: 32 bytes."""

    sealing: dict[str, bytes]
    hashing: bytes

    @classmethod
    def generate(cls) -> "Keyring":
        """A new keyring with one sealing key."""
        return cls({"k1": os.urandom(32)}, os.urandom(32))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Keyring":
        """Read what `to_json` wrote; raises ValueError or KeyError on anything else."""
        raw = json.loads(text)
        sealing = {name: base64.b64decode(key) for name, key in raw["sealing"].items()}
        return cls(sealing, base64.b64decode(raw["hashing"]))

    def to_json(self) -> str:
        """The keyring as text, for the key file or for KMS to encrypt."""
        sealing = {name: base64.b64encode(key).decode() for name, key in self.sealing.items()}
        return json.dumps({"sealing": sealing, "hashing": base64.b64encode(self.hashing).decode()})

    def with_new_key(self) -> "Keyring":
        """The same keyring with one more sealing key, which is current from now on."""
        newest = max(int(name[1:]) for name in self.sealing)  # not how many: old ones may have been taken out
        return Keyring({**self.sealing, f"k{newest + 1}": os.urandom(32)}, self.hashing)

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return {name: AESGCM(key) for name, key in self.sealing.items()}

    def seal(self, text: str, context: str) -> str:
        """Encrypt `text` so that it opens only under the same `context` (whose record, which use)."""
        name = next(reversed(self.sealing))
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[name].encrypt(nonce, text.encode(), context.encode())
        return f"{name}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"

    def open(self, sealed: str, context: str) -> str:
        """What was sealed; raises Unsealable when changed, cut, or of another context."""
        name, _, body = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
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


def load_key_file(path: str) -> Keyring:
    """The keyring of a local data folder; made on first use, readable by its owner only."""
    if not os.path.exists(path):
        _make_key_file(path)
    with open(path, encoding="ascii") as file:
        return Keyring.from_json(file.read())


def _make_key_file(path: str) -> None:
    # Written whole under another name, then linked: two processes starting at once agree on one keyring.
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(Keyring.generate().to_json())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
