"""A person's inbox: what happened, in their language."""

from datetime import datetime
from typing import Any

from chalicelib import i18n, time_words
from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.complaints.policy import name_of as complaint_name
from chalicelib.conditions import Attr, Key
from chalicelib.db import Item, K, Update
from chalicelib.errors import Conflict
from chalicelib.inbox.models import InboxMessage
from chalicelib.inbox.words import (
    ANNOUNCEMENT,
    CONSULTATIONS,
    DELAYS,
    EVENTS,
    EXPECTED,
    GOALS,
    SOMEBODY,
    STAFF_CONSULTATIONS,
    STAFF_EVENTS,
    TAKEN_BACK,
    UNTIL,
    VISIT,
)
from chalicelib.issues.policy import category_of
from chalicelib.portal import Portal
from chalicelib.times import moment

_TRIES = 5
#: Unread messages are counted no further than this.
_COUNTED = 100


def read(
    portal: Portal, person: Person, limit: int, after: str | None, locale: str, now: datetime
) -> tuple[list[InboxMessage], str | None]:
    """A page of the inbox, newest first, and behind which id to go on: two round trips."""
    pk = f"ACCOUNT#{person.id}"
    seen = portal.db.get(K(pk, "UNREAD"))
    start = {"PK": pk, "SK": f"INBOX#{after}"} if after else None
    condition = Key("PK").eq(pk) & Key("SK").begins_with("INBOX#")
    page = portal.db.query(condition, limit=limit, start=start, newest_first=True)
    read_until = str(seen.get("read_until", "")) if seen else ""
    items = [_message(portal, item, read_until, locale, now) for item in page.items]
    return items, items[-1].id if page.next and items else None


def _message(portal: Portal, item: Item, read_until: str, locale: str, now: datetime) -> InboxMessage:
    message_id = item["SK"].removeprefix("INBOX#")
    return InboxMessage(
        id=message_id,
        at=item["at"],
        text=_text(portal, item, locale, now),
        unread=message_id > read_until and "read_at" not in item,
        issue_id=item.get("issue_id", ""),
        desk=item["desk"],
        about="announcement" if item["event"] == "announcement" else item.get("about") or "issue",
        announcement_id=None if item.get("taken_back") else item.get("announcement_id"),
    )


def _text(portal: Portal, item: Item, locale: str, now: datetime) -> str:
    if item.get("subject"):
        return _named(portal, item, locale, now)
    say = i18n.translations(locale).gettext
    if item["event"] == "announcement":
        return say(TAKEN_BACK if item.get("taken_back") else ANNOUNCEMENT) % {"title": item["title"]}
    words = (STAFF_EVENTS if item["desk"] else EVENTS).get(item["event"], EVENTS["message"])
    values: dict[str, Any] = {
        "category": _category(item, locale),
        "number": item["number"],
        "name": portal.keys.open(item["who"], "inbox|name") if item.get("who") else say(SOMEBODY),
    }
    values |= _of_deadline(portal, item, locale, now)
    text = say(words) % values
    if item.get("until"):
        text += say(UNTIL) % values
    if item.get("visit_at"):
        said = EXPECTED if item["event"].startswith("outage") else VISIT
        text += say(said) % {"when": _when(portal, item, "visit_at", locale, now)}
    return text


def _named(portal: Portal, item: Item, locale: str, now: datetime) -> str:
    """What is said of something with a name of its own: of an appointment its time is the message."""
    say = i18n.translations(locale).gettext
    words = (STAFF_CONSULTATIONS if item["desk"] else CONSULTATIONS)[item["event"]]
    return say(words) % {
        "service": item["subject"],
        "name": portal.keys.open(item["who"], "inbox|name") if item.get("who") else say(SOMEBODY),
        "when": _when(portal, item, "visit_at", locale, now),
    }


def _category(item: Item, locale: str) -> str:
    if item.get("about") == "complaint":
        kind, _, category = item["category_id"].partition("/")
        return complaint_name(kind, category, locale)
    if item.get("about") == "points":
        from chalicelib.points.words import subject  # most inboxes hold other things

        return subject(item["category_id"], locale)
    return category_of(item["category_id"]).name(locale) if item["category_id"] else ""


def _of_deadline(portal: Portal, item: Item, locale: str, now: datetime) -> dict[str, Any]:
    """What a message about a deadline speaks of: the goal in words, the level, when it is due, and until when the
    owner hears from us."""
    return {
        "goal": _step(item, locale) or _goal(item, locale),
        "level": item.get("level", 0),
        "when": _when(portal, item, "due_at", locale, now),
        "until": _when(portal, item, "until", locale, now),
    }


def _goal(item: Item, locale: str) -> str:
    """What a message about a deadline speaks of: a goal, or a class of delay, which a community may have named."""
    name = str(item.get("goal") or "resolve")
    words = GOALS.get(name) or DELAYS.get(name)
    return i18n.translations(locale).gettext(words) if words else name


def _step(item: Item, locale: str) -> str:
    """The name of the step that a message is about; empty where it is about none."""
    words: dict[str, str] = item.get("step") or {}
    first, other = ("en", "zh") if locale == "en" else ("zh", "en")
    return words.get(first) or words.get(other, "")


def _when(portal: Portal, item: Item, name: str, locale: str, now: datetime) -> str:
    if not item.get(name):
        return ""
    zone = communities.get(portal.db, item["community_id"]).zone
    return time_words.when(moment(item[name]), now, zone, locale)


def mark_read(portal: Portal, person: Person, newest: str) -> None:
    """Take everything up to the newest message shown as read. Messages that came since stay unread.

    The number is counted anew, unless another message comes meanwhile: then once more.
    """
    pk = f"ACCOUNT#{person.id}"
    for _ in range(_TRIES):
        seen = portal.db.get(K(pk, "UNREAD")) or {}
        until = max(newest, str(seen.get("read_until", "")))
        behind = Key("PK").eq(pk) & Key("SK").between(f"INBOX#{until}!", "INBOX#~")
        # Some were read by themselves (`reading.read_one`).
        left = len(portal.db.query(behind, keep=Attr("read_at").not_exists(), limit=_COUNTED).items)
        number = seen.get("unread")
        same = Attr("unread").eq(number) if number is not None else Attr("unread").not_exists()
        sets = {"read_until": until, "unread": left}
        try:
            portal.db.update(Update(K(pk, "UNREAD"), sets=sets, condition=same, error=Conflict()))
            return
        except Conflict:
            continue
