"""What managers do with announcements, and what becomes of one that somebody reads."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from chalicelib.accounts.managing import managed
from chalicelib.accounts.models import STAFF_ROLES, Person
from chalicelib.announcements import fanout, store
from chalicelib.announcements.models import Announce, Announcement, AnnouncementAtDesk, AnnouncementView
from chalicelib.announcements.policy import AHEAD, CLOCKS, JUST_NOW, ON_HOME
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Item, K
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.ids import is_id, new_id
from chalicelib.inbox import reading
from chalicelib.inputs import unknown
from chalicelib.kept import made
from chalicelib.once import AlreadyDone, Once, until_unmoved
from chalicelib.portal import Portal
from chalicelib.times import moment, rfc3339

_MANAGER = frozenset({"manager"})
_NOBODY = N_("Nobody would get this. Check whom it is for.")
_ENDS_EARLY = N_("It would end before it begins.")
_PAST = N_("That time has passed. Leave it empty to announce it now.")
_TOO_FAR = N_("An announcement can wait for a year at most.")


def recipients(portal: Portal, body: Announce, now: datetime) -> int:
    """How many people an announcement would reach. Raises Invalid for nobody, or what makes no sense."""
    _check_times(body, now)
    if errors := unknown("values", _missing(portal, body)):
        raise Invalid(errors=errors)
    number = fanout.count(portal, _made(body, "", now))
    if number == 0:
        raise Invalid.field("values", "nobody", _NOBODY)
    return number


def _check_times(body: Announce, now: datetime) -> None:
    begins = body.publish_at or now
    if begins < now - JUST_NOW:
        raise Invalid.field("publish_at", "past", _PAST)
    if begins > now + AHEAD:
        raise Invalid.field("publish_at", "too_late", _TOO_FAR)
    if body.ends_at and body.ends_at <= max(begins, now):
        raise Invalid.field("ends_at", "too_early", _ENDS_EARLY)


def _missing(portal: Portal, body: Announce) -> list[str]:
    """Which of those named are not there: a slip in one of many would otherwise leave somebody out unseen."""
    wanted = [one for one in dict.fromkeys(body.values) if one]
    known: Collection[str] = wanted
    if body.audience == "role":
        known = STAFF_ROLES
    elif body.audience == "building":
        known = communities.get(portal.db, body.community_id).buildings
    elif body.audience == "units":
        known = communities.buildings_of(portal.db, body.community_id, wanted)
    return [one for one in wanted if one not in known]


def _made(body: Announce, announcement_id: str, now: datetime) -> Announcement:
    at = max(body.publish_at or now, now)
    values = (
        [] if body.audience == "community" else list(dict.fromkeys(value for value in body.values if value))
    )
    return made(
        Announcement, id=announcement_id, community_id=body.community_id, title=body.title, text=body.text,
        audience=body.audience, values=values, publish_at=rfc3339(at),
        ends_at=rfc3339(body.ends_at) if body.ends_at else None, state="waiting", reached=0, place=None, version=1,
    )  # fmt: skip


def announce(portal: Portal, person: Person, body: Announce, key: Once | None, now: datetime) -> Announcement:
    """Keep an announcement; it goes out at its moment. Raises NotFound, Invalid. The same key again gives the same."""
    managed(person, body.community_id)
    if key and (kept := key.find(portal.db)):
        return _as_announced(portal, body.community_id, kept["id"])
    recipients(portal, body, now)
    # By when it goes out: among somebody's messages it stands where it comes, and is new there.
    one = _made(body, new_id(max(body.publish_at or now, now)), now)
    act = audit.Act(one.community_id, person.id, "announced", one.id, one.audience)
    ops = [key.put({"id": one.id}, now)] if key else []
    try:
        portal.db.write(*ops, *store.add(one), audit.add(act, now))
    except AlreadyDone:
        assert key is not None
        return _as_announced(portal, body.community_id, (key.find(portal.db) or {})["id"])
    return one


def _as_announced(portal: Portal, community_id: str, announcement_id: str) -> Announcement:
    """An announcement as it was when it was made, whatever has become of it: nothing else of it changes."""
    first = {"state": "waiting", "reached": 0, "place": None, "version": 1}
    return _kept(portal, community_id, announcement_id).model_copy(update=first)


def _kept(portal: Portal, community_id: str, announcement_id: str) -> Announcement:
    found = store.get(portal.db, community_id, announcement_id) if is_id(announcement_id) else None
    if found is None:
        raise NotFound
    return found


def take_back(
    portal: Portal, person: Person, community_id: str, announcement_id: str, now: datetime
) -> Announcement:
    """Take an announcement back: nobody gets it any more, and it goes from those who have it. Doing it again changes
    nothing. Raises NotFound."""
    managed(person, community_id)
    return until_unmoved(lambda: _back(portal, person, community_id, announcement_id, now))


def _back(
    portal: Portal, person: Person, community_id: str, announcement_id: str, now: datetime
) -> Announcement:
    before = _kept(portal, community_id, announcement_id)
    if before.state in ("taking_back", "taken_back"):
        return before
    nobody_has_it = before.state == "waiting" and moment(before.publish_at) > now + CLOCKS
    state = "taken_back" if nobody_has_it else "taking_back"
    after = before.model_copy(update={"state": state, "place": None})
    act = audit.Act(community_id, person.id, "announcement_taken_back", announcement_id)
    seen_to = store.done(after) if nobody_has_it else store.enqueue(after)
    portal.db.write(store.change(before, after), seen_to, audit.add(act, now))
    return after


def listed(
    portal: Portal, community_id: str, limit: int, after: str | None
) -> tuple[list[AnnouncementAtDesk], str | None]:
    """A page of a community's announcements with how many have read each, and behind which to go on."""
    page = store.page(portal.db, community_id, limit, after)
    found = [store.from_item(item) for item in page.items]
    read = store.read_counts(portal.db, [one.id for one in found])
    items = [at_desk(one, read[one.id]) for one in found]
    return items, items[-1].id if page.next and items else None


