"""`make rotate-keys STEP=…`: the keys that personal data is sealed with, one step of a rotation at a time.

`add` makes a key known, `use` makes the newest one current, `retire` takes out those that seal nothing any more; each
step is deployed before the next, so that no version of the portal at work meets a text that it can't open. `new` makes
a first keyring, `show` says which keys there are; `rehash` is for a leak of the key of the hashes.
`docs/operations.md` has the whole way.

Locally the data folder's key file is replaced. Deployed, the keyring comes from KEYRING_CIPHERTEXT, and the new one,
encrypted by KMS under KMS_KEY, is the only thing printed to standard output: what KEYRING_CIPHERTEXT is from then on.
"""

import base64
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

from boto3.session import Session

from chalicelib.crypto import Keyring, key_id, load_key_file, replace_key_file
from chalicelib.db import Db
from chalicelib.portal import load_keys, portal
from chalicelib.sealed import sealed_in
from chalicelib.settings import Settings, settings
from infra.upkeep.rehash import rehash
from infra.upkeep.walk import everything

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

STEPS = ("show", "new", "add", "use", "retire", "rehash")
CONTEXT = {"portal": "keyring"}


class InUse(Exception):
    """Records are still sealed with the key."""


def encrypted(keys: Keyring, kms: "KMSClient", kms_key: str) -> str:
    """A keyring as KEYRING_CIPHERTEXT holds it."""
    answer = kms.encrypt(KeyId=kms_key, Plaintext=keys.to_json().encode(), EncryptionContext=CONTEXT)
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def in_use(db: Db) -> Counter[str]:
    """How many texts are sealed with each key: looks at every record."""
    return Counter(key_id(place.text) for item in everything(db) for place in sealed_in(item))


def step(name: str, keys: Keyring, used: Counter[str]) -> Keyring:
    """The keyring after a step. Raises InUse, with the number of texts for each key, when `retire` would shut some."""
    if name == "add":
        return keys.with_new_key()
    if name == "use":
        return keys.sealing_with(keys.newest)
    if name == "rehash":
        return keys.with_new_hashing()
    old = [key for key in keys.sealing if key != keys.current]
    if shut := {key: used[key] for key in old if used[key]}:
        raise InUse(shut)
    for key in old:
        keys = keys.without(key)
    return keys


def main(name: str) -> int:
    """Take one step; 1 when it can't be taken."""
    if name not in STEPS:
        print(f"STEP must be one of: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    config = settings()
    keys = Keyring.generate() if name == "new" else load_keys(config)
    try:
        after = keys if name in ("show", "new") else step(name, keys, _used(name))
    except InUse as error:
        print(f"still sealed with: {error}. `make migrate ENTITY=seals` first.", file=sys.stderr)
        return 1
    told = ", ".join(f"{key} (seals)" if key == after.current else key for key in after.sealing)
    print(f"keys: {told}", file=sys.stderr)
    if name == "rehash":
        print(f"{rehash(portal().db, after)} look-ups made anew", file=sys.stderr)
    if name != "show":
        _keep(config, after)
    return 0


def _kms_key() -> str:
    kms_key = os.environ.get("KMS_KEY")
    if not kms_key:
        sys.exit("KMS_KEY must name the KMS key that the keyring is encrypted with.")
    return kms_key


def _used(name: str) -> Counter[str]:
    return in_use(portal().db) if name == "retire" else Counter()


def _keep(config: Settings, keys: Keyring) -> None:
    if config.key_file and config.is_local:
        kept = f"{config.key_file}.before"  # backups need the keys that they were made with
        replace_key_file(kept, load_key_file(config.key_file))
        replace_key_file(config.key_file, keys)
        print(f"Start the portal again, so that it reads them. Those of before: {kept}", file=sys.stderr)
        return
    kms = Session(region_name=config.aws_region).client("kms")
    print(encrypted(keys, kms, _kms_key()))


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or [""])[0]))
