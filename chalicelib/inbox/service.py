"""A person's inbox: what happened, in their language."""

from datetime import datetime
from typing import Any

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.conditions import Attr, Key
from chalicelib.db import Item, K, Update
from chalicelib.errors import Conflict
from chalicelib.inbox.models import InboxMessage
from chalicelib.inbox.words import CONSULTATIONS, EVENTS, SOMEBODY, STAFF_CONSULTATIONS, STAFF_EVENTS, VISIT
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
        unread=message_id > read_until,
        issue_id=item["issue_id"],
        desk=item["desk"],
        booking_id=item.get("booking_id"),
    )


def _text(portal: Portal, item: Item, locale: str, now: datetime) -> str:
    if item.get("booking_id"):
        return _consultation(portal, item, locale, now)
    say = i18n.translations(locale).gettext
    words = (STAFF_EVENTS if item["desk"] else EVENTS).get(item["event"], EVENTS["message"])
    values: dict[str, Any] = {
        "category": category_of(item["category_id"]).name(locale),
        "number": item["number"],
        "name": portal.keys.open(item["who"], "inbox|name") if item.get("who") else say(SOMEBODY),
    }
    text = say(words) % values
    if item.get("visit_at"):
        zone = communities.get(portal.db, item["community_id"]).zone
        when = i18n.when(moment(item["visit_at"]), now, zone, locale)
        text += say(VISIT) % {"when": when}
    return text


def _consultation(portal: Portal, item: Item, locale: str, now: datetime) -> str:
    """What is said of an appointment: its time is the message."""
    say = i18n.translations(locale).gettext
    words = (STAFF_CONSULTATIONS if item["desk"] else CONSULTATIONS)[item["event"]]
    zone = communities.get(portal.db, item["community_id"]).zone
    return say(words) % {
        "service": item["subject"],
        "name": portal.keys.open(item["who"], "inbox|name") if item.get("who") else say(SOMEBODY),
        "when": i18n.when(moment(item["visit_at"]), now, zone, locale),
    }


def mark_read(portal: Portal, person: Person, newest: str) -> None:
    """Take everything up to the newest message shown as read. Messages that came since stay unread.

    The number is counted anew, unless another message comes meanwhile: then once more.
    """
    pk = f"ACCOUNT#{person.id}"
    for _ in range(_TRIES):
        seen = portal.db.get(K(pk, "UNREAD")) or {}
        until = max(newest, str(seen.get("read_until", "")))
        behind = Key("PK").eq(pk) & Key("SK").between(f"INBOX#{until}!", "INBOX#~")
        left = len(portal.db.query(behind, limit=_COUNTED).items)
        number = seen.get("unread")
        same = Attr("unread").eq(number) if number is not None else Attr("unread").not_exists()
        sets = {"read_until": until, "unread": left}
        try:
            portal.db.update(Update(K(pk, "UNREAD"), sets=sets, condition=same, error=Conflict()))
            return
        except Conflict:
            continue
