"""Text messages by a provider's HTTP interface, as Chinese ones have them: a template's id and what goes into it, the
name of the signature, a POST signed with an HMAC. What differs between them is data (`messages/settings.py`)."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.http import Answer, post
from chalicelib.messages.notifier import Channel, Message, Refused, Unsure
from chalicelib.messages.settings import Gateway, Signature

_JSON, _FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded"
#: A provider's code for a refusal is shown at the desk, no further than this.
_LONGEST_REASON = 40


class SmsGateway:
    """One provider. `clock` gives the moment that a request is signed for."""

    def __init__(
        self, config: Gateway, keys: dict[str, str], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config, self._keys, self._clock = config, keys, clock

    def repeatable(self, channel: Channel) -> bool:
        """As the provider promises."""
        return self._config.idempotent

    def send(self, message: Message) -> str | None:
        """Hand a text message on; gives back the provider's id."""
        config = self._config
        words = self._words(message)
        body = self._body(words)
        signed = self._signed(words, body)
        headers = {name: text.format_map(signed) for name, text in config.headers.items()}
        headers.setdefault("Content-Type", _JSON if config.encoding == "json" else _FORM)
        return self._judge(post(config.url, body, headers, config.timeout_s))

    def _words(self, message: Message) -> dict[str, str]:
        """What placeholders stand for, without anything about the request."""
        config = self._config
        ids = config.templates.get(message.template) or config.templates.get("*") or {}
        if message.locale not in ids:
            raise Refused("no_template")
        values = {
            **message.values,
            "text": message.text,
            "code": message.code or "",
            "subject": message.subject,
        }
        order = config.params.get(message.template) or config.params.get("*") or []
        params = [text.format_map(values) for text in order]
        named = {text.strip("{}"): one for text, one in zip(order, params, strict=True)}
        phone = message.to.removeprefix("+86") if config.numbers == "national" else message.to
        return {
            **values,
            "phone": phone,
            "template": ids[message.locale],
            "signature_name": config.signature_name,
            "params_json": json.dumps(named, ensure_ascii=False),
            "params_list": json.dumps(params, ensure_ascii=False),
            "token": message.token or secrets.token_hex(8),
            "key": self._keys.get("sms_key", ""),
        }

    def _body(self, words: dict[str, str]) -> bytes:
        filled = _filled(self._config.body, words)
        if self._config.encoding == "form":
            return urlencode(filled).encode()
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode()

    def _signed(self, words: dict[str, str], body: bytes) -> dict[str, str]:
        """The placeholders of headers: the request's own, and its signature."""
        now, parts = self._clock(), urlsplit(self._config.url)
        known = {
            **words,
            "host": parts.netloc,
            "path": parts.path or "/",
            "time": str(int(now.timestamp())),
            "iso": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "date": now.strftime("%Y-%m-%d"),
            "nonce": secrets.token_hex(16),
            "body": body.decode(),
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }
        sign = self._config.sign
        return known if sign is None else {**known, "signature": self._signature(sign, known)}

    def _signature(self, sign: Signature, known: dict[str, str]) -> str:
        canonical = sign.canonical.format_map(known)
        text = sign.text.format_map(
            {**known, "canonical_sha256": hashlib.sha256(canonical.encode()).hexdigest()}
        )
        with_secret = {**known, "secret": self._keys.get("sms_secret", "")}
        first, *rest = (part.format_map(with_secret).encode() for part in sign.keys)
        key = first
        for part in rest:
            key = hmac.new(key, part, sign.algorithm).digest()
        made = hmac.new(key, text.encode(), sign.algorithm).digest()
        return made.hex() if sign.encoding == "hex" else base64.b64encode(made).decode()

    def _judge(self, answer: Answer) -> str | None:
        """What the provider says. Raises Unavailable, Refused, or Unsure for an answer that says nothing."""
        config = self._config
        try:
            told = json.loads(answer.body)
        except ValueError as error:
            raise Unsure from error
        code = _at(told, config.code_at)
        if code in config.ok or code in config.repeated:
            return _at(told, config.id_at) if config.id_at else None
        if code in config.later:
            raise Unavailable
        if code is None and answer.status < 400:
            raise Unsure
        raise Refused((code or str(answer.status))[:_LONGEST_REASON])


def _filled(value: Any, words: dict[str, str]) -> Any:
    """A body with its placeholders filled in; `{params_list}` alone in a text becomes the list itself."""
    if isinstance(value, dict):
        return {name: _filled(part, words) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, words) for part in value]
    if value == "{params_list}":
        return json.loads(words["params_list"])
    return value.format_map(words) if isinstance(value, str) else value


def _at(told: Any, path: str) -> str | None:
    """What an answer holds at a place such as `Response.SendStatusSet.0.Code`."""
    for step in path.split("."):
        if isinstance(told, list):
            told = told[int(step)] if step.isdigit() and int(step) < len(told) else None
        else:
            told = told.get(step) if isinstance(told, dict) else None
    return None if told is None else str(told)
