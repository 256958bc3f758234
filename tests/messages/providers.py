"""Providers for tests: they count what reached somebody, and fail as they are told."""

from collections import Counter
from collections.abc import Callable

from chalicelib.messages.notifier import Message

Fault = Callable[[Message], None]


class FakeProvider:
    """A notifier. `before` is called before a message is taken, `after` when it was, but nobody has heard of it yet.
    With `knows_tokens` the same token reaches somebody once."""

    def __init__(self, *, knows_tokens: bool = False) -> None:
        self.knows_tokens = knows_tokens
        self.taken: list[Message] = []
        self.asked = 0
        self.before: Fault = lambda _: None
        self.after: Fault = lambda _: None

    def send(self, message: Message) -> str | None:
        """Take a message."""
        self.asked += 1
        self.before(message)
        same = [
            one
            for one in self.taken
            if (one.token, one.channel, one.to) == (message.token, message.channel, message.to)
        ]
        if not (self.knows_tokens and same):
            self.taken.append(message)
        self.after(message)
        return f"id-{len(self.taken)}"

    def repeatable(self, channel: str) -> bool:
        """As told."""
        return self.knows_tokens

    def doubled(self) -> list[tuple[str, str, str]]:
        """What reached somebody more than once."""
        count = Counter((one.token, one.channel, one.to) for one in self.taken)
        return [key for key, times in count.items() if times > 1]

    def texts(self, channel: str = "sms") -> list[str]:
        """What reached people by a channel."""
        return [one.text for one in self.taken if one.channel == channel]
