"""The deployed portal's providers: each channel's adapter, made with its first message."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.messages.notifier import Channel, Message, Notifier, Refused
from chalicelib.messages.settings import channels_of, secrets_of
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.messages.adapters.wechat import WeChatMessages


class Missing:
    """A channel that is not set up."""

    def send(self, message: Message) -> str | None:
        """Never takes anything."""
        raise Refused("not_set_up")

    def repeatable(self, channel: Channel) -> bool:
        """Nothing arrives, so nothing twice."""
        return True


class Providers:
    """A notifier that hands each message to the adapter of its channel."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._channels = channels_of(config.messages_file)
        self._made: dict[Channel, Notifier] = {}

    @cached_property
    def _secrets(self) -> dict[str, str]:
        return secrets_of(self._config)

    def send(self, message: Message) -> str | None:
        """Hand a message on; raises what its adapter raises."""
        return self._of(message.channel).send(message)

    def repeatable(self, channel: Channel) -> bool:
        """What its adapter says."""
        return self._of(channel).repeatable(channel)

    def _of(self, channel: Channel) -> Notifier:
        make: dict[Channel, Callable[[], Notifier]] = {
            "sms": self._sms, "email": self._mail, "wechat": self._wechat, "push": self._push,
        }  # fmt: skip
        if channel not in self._made:
            self._made[channel] = make[channel]()
        return self._made[channel]

    def _sms(self) -> Notifier:
        if self._channels.sms is None:
            from chalicelib.messages.adapters.sns import Sns

            return Sns(self._config.aws_region)
        from chalicelib.messages.adapters.gateway import SmsGateway

        return SmsGateway(self._channels.sms, self._secrets)

    def _mail(self) -> Notifier:
        if self._channels.mail is None:
            return Missing()
        from chalicelib.messages.adapters.mail import Ses

        return Ses(self._channels.mail, self._config.aws_region)

    def _wechat(self) -> Notifier:
        if self._channels.wechat is None:
            return Missing()
        from chalicelib.messages.adapters.wechat import WeChatMessages

        return WeChatMessages(self._channels.wechat, self._secrets)

    def _push(self) -> Notifier:
        if self._channels.push is None:
            return Missing()
        from chalicelib.messages.adapters.push import WebPush

        return WebPush(self._channels.push, self._secrets)


def wechat_of(config: Settings) -> "WeChatMessages | None":
    """The mini-program, where there is one."""
    found = channels_of(config.messages_file).wechat
    if found is None:
        return None
    from chalicelib.messages.adapters.wechat import WeChatMessages

    return WeChatMessages(found, secrets_of(config))
