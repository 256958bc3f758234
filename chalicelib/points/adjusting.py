"""Points given or taken by hand: with a reason, above what one may alone by a second person, all in the audit trail."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.managing import managed
from chalicelib.accounts.models import Account, Person
from chalicelib.accounts.rules import parse_phone
from chalicelib.audit import store as audit
from chalicelib.conditions import Attr
from chalicelib.db import Item, K, Op, Put
from chalicelib.errors import N_, Conflict, Forbidden, Invalid, NotFound, PortalError
from chalicelib.ids import is_id, new_id
from chalicelib.once import Once
from chalicelib.points import items, store, telling
from chalicelib.points.book import Book
from chalicelib.points.desk_models import Adjustment, AskAdjustment
from chalicelib.points.errors import InsufficientPoints, PurseMoved
from chalicelib.points.models import Lot
from chalicelib.points.months import last_month
from chalicelib.points.policy import ALONE, ZONE
from chalicelib.portal import Portal
from chalicelib.times import kept as to_the_millisecond
from chalicelib.times import moment, rfc3339

_NOT_SO_MANY = N_("They don't have so many points: take fewer.")
_NOBODY = N_("Nobody with a home in this community has this number.")
_NOTHING = N_("Give how many points: with a minus to take some.")
#: Shown of a community, the newest first.
_SHOWN = 50


class JudgedAlready(Conflict):
    """409: somebody has decided about it."""

    code = "judged_already"
    detail = N_("Somebody has decided about this already.")


class NotAlone(Forbidden):
    """403: the second person must be another one."""

    code = "second_person"
    detail = N_(
        "So many points need a second person: somebody else than who asked for them, and than who gets them."
    )


def key(community_id: str, adjustment_id: str) -> K:
    """Where an adjustment is kept."""
    return K(f"ADJUST#{community_id}", adjustment_id)


def to_item(adjustment: Adjustment) -> Item:
    """An adjustment as kept."""
    decided = rfc3339(adjustment.decided_at) if adjustment.decided_at else None
    where = key(adjustment.community_id, adjustment.id)
    fields: Item = {**asdict(adjustment), "at": rfc3339(adjustment.at), "decided_at": decided}
    return items.item(where, **{name: value for name, value in fields.items() if value != ""})


def from_item(kept: Item) -> Adjustment:
    """An adjustment from the table."""
    fields: dict[str, Any] = {name: value for name, value in kept.items() if name not in ("PK", "SK")}
    fields |= {name: moment(fields[name]) for name in ("at", "decided_at") if name in fields}
    return Adjustment(**fields)


def newest(portal: Portal, community_id: str) -> list[Adjustment]:
    """The newest adjustments of a community: one round trip."""
    found = portal.db.query(key(community_id, "").pk, limit=_SHOWN, newest_first=True)
    return [from_item(one) for one in found.items]


def ask(portal: Portal, person: Person, body: AskAdjustment, once: Once | None, now: datetime) -> Adjustment:
    """Give or take points: at once, or, above what one may alone in a day, once a second person agrees. Raises
    NotFound, Invalid, NotAlone for one's own points, or InsufficientPoints."""
    community_id = managed(person, body.community_id)
    if body.points == 0:
        raise Invalid.field("points", "missing", _NOTHING)
    if once and (kept := once.find(portal.db)):
        return from_item(kept["asked"])  # as it was answered, whatever was decided since
    who = _resident(portal, community_id, body.phone)
    if who.id == person.id:
        raise NotAlone
    try:
        return store.settled(
            portal.db, lambda: _ask(portal, person, who.id, body, once, to_the_millisecond(now))
        )
    except PortalError:
        kept = once.find(portal.db) if once else None
        if kept is None:
            raise
    return from_item(kept["asked"])


def _resident(portal: Portal, community_id: str, phone: str) -> Account:
    found = accounts.find_by_phone(portal.db, portal.keys, parse_phone(phone))
    if found is None or community_id not in {unit.community_id for unit in found.units}:
        raise Invalid.field("phone", "nobody", _NOBODY)
    return found


