"""Which providers an installation uses: their own bits as data (`MESSAGES_FILE`), their secrets apart from it."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib import aws
from chalicelib.base import Base
from chalicelib.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent.parent


class Part(Base):
    """A part of the file; unknown names are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Signature(Part):
    """How a request is signed: an HMAC of `text`, by a key that is made of `keys` one after the other.
    `{canonical_sha256}` in `text` is the hash of `canonical`."""

    algorithm: Literal["sha256", "sha1"] = "sha256"
    canonical: str = ""
    text: str
    keys: list[str] = Field(["{secret}"], min_length=1)
    encoding: Literal["hex", "base64"] = "hex"


class Gateway(Part):
    """An SMS provider's HTTP interface. Texts hold `{placeholders}`; `docs/operations.md` lists them."""

    url: str = Field(pattern=r"^https?://")
    #: Fields of the body: a text, or a text in a list or another object.
    body: dict[str, object]
    encoding: Literal["json", "form"] = "json"
    headers: dict[str, str] = {}
    sign: Signature | None = None
    signature_name: str
    #: Our template, or `*` for all others → locale → the provider's template id.
    templates: dict[str, dict[str, str]]
    #: What goes into the provider's template, in its order.
    params: dict[str, list[str]] = {"*": ["{number}", "{link}"]}
    numbers: Literal["e164", "national"] = "e164"
    #: Where the answer says what came of it, as in `Response.SendStatusSet.0.Code`, and which words mean what.
    code_at: str
    id_at: str = ""
    ok: list[str]
    repeated: list[str] = []
    later: list[str] = []
    #: The provider sends a message with the same `{token}` once.
    idempotent: bool = False
    timeout_s: float = Field(5, gt=0, le=20)


class Mail(Part):
    """E-mail by SES: the address that it comes from, and where SES is, if elsewhere."""

    sender: str
    region: str | None = None


class WeChatTemplate(Part):
    """A subscription message: its id at WeChat, the page that it opens, and what goes into it."""

    id: str
    page: str = ""
    data: dict[str, str]


class WeChat(Part):
    """A mini-program's subscription messages, one template for each kind of message."""

    app_id: str
    templates: dict[str, WeChatTemplate]
    api: str = "https://api.weixin.qq.com"


class Push(Part):
    """Web push: the public half of the VAPID key, and whom push services may ask."""

    public_key: str
    contact: str = Field(pattern=r"^(mailto:|https://)")


class Channels(Part):
    """The channels besides SNS; what is left out is not there."""

    sms: Gateway | None = None
    mail: Mail | None = None
    wechat: WeChat | None = None
    push: Push | None = None


def read_channels(path: str | None) -> Channels:
    """A file of channels; raises pydantic's ValidationError naming what is wrong. Without a path none is set up."""
    if not path:
        return Channels()
    return Channels.model_validate(json.loads((_ROOT / path).read_text(encoding="utf-8")))


@cache
def channels_of(path: str | None) -> Channels:
    """The same, read once."""
    return read_channels(path)


def secrets_of(config: Settings) -> dict[str, str]:
    """The providers' secrets: opened by KMS when deployed, from a file locally; none where none is set."""
    if config.message_secrets_ciphertext:
        blob = base64.b64decode(config.message_secrets_ciphertext)
        context = {"portal": "messages"}
        answer = aws.client("kms", config.aws_region).decrypt(CiphertextBlob=blob, EncryptionContext=context)
        return dict(json.loads(answer["Plaintext"]))
    if config.message_secrets_file and config.is_local:
        return dict(json.loads(Path(config.message_secrets_file).read_text(encoding="utf-8")))
    return {}
