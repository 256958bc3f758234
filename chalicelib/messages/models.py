"""Messages on their way out: how people are reached, what they chose, and what became of each message."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.base import Base
from chalicelib.inputs import Input, PageQuery
from chalicelib.messages.notifier import Channel
from chalicelib.messages.policy import DEFAULT_CHANNELS

Kind = Literal["urgent", "steps", "talk", "news", "work"]
State = Literal["waiting", "sending", "sent", "failed", "dropped"]


@dataclass(frozen=True)
class Reach:
    """How one person can be reached, and what they chose. `rows` are the records that this was read from."""

    account_id: str
    phone: str
    locale: str
    staff: bool
    channels: Mapping[str, tuple[Channel, ...]] = field(default_factory=lambda: dict(DEFAULT_CHANNELS))
    quiet: tuple[time, time] | None = None
    email: str = ""
    email_checked: bool = False
    openid: str = ""
    version: int = 0
    #: Subscriptions of devices by the end of their key, oldest first.
    devices: Mapping[str, str] = field(default_factory=dict)
    #: WeChat template (each kind of message has its own) → messages that may still be sent.
    credits: Mapping[str, int] = field(default_factory=dict)
    #: The digest that collects what comes up, and when somebody was told last.
    digest: str | None = None
    digest_channel: Channel | None = None
    last: datetime | None = None

    def addresses(self, channel: Channel) -> dict[str, str]:
        """Where a channel finds this person: one for each device, at most one otherwise."""
        if channel == "push":
            return dict(self.devices)
        there = {"sms": self.phone, "email": self.email if self.email_checked else "", "wechat": self.openid}
        return {"": there[channel]} if there[channel] else {}


@dataclass(frozen=True)
class Outgoing:
    """One message of one event to one person by one channel. `source` is the id of what it tells of."""

    account_id: str
    source: str
    channel: Channel
    kind: Kind
    event: str
    desk: bool
    at: datetime
    due: datetime
    community_id: str
    issue_id: str = ""
    number: str = ""
    category_id: str = ""
    visit_at: str | None = None
    #: What `issue_id` is the id of: "issue", "complaint", "booking" …
    about: str = "issue"
    #: What a message about an appointment or a project names.
    subject: str | None = None
    #: Channels to take when this one can't.
    otherwise: tuple[Channel, ...] = ()
    #: How many pieces of news a digest holds; 1 is the event itself.
    n: int = 1
    digest: bool = False
    state: State = "waiting"
    attempts: int = 0
    lease: datetime | None = None
    reason: str | None = None
    #: A WeChat credit has been taken for it.
    credit: bool = False
    rev: int = 1

    @property
    def urgent(self) -> bool:
        """Goes out by night, and never waits for a digest."""
        return self.kind == "urgent"

    def changed(self, **fields: Any) -> "Outgoing":
        """The same message later."""
        return replace(self, rev=self.rev + 1, **fields)


Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Quiet(Base):
    """When somebody wants to be left alone, on the clock of their community: "22:00" to "07:00"."""

    start: Hour
    end: Hour


class ChooseMessages(Input):
    """`PUT /api/v1/me/messages`: what is left out stays as it is."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    locale: Literal["zh-CN", "en"] | None = None
    channels: dict[Kind, list[Channel]] | None = None
    quiet: Quiet | None = None
    email: str | None = Field(None, max_length=254)


class MessageChoices(Base):
    """`GET /api/v1/me/messages`: by which channels one is told of what, besides the inbox."""

    version: int
    locale: str
    channels: dict[str, list[str]]
    #: Which channels would reach this person now.
    reachable: dict[str, bool]
    quiet: Quiet
    email: str | None
    email_checked: bool
    devices: int
    #: How many messages of each kind WeChat still takes; null for whoever it does not reach.
    wechat_credits: dict[str, int] | None
    #: What a browser needs to subscribe; null where web push is not set up.
    push_key: str | None


class Device(Input):
    """`POST /api/v1/me/messages/devices`: a browser's push subscription."""

    endpoint: str = Field(max_length=1000, pattern=r"^https://")
    p256dh: str = Field(min_length=80, max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")
    auth: str = Field(min_length=20, max_length=30, pattern=r"^[A-Za-z0-9_-]+=*$")


class DeviceKept(Base):
    """A browser that shows messages from now on."""

    id: str


class WeChatCode(Input):
    """`PUT /api/v1/me/messages/wechat`: the mini-program's one-time code of its own sign-in."""

    code: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")


class WeChatAgreed(Input):
    """`POST /api/v1/me/messages/wechat/credits`: kinds of messages of which one more was agreed to."""

    accepted: list[Kind] = Field(min_length=1, max_length=5)


class WeChatCredits(Base):
    """How many messages of each kind may still be sent by WeChat."""

    credits: dict[str, int]


class FailedQuery(PageQuery):
    """`GET /api/v1/desk/messages`"""

    community_id: str | None = Field(None, max_length=64)


class FailedMessage(Base):
    """A message that did not go out, as managers see it: whose it is only as a masked number."""

    key: str
    at: str
    event: str
    number: str
    issue_id: str
    #: What `issue_id` is the id of: "issue", "complaint", "booking" …
    about: str
    channel: str
    to: str
    reason: str
    attempts: int


class FailedMessages(Base):
    """A page of them, newest first."""

    items: list[FailedMessage]
    next_cursor: str | None


class TemplateQuery(Input):
    """`GET /api/v1/desk/messages/templates`: in which language, else in one's own."""

    locale: Literal["zh-CN", "en"] | None = None


class MessageTemplate(Base):
    """What a message says, with a made-up report: in a text message (of so many `parts`), as a mail in both forms; its
    subject is what devices show."""

    name: str
    subject: str
    sms: str
    parts: int
    letter: str
    html: str


class MessageTemplates(Base):
    """All of them in a language."""

    locale: str
    items: list[MessageTemplate]


class Judge(Input):
    """`POST /api/v1/desk/messages/judge`: what becomes of messages that failed."""

    community_id: str = Field(max_length=64)
    keys: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1, max_length=100)
    act: Literal["resend", "drop"]


class Judged(Base):
    """How many that was true of; others were judged before."""

    done: int
