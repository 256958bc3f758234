"""Pure decisions about messages: what kind, by which channels, when, and when again. No I/O, no clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.messages.models import Kind, Outgoing, Reach
from chalicelib.messages.notifier import Channel
from chalicelib.messages.policy import (
    CHANNELS,
    DEFAULT_CHANNELS,
    FIRST_WAIT,
    LONGEST_WAIT,
    SMS_LETTERS,
    URGENT_STEPS,
    URGENT_WORK,
)
from chalicelib.service_levels.models import QuietHours
from chalicelib.service_levels.telling import tell_at

#: The letters of GSM 03.38 that most texts consist of; anything else makes a message shorter.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def kind_of(event: str, service_class: str, *, desk: bool, urgent: bool) -> Kind:
    """What a message is about, as people choose channels by it. `urgent` is the announcer's own word."""
    if urgent or (event in URGENT_WORK if desk else service_class == "L1" and event in URGENT_STEPS):
        return "urgent"
    if desk:
        return "work"
    if event == "announcement" or event.startswith(("points_", "tier_", "voucher_")):
        return "news"
    return "talk" if event in ("message", "photo_rejected") else "steps"


def usable(reach: Reach, kind: Kind) -> tuple[Channel, ...]:
    """The channels that somebody chose for a kind and can be reached by, the one to prefer first."""
    chosen = reach.channels.get(kind, DEFAULT_CHANNELS[kind])
    return tuple(one for one in CHANNELS if one in chosen and _reaches(reach, one, kind))


def _reaches(reach: Reach, channel: Channel, kind: Kind) -> bool:
    """WeChat takes one message for each time that somebody agreed to one."""
    return bool(reach.addresses(channel)) and (channel != "wechat" or reach.credits.get(kind, 0) > 0)


def instead(reach: Reach, kind: Kind, taken: Sequence[Channel]) -> tuple[Channel, ...]:
    """What may take the place of a channel that fails: what else reaches somebody, a text only for urgent things."""
    free = [one for one in CHANNELS if (one != "sms" or kind == "urgent") and one not in taken]
    return tuple(one for one in free if _reaches(reach, one, kind))


def hours_of(reach: Reach, quiet: QuietHours) -> QuietHours:
    """The quiet hours that hold for a person: their own, else the community's."""
    return replace(quiet, start=reach.quiet[0], end=reach.quiet[1]) if reach.quiet else quiet


def when(message: Outgoing, reach: Reach, quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime:
    """The earliest moment from `now` on at which a message may go out."""
    last = reach.last if message.digest else None
    return tell_at(hours_of(reach, quiet), zone, now, last, urgent=message.urgent)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th try (from 1) before the next."""
    doubled: int = 2 ** min(attempts - 1, 30)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def parts(text: str) -> int:
    """How many text messages a text is sent and paid for as."""
    one, each = SMS_LETTERS["gsm" if set(text) <= _GSM else "ucs2"]
    letters = len(text.encode("utf-16-le")) // 2
    return 1 if letters <= one else -(-letters // each)
