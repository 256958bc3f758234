"""What the features work with: the table, the media store, the keys, the notifier, the settings."""

import base64
import gc
from dataclasses import dataclass
from functools import cache

from chalicelib import aws
from chalicelib.crypto import Keyring, load_key_file
from chalicelib.db import Db
from chalicelib.messages.notifier import Notifier, notifier_for
from chalicelib.settings import Settings, settings
from chalicelib.storage import Storage


@dataclass(frozen=True)
class Portal:
    """The collaborators of every service function; tests make their own."""

    db: Db
    storage: Storage
    keys: Keyring
    notifier: Notifier
    settings: Settings


def connect(config: Settings) -> Portal:
    """A portal on the engines that the settings name."""
    return Portal(
        db=Db.connect(config.table_name, config.aws_region, config.aws_endpoint_url),
        storage=Storage(config.media_bucket, region=config.aws_region, endpoint_url=config.aws_endpoint_url),
        keys=load_keys(config),
        notifier=notifier_for(config),
        settings=config,
    )


def load_keys(config: Settings) -> Keyring:
    """The keyring: opened by KMS when deployed, from the data folder's key file locally."""
    if config.keyring_ciphertext:
        return Keyring.from_json(_decrypted(config.keyring_ciphertext, config))
    if config.key_file and config.is_local:
        return load_key_file(config.key_file)
    raise RuntimeError("no keys: set KEYRING_CIPHERTEXT, or locally KEY_FILE")


def _decrypted(ciphertext: str, config: Settings) -> bytes:
    """By KMS: the first try the short way, which loads no botocore."""
    context = {"portal": "keyring"}
    if wire := aws.transport("kms", config.aws_region, config.aws_endpoint_url):
        request = {"CiphertextBlob": ciphertext, "EncryptionContext": context}
        with wire.first_try("TrentService.Decrypt", request) as answer:
            if answer is not None:
                return base64.b64decode(answer["Plaintext"])
    blob = base64.b64decode(ciphertext)
    found: bytes = aws.client("kms", config.aws_region).decrypt(
        CiphertextBlob=blob, EncryptionContext=context
    )["Plaintext"]
    return found


@cache
def portal() -> Portal:
    """The portal of this process, made when first needed."""
    made = connect(settings())
    # What is loaded by now stays. A full round of the collector through it takes 40 ms, in the middle of a request.
    gc.freeze()
    return made