def _ask(
    portal: Portal, person: Person, account_id: str, body: AskAdjustment, once: Once | None, now: datetime
) -> Adjustment:
    day = items.used_key(account_id, f"adjusted.{person.id}", f"{now.astimezone(ZONE):%Y-%m-%d}")
    before = (portal.db.get(day) or {"points": 0})["points"]
    used = before + abs(body.points)
    asked = Adjustment(
        id=new_id(now),
        community_id=body.community_id,
        account_id=account_id,
        points=body.points,
        reason=body.reason,
        asked_by=person.id,
        at=now,
        state="waits" if used > ALONE else "done",
    )
    first: list[Op] = [once.put({"asked": to_item(asked)}, now)] if once else []
    if asked.state == "waits":
        told = telling.tell("adjustment_waits", account_id, asked.community_id, asked.reason, asked.points, now,
                            owners=(), roles=("manager",), but=(person.id,))  # fmt: skip
        portal.db.write(*first, Put(to_item(asked)), _act(person, asked, "adjustment_asked", now), told)
        return asked
    count = store.count_used(day, before, used, now)
    done = [Put(to_item(asked)), count, _act(person, asked, "points_adjusted", now)]
    portal.db.write(*first, *_change(portal, asked, now), *done)
    return asked


def _act(person: Person, asked: Adjustment, action: audit.Action, now: datetime) -> Op:
    return audit.add(audit.Act(asked.community_id, person.id, action, asked.id, str(asked.points)), now)


def _change(portal: Portal, asked: Adjustment, now: datetime) -> list[Op]:
    """The writes that change somebody's points, and tell them."""
    who = asked.account_id
    purse = store.purse(portal.db, who)
    if asked.points > 0:
        book = Book(purse, store.last_sheet(portal.db, who, last_month(now)), now)
        book.earn(Lot(asked.points, 0, "adjusted", asked.id, asked.community_id, now), note=asked.reason)
    else:
        book = Book(purse, store.open_sheets(portal.db, who, -asked.points, now), now)
        try:
            book.take(-asked.points, "adjusted", note=asked.reason, ref=asked.id)
        except InsufficientPoints as error:
            raise InsufficientPoints(_NOT_SO_MANY) from error
    told = telling.tell("points_adjusted", who, asked.community_id, asked.reason, asked.points, now)
    return [*store.writes(purse, book), told]


def _found(portal: Portal, community_id: str, adjustment_id: str) -> Adjustment:
    kept = portal.db.get(key(community_id, adjustment_id)) if is_id(adjustment_id) else None
    if kept is None:
        raise NotFound
    return from_item(kept)


def judge(
    portal: Portal, person: Person, community_id: str, adjustment_id: str, approve: bool, now: datetime
) -> Adjustment:
    """The second person agrees, or does not. Judged the same way before by the same person, it stays so. Raises
    NotFound, NotAlone, JudgedAlready or InsufficientPoints."""
    where = managed(person, community_id)
    when = to_the_millisecond(now)
    return store.settled(portal.db, lambda: _judge(portal, person, where, adjustment_id, approve, when))


def _judge(
    portal: Portal, person: Person, community_id: str, adjustment_id: str, approve: bool, now: datetime
) -> Adjustment:
    asked = _found(portal, community_id, adjustment_id)
    if person.id in (asked.asked_by, asked.account_id):
        raise NotAlone
    wanted = "done" if approve else "refused"
    if asked.state != "waits":
        if (asked.state, asked.decided_by) == (wanted, person.id):
            return asked
        raise JudgedAlready
    after = replace(asked, state=wanted, decided_by=person.id, decided_at=now)  # type: ignore[arg-type]
    judged = Put(to_item(after), condition=Attr("state").eq("waits"), error=PurseMoved())
    changes = _change(portal, after, now) if approve else []
    portal.db.write(judged, *changes, _act(person, after, "adjustment_judged", now))
    return after
