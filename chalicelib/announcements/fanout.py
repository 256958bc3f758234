"""An announcement on its way to everybody, page by page: each person in a transaction of their own, once. How far it
has come is kept with it, so that whoever goes on after a stop does so from there."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from chalicelib.announcements import store
from chalicelib.announcements.models import Announcement
from chalicelib.announcements.policy import SHOWN
from chalicelib.communities import residents
from chalicelib.communities import store as communities
from chalicelib.conditions import Key
from chalicelib.db import Delete, Item, K, Put, Update
from chalicelib.errors import ChangedMeanwhile
from chalicelib.inbox.outbox import KEEP
from chalicelib.logs import log_failure
from chalicelib.messages import store as messages
from chalicelib.portal import Portal
from chalicelib.times import moment, rfc3339

_PAGE = 50
_AT_ONCE = 20


def count(portal: Portal, one: Announcement) -> int:
    """How many people an announcement is for."""
    number, place = 0, None
    while True:
        ids, place = _people(portal, one, place)
        number += len(ids)
        if place is None:
            return number


def _people(portal: Portal, one: Announcement, after: str | None) -> tuple[list[str], str | None]:
    """Some of those whom an announcement is for, and behind whom to go on (None at the end)."""
    if one.audience == "role":
        staff = communities.staff(portal.db, portal.keys, one.community_id)
        return [member.id for member in staff if set(member.roles) & set(one.values)], None
    page = residents.of(portal.db, one.community_id, "", _PAGE, after)
    found = [row["account_id"] for row in page.items if residents.stands_for(row, partial(_is_for, one))]
    return found, page.next["SK"] if page.next else None


def _is_for(one: Announcement, building: str, unit_id: str) -> bool:
    """Whether an announcement is for those who live in a home."""
    wanted = {"building": building, "units": unit_id}.get(one.audience)
    return wanted is None or wanted in one.values


def run_due(portal: Portal, now: datetime, enough: Callable[[], bool] = lambda: False) -> int:
    """See to every announcement whose moment has come; gives back how many people were told. Safe to run twice at
    once, or half: what fails is left for the next run and holds up no other."""
    due = Key("PK").eq(store.DUE) & Key("SK").lte(f"{rfc3339(now)}~")
    told = 0
    for row in portal.db.query(due, limit=_AT_ONCE).items:
        try:
            told += _see_to(portal, row, now, enough)
        except ChangedMeanwhile:
            continue  # another worker goes on with it, or a manager took it back
        except Exception:
            log_failure("announcement_failed", announcement_id=row["announcement_id"])
    return told


def _see_to(portal: Portal, row: Item, now: datetime, enough: Callable[[], bool]) -> int:
    one = store.get(portal.db, row["community_id"], row["announcement_id"])
    if one is None or one.state in ("out", "taken_back"):
        portal.db.write(Delete(K(row["PK"], row["SK"])))
        return 0
    told = 0
    while not enough():
        ids, place = _people(portal, one, one.place or None)
        back = one.state == "taking_back"
        told += sum((_take_from if back else _give)(portal, account_id, one, now) for account_id in ids)
        ended = place is None
        state = ("taken_back" if back else "out") if ended else ("taking_back" if back else "going")
        number = one.reached + (0 if back else len(ids))  # all of them have it now, whoever gave it
        after = one.model_copy(update={"state": state, "place": place or "", "reached": number})
        portal.db.write(store.change(one, after), *([store.done(one)] if ended else []))
        if ended:
            return told
        one = after.model_copy(update={"version": one.version + 1})
    return told


def _give(portal: Portal, account_id: str, one: Announcement, now: datetime) -> int:
    """Put an announcement into somebody's inbox and on their first page, and have them told outside; once."""
    at = moment(one.publish_at)
    item: Item = {
        "PK": f"ACCOUNT#{account_id}",
        "SK": f"INBOX#{one.id}",
        "at": one.publish_at,
        "event": "announcement",
        "desk": False,
        "announcement_id": one.id,
        "title": one.title,
        "community_id": one.community_id,
        "expires_at": int((at + KEEP).timestamp()),
    }
    outside = messages.tell(account_id, one.id, {**item, "at": rfc3339(now), "issue_id": one.id})
    until = moment(one.ends_at) if one.ends_at else at + SHOWN
    unread = Update(K(f"ACCOUNT#{account_id}", "UNREAD"), adds={"unread": 1})
    try:
        portal.db.write(
            store.know(account_id, one, until), store.same(one), Put(item, replace=True), unread, outside
        )
    except store.Known:
        return 0
    return 1


def _take_from(portal: Portal, account_id: str, one: Announcement, now: datetime) -> int:
    try:
        portal.db.write(*store.forget(account_id, one.id))
    except store.Known:
        return 0
    return 1
