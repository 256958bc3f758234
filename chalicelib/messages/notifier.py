"""The seam to the outside channels: a message to one address, and what may come of handing it over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from chalicelib.errors import Unavailable
from chalicelib.logs import log

if TYPE_CHECKING:
    from chalicelib.settings import Settings

Channel = Literal["sms", "wechat", "push", "email"]


@dataclass(frozen=True)
class Message:
    """One message to one address. `code` only for a sign-in code; it is never logged or stored by the app."""

    to: str
    channel: Channel
    template: str
    text: str
    at: datetime
    code: str | None = None
    #: For channels that have them: a title, the text of a mail as HTML, where a tap leads.
    subject: str = ""
    html: str = ""
    link: str = ""
    locale: str = "zh-CN"
    #: The same at each try of the same message: providers that know such a token send it once. Its last part, behind a
    #: dot, counts the news in it.
    token: str = ""
    #: What providers fill into templates of their own.
    values: Mapping[str, str] = field(default_factory=dict)


class Refused(Unavailable):
    """The provider will never take this message; `reason` is one word for people at the desk."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Gone(Refused):
    """Nothing is at this address any more: forget it."""


class Unsure(Unavailable):
    """The provider was told, and did not answer: the message may have gone out."""


class Notifier(Protocol):
    """Something that takes messages to people."""

    def send(self, message: Message) -> str | None:
        """Hand a message on; gives back the provider's id for it. Raises Unavailable when it was not taken and may
        be tried again, Refused, Gone or Unsure."""

    def repeatable(self, channel: Channel) -> bool:
        """Whether a message may be handed over twice, because its token or its kind lets it arrive once."""


class LogNotifier:
    """Says that a message would have gone out, without its text or address: for stages with no provider."""

    def send(self, message: Message) -> None:
        """Log the channel and template."""
        log("message_not_sent", channel=message.channel, template=message.template)

    def repeatable(self, channel: Channel) -> bool:
        """A line more in the log is no message."""
        return True


class MemoryNotifier:
    """Keeps messages in a list: what tests look at."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)

    def repeatable(self, channel: Channel) -> bool:
        """Each one counts."""
        return False


_in_use: list[Notifier] = []


def use(notifier: Notifier) -> None:
    """Replace this process's notifier; the local runner keeps messages instead of sending them."""
    _in_use[:] = [notifier]


def notifier_for(config: "Settings") -> Notifier:
    """The one put in use, else the providers when deployed, else none that reaches anybody."""
    if _in_use:
        return _in_use[0]
    if config.is_local:
        return LogNotifier()
    from chalicelib.messages.providers import Providers  # not for programs that send nothing

    return Providers(config)
