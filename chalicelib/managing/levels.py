"""A community's policy and calendar at the desk: what holds, who made it, and making another one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.errors import VersionConflict
from chalicelib.managing.calendar_rules import check_calendar
from chalicelib.managing.level_rules import check_policy
from chalicelib.managing.rules import valid_from
from chalicelib.portal import Portal
from chalicelib.service_levels import store
from chalicelib.service_levels.calendar_models import Calendar
from chalicelib.service_levels.models import Levels, Policy
from chalicelib.service_levels.store import Book, Saved

Rules = TypeVar("Rules", Policy, Calendar)


@dataclass(frozen=True)
class Kept:
    """What a community has: its book of versions, and the levels that come of it."""

    book: Book
    levels: Levels
    zone_name: str

    @property
    def policy(self) -> Policy:
        """The newest policy, be it one that holds only later: what the next one is made from."""
        return self.levels.policies[-1].policy

    @property
    def calendar(self) -> Calendar:
        """The newest calendar."""
        return self.levels.calendars[-1].calendar

    def with_policy(self, policy: Policy, start: datetime, now: datetime) -> Levels:
        """The levels as they would be with this policy from `start` on."""
        saved = _placed(self.book.policies, Saved(start, now, "", policy))
        return store.levels_from(replace(self.book, policies=saved), self.zone_name)

    def with_calendar(self, calendar: Calendar, start: datetime, now: datetime) -> Levels:
        """The levels as they would be with this calendar from `start` on."""
        saved = _placed(self.book.calendars, Saved(start, now, "", calendar))
        return store.levels_from(replace(self.book, calendars=saved), self.zone_name)


def _placed(saved: tuple[Saved[Rules], ...], new: Saved[Rules]) -> tuple[Saved[Rules], ...]:
    if any(one.valid_from == new.valid_from for one in saved):
        raise VersionConflict
    both = list(saved)
    both.append(new)
    return tuple(sorted(both, key=lambda one: one.valid_from))


def kept(portal: Portal, community_id: str) -> Kept:
    """What a community has now: one round trip."""
    zone_name = communities.get(portal.db, community_id).zone_name
    book = store.book_of(portal.db, community_id)
    return Kept(book, store.levels_from(book, zone_name), zone_name)


def save_policy(
    portal: Portal,
    person: Person,
    community_id: str,
    policy: Policy,
    seen: int,
    wanted: datetime | None,
    now: datetime,
) -> Kept:
    """Add a version of the policy. Raises Invalid, or VersionConflict when somebody saved since this person looked.
    Sent twice, the second time finds it there."""
    check_policy(policy)

    def write(start: datetime) -> None:
        store.save_policy(portal, community_id, person.id, policy, start, seen, now)

    return _save(portal, person, community_id, policy, seen, wanted, write, now)


def save_calendar(
    portal: Portal,
    person: Person,
    community_id: str,
    calendar: Calendar,
    seen: int,
    wanted: datetime | None,
    now: datetime,
) -> Kept:
    """Add a version of the calendar; as with `save_policy`."""
    check_calendar(calendar)

    def write(start: datetime) -> None:
        store.save_calendar(portal, community_id, person.id, calendar, start, seen, now)

    return _save(portal, person, community_id, calendar, seen, wanted, write, now)


def _save(
    portal: Portal,
    person: Person,
    community_id: str,
    rules: Policy | Calendar,
    seen: int,
    wanted: datetime | None,
    write: Callable[[datetime], None],
    now: datetime,
) -> Kept:
    found = kept(portal, community_id)
    if found.book.version == seen + 1 and _made_by(found.book, person.id, rules, wanted):
        return found
    if found.book.version != seen:
        raise VersionConflict
    write(valid_from(wanted, now))
    return kept(portal, community_id)


def _made_by(book: Book, account_id: str, rules: Policy | Calendar, wanted: datetime | None) -> bool:
    """Whether this person has made the newest version, and it is this one."""
    saved: list[Saved[Policy] | Saved[Calendar]] = [*book.policies, *book.calendars]
    newest = max(saved, key=lambda one: one.made_at)
    return newest.made_by == account_id and newest.rules == rules and wanted in (None, newest.valid_from)
