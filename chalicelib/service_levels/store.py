"""Service levels in the table: versions of policies and calendars of each community, only ever added. Keys:
`docs/keys.md`.

Each process remembers a community's versions for a minute, so a version begins two minutes after it was saved at the
earliest: by then everybody knows it.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from chalicelib import zones
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.db import Db, Item, K, Put, Update
from chalicelib.errors import N_, Invalid, VersionConflict
from chalicelib.portal import Portal
from chalicelib.service_levels.calendar_models import Calendar, CalendarVersion
from chalicelib.service_levels.models import Levels, Policy, PolicyVersion
from chalicelib.service_levels.policy import NOTICE, default_levels
from chalicelib.times import moment, rfc3339

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_KEEP_S = 60.0
_TOO_SOON = N_("Choose a moment at least two minutes from now: what has been judged already stays as it is.")
_POLICY, _CALENDAR = "LEVELS#P#", "LEVELS#C#"
#: (table, community, its zone) → (when read, its levels).
_kept: dict[tuple[Db, str, str], tuple[float, Levels]] = {}

Rules = TypeVar("Rules", Policy, Calendar)


@dataclass(frozen=True, slots=True)
class Saved(Generic[Rules]):
    """A version that managers made: who made it when, and from when it holds."""

    valid_from: datetime
    made_at: datetime
    made_by: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class Book:
    """All that a community's managers have saved, oldest first. `version` counts what was saved: whoever saves says
    which one they saw."""

    version: int
    policies: tuple[Saved[Policy], ...]
    calendars: tuple[Saved[Calendar], ...]


def levels_of(db: Db, community_id: str, zone_name: str) -> Levels:
    """A community's service levels, at most a minute old: one query then, else none."""
    key = (db, community_id, zone_name)
    read_at, levels = _kept.get(key, (0.0, None))
    if levels is None or time.monotonic() - read_at > _KEEP_S:
        levels = levels_from(book_of(db, community_id), zone_name)
        _kept[key] = (time.monotonic(), levels)
    return levels


def forget() -> None:
    """Read anew from now on: for whoever saved something, and for tests."""
    _kept.clear()


def book_of(db: Db, community_id: str) -> Book:
    """What a community's managers have saved, as it is now: one query."""
    rows = db.query_all(Key("PK").eq(_pk(community_id)) & Key("SK").begins_with("LEVELS"))
    head = next((row for row in rows if row["SK"] == "LEVELS"), {"version": 0})
    return Book(
        head["version"],
        tuple(_saved(row, _policies()) for row in rows if row["SK"].startswith(_POLICY)),
        tuple(_saved(row, _calendars()) for row in rows if row["SK"].startswith(_CALENDAR)),
    )


def levels_from(book: Book, zone_name: str) -> Levels:
    """The versions that hold in a community: its own from the first of them on, before that the defaults, so that a
    later default changes nothing where managers have decided. A calendar whose zone can't be read counts in the
    community's own: what was judged by the other versions has to stay readable."""
    default = default_levels(zone_name)
    policies = [PolicyVersion(one.valid_from, one.made_at, one.rules) for one in book.policies]
    calendars = [
        CalendarVersion(one.valid_from, one.made_at, _in_a_zone(one.rules, zone_name))
        for one in book.calendars
    ]
    return Levels(
        (*(one for one in default.policies if not policies or one.valid_from < policies[0].valid_from), *policies),
        (*(one for one in default.calendars if not calendars or one.valid_from < calendars[0].valid_from), *calendars),
    )  # fmt: skip


def _in_a_zone(calendar: Calendar, own: str) -> Calendar:
    name = zones.readable(calendar.zone_name, own)
    return calendar if name == calendar.zone_name else replace(calendar, zone_name=name)


def save_policy(
    portal: Portal, community_id: str, by: str, policy: Policy, valid_from: datetime, seen: int, now: datetime
) -> None:
    """Add a version of a community's policy; `by` is an account's id, `seen` the book's version that it was made from.

    Raises Invalid when it would hold sooner than in two minutes, VersionConflict when somebody saved meanwhile, or
    another version begins at that very moment."""
    text = _policies().dump_json(policy).decode()
    _save(portal, community_id, by, _POLICY, text, valid_from, seen, now)


def save_calendar(
    portal: Portal,
    community_id: str,
    by: str,
    calendar: Calendar,
    valid_from: datetime,
    seen: int,
    now: datetime,
) -> None:
    """Add a version of a community's calendar; all as with `save_policy`."""
    text = _calendars().dump_json(calendar).decode()
    _save(portal, community_id, by, _CALENDAR, text, valid_from, seen, now)


def _save(
    portal: Portal, community_id: str, by: str, kind: str, text: str, valid_from: datetime, seen: int, now: datetime
) -> None:  # fmt: skip
    from chalicelib.audit import (
        store as audit,  # these two for saving only: every page of an issue reads levels
    )
    from chalicelib.due import rows as due_rows

    if valid_from < now + NOTICE:
        raise Invalid.field("valid_from", "too_soon", _TOO_SOON)
    pk, sk = _pk(community_id), f"{kind}{rfc3339(valid_from)}"
    row: Item = {"PK": pk, "SK": sk, "made_at": rfc3339(now), "made_by": by, "rules": text}
    unseen: Condition = Attr("version").eq(seen) if seen else Attr("PK").not_exists()
    act = audit.Act(community_id, by, "levels_changed", sk.removeprefix("LEVELS#"))
    portal.db.write(
        Update(K(pk, "LEVELS"), sets={"version": seen + 1}, condition=unseen, error=VersionConflict()),
        Put(row, error=VersionConflict()),
        due_rows.put_job(community_id, now + NOTICE),
        audit.add(act, now),
    )
    forget()


def _saved(row: Item, adapter: "TypeAdapter[Rules]") -> Saved[Rules]:
    start = moment(row["SK"].rsplit("#", 1)[1])
    return Saved(start, moment(row["made_at"]), row["made_by"], adapter.validate_json(row["rules"]))


def _pk(community_id: str) -> str:
    return f"COMMUNITY#{community_id}"


@cache
def _policies() -> "TypeAdapter[Policy]":
    """Made when a community has a policy of its own: most requests need none."""
    from pydantic import TypeAdapter

    return TypeAdapter(Policy)


@cache
def _calendars() -> "TypeAdapter[Calendar]":
    from pydantic import TypeAdapter

    return TypeAdapter(Calendar)
