"""The seam to the outside channels: SMS today; e-mail, WeChat and push have the same shape."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from chalicelib import aws, aws_errors
from chalicelib.errors import Unavailable
from chalicelib.logs import log
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Message:
    """One message to one address. `code` only for a sign-in code; it is never logged or stored by the app."""

    to: str
    channel: Literal["sms", "email", "push"]
    template: str
    text: str
    at: datetime
    code: str | None = None


class Notifier(Protocol):
    """Something that takes messages to people."""

    def send(self, message: Message) -> None:
        """Hand a message on; raises Unavailable when the provider does not take it."""


class LogNotifier:
    """Says that a message would have gone out, without its text or address: for stages with no provider."""

    def send(self, message: Message) -> None:
        """Log the channel and template."""
        log("message_not_sent", channel=message.channel, template=message.template)


class MemoryNotifier:
    """Keeps messages in a list: what tests look at."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)


class SnsNotifier:
    """Text messages by Amazon SNS."""

    def __init__(self, region: str) -> None:
        self._region = region

    @cached_property
    def _client(self) -> "SNSClient":
        """Made with the first message: few processes send one."""
        client: SNSClient = aws.client("sns", self._region)
        return client

    def send(self, message: Message) -> None:
        """Send a text message; anything else has no channel yet and is only logged."""
        if message.channel == "sms":
            try:
                self._client.publish(PhoneNumber=message.to, Message=message.text)
            except (aws_errors.BotoCoreError, aws_errors.ClientError) as error:
                raise Unavailable from error
        else:
            log("message_not_sent", channel=message.channel, template=message.template)


_in_use: list[Notifier] = []


def use(notifier: Notifier) -> None:
    """Replace this process's notifier; the local runner keeps messages instead of sending them."""
    _in_use[:] = [notifier]


def notifier_for(config: Settings) -> Notifier:
    """The one put in use, else SNS when deployed, else none that reaches anybody."""
    if _in_use:
        return _in_use[0]
    return LogNotifier() if config.is_local else SnsNotifier(config.aws_region)
