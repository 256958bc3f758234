"""WeChat's subscription messages: one for each time that somebody agreed to one, which the queue counts."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from chalicelib.errors import Unavailable
from chalicelib.messages.adapters.http import post
from chalicelib.messages.notifier import Channel, Message, Refused, Unsure
from chalicelib.messages.settings import WeChat

#: WeChat's error codes, from its documentation of subscribeMessage.send and getStableAccessToken.
_STALE_TOKEN = {40001, 40014, 42001}
_NEVER = {40003: "bad_openid", 40037: "bad_template", 43101: "no_credit", 43107: "banned", 47003: "bad_data"}
_RENEW_BEFORE_S = 300
_TIMEOUT_S = 5.0
#: WeChat's longest value of a `thing` field; it refuses anything longer.
_LONGEST = 20


class WeChatMessages:
    """One mini-program. The token is WeChat's stable one: every process that asks gets the same, and none ends
    another's, so it is kept by each process and nowhere else."""

    def __init__(
        self, config: WeChat, keys: dict[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._config, self._secret, self._clock = config, keys.get("wechat_secret", ""), clock
        self._token, self._until = "", 0.0

    def repeatable(self, channel: Channel) -> bool:
        """WeChat knows no token of ours, and a second message would need a second credit."""
        return False

    def send(self, message: Message) -> str | None:
        """Send one subscription message; gives back WeChat's id."""
        template = self._config.templates.get(message.values.get("kind", ""))
        if template is None:
            raise Refused("no_template")
        data = {
            name: {"value": text.format_map(message.values)[:_LONGEST]}
            for name, text in template.data.items()
        }
        page = template.page.format_map({**message.values, "path": urlsplit(message.link).path})
        asked = {"touser": message.to, "template_id": template.id, "page": page, "data": data}
        told = self._call("/cgi-bin/message/subscribe/send", asked, self._access())
        if told.get("errcode") in _STALE_TOKEN:
            self._token = ""
            told = self._call("/cgi-bin/message/subscribe/send", asked, self._access())
        return self._judge(told)

    def openid_of(self, code: str) -> str:
        """Who has signed in to the mini-program with a one-time code. Raises Refused for a used or wrong one."""
        config = self._config
        query = f"appid={config.app_id}&secret={self._secret}&js_code={code}&grant_type=authorization_code"
        told = self._asked(f"{config.api}/sns/jscode2session?{query}", b"")
        if not told.get("openid"):
            raise Refused("bad_code")
        return str(told["openid"])

    def _access(self) -> str:
        if not self._token or self._clock() >= self._until:
            asked = {"grant_type": "client_credential", "appid": self._config.app_id, "secret": self._secret}
            try:
                told = self._call("/cgi-bin/stable_token", asked, None)
            except Unsure as error:
                raise Unavailable from error  # no message has been handed over yet
            if "access_token" not in told:
                raise Unavailable
            self._token = str(told["access_token"])
            self._until = self._clock() + int(told["expires_in"]) - _RENEW_BEFORE_S
        return self._token

    def _call(self, path: str, body: dict[str, Any], token: str | None) -> dict[str, Any]:
        query = f"?access_token={token}" if token else ""
        return self._asked(f"{self._config.api}{path}{query}", json.dumps(body, ensure_ascii=False).encode())

    @staticmethod
    def _asked(url: str, body: bytes) -> dict[str, Any]:
        answer = post(url, body, {"Content-Type": "application/json"}, _TIMEOUT_S)
        try:
            told = json.loads(answer.body)
        except ValueError as error:
            raise Unsure from error
        if not isinstance(told, dict):
            raise Unsure
        return told

    @staticmethod
    def _judge(told: dict[str, Any]) -> str | None:
        code = told.get("errcode")
        if code == 0:
            return str(told["msgid"]) if "msgid" in told else None
        if code in _NEVER:
            raise Refused(_NEVER[code])
        raise Unavailable