def at_desk(one: Announcement, read: int) -> AnnouncementAtDesk:
    """An announcement as managers see it."""
    return made(AnnouncementAtDesk, **one.model_dump(exclude={"place", "version"}), read=read)


def read(portal: Portal, person: Person, announcement_id: str, now: datetime) -> AnnouncementView:
    """An announcement that this person got. Raises NotFound for one that they did not, or that was taken back."""
    keys = [
        store.known_key(person.id, announcement_id),
        K(f"ACCOUNT#{person.id}", f"INBOX#{announcement_id}"),
    ]
    rows = portal.db.batch_get(keys) if is_id(announcement_id) else []
    known = next((row for row in rows if row and row.get("event", "announcement") == "announcement"), None)
    if known is None:
        raise NotFound
    one = store.get(portal.db, known["community_id"], announcement_id)
    if one is None or one.state in ("taking_back", "taken_back"):
        raise NotFound
    return made(
        AnnouncementView, id=one.id, title=one.title, text=one.text, published_at=one.publish_at,
        ended=store.is_over(one, now),
    )  # fmt: skip


def opened(portal: Portal, person: Person, announcement_id: str, now: datetime) -> AnnouncementView:
    """The same for who has it before them: it is counted as read, once, and so is its message. Raises NotFound."""
    found = read(portal, person, announcement_id, now)
    store.note_read(portal.db, person.id, announcement_id, now)
    if reading.read_one(portal.db, person.id, announcement_id, now):
        person.unread = max(person.unread - 1, 0)
    return found


def for_home(rows: list[Item], now: datetime) -> list[dict[str, Any]]:
    """Of the announcements that somebody got those for their first page: unread ones first, then the newest."""
    live = [row for row in rows if row["expires_at"] > now.timestamp()]
    ordered = sorted(live, key=lambda row: ("read_at" not in row, row["at"]), reverse=True)
    return [
        {
            "id": row["announcement_id"],
            "title": row["title"],
            "at": moment(row["at"]),
            "unread": "read_at" not in row,
        }
        for row in ordered[:ON_HOME]
    ]
