"""The business numbers of messages. Source: requirements parts 4 (nobody is woken, digests) and 12; what they leave
open is ours, and says so."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.messages.notifier import Channel

#: In the order in which one takes another's place: free and quick first, what costs money or is read late last.
CHANNELS: tuple[Channel, ...] = ("push", "wechat", "email", "sms")
#: What messages are about. `urgent` is of L1 issues and goes out by night; `work` is staff's and comes in digests.
KINDS = ("urgent", "steps", "talk", "news", "work")
#: By which channels, until somebody chooses (part 12: by urgency). The inbox always has it.
DEFAULT_CHANNELS: Mapping[str, tuple[Channel, ...]] = {
    "urgent": ("push", "wechat", "sms"),
    "steps": ("push", "wechat"),
    "talk": ("push", "wechat"),
    "news": ("push", "wechat"),
    "work": ("push", "wechat"),
}
#: Steps of an owner's own L1 issue that are worth a text message at any hour: somebody comes, or nobody will.
URGENT_STEPS = frozenset({"assigned", "in_progress", "resolved", "rejected"})
#: What alerts staff on duty.
URGENT_WORK = frozenset({"emergency"})

#: Ours: a minute, then twice as long each time, at most six hours. 18 tries are two days and a half: a provider that is
#: down over a weekend loses nothing. What still fails waits at the desk.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
TRIES = 18
#: How long a worker has for one message before another may take it up: longer than any provider is waited for.
LEASE = timedelta(minutes=2)
#: A provider that has failed so often in a row is left alone for so long.
FAILURES = 5
PAUSE = timedelta(minutes=1)
#: How long it is kept what was sent, when and by whom; as long as messages stay in the inbox.
KEEP = timedelta(days=180)
#: Devices of one person that are told; the oldest is forgotten for an eleventh.
MAX_DEVICES = 10
#: Credits of one WeChat template that are kept for a person: more were never asked for in good faith.
MAX_CREDITS = 20
#: A confirmation link in a mail holds this long.
CONFIRM_WITHIN = timedelta(days=1)
#: Mails that ask to confirm an address, for one person and day: nobody's mailbox is filled by a stranger.
MAILS_PER_DAY = 5
#: Letters that fit into one text message, and into each part of a longer one (GSM 03.38, 03.40).
SMS_LETTERS = {"ucs2": (70, 67), "gsm": (160, 153)}
#: Why a message is tried again that may have arrived: its provider took the call and did not answer.
UNHEARD = "no_answer"
