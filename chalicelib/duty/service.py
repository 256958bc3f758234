"""Rosters: the one that holds, who is on duty by it, and making a new version."""

from dataclasses import replace
from datetime import datetime

from chalicelib import zones
from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.duty import rules
from chalicelib.duty.models import Roster
from chalicelib.duty.policy import MAX_CHANGES, MAX_WEEKLY
from chalicelib.errors import N_, Invalid
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.logs import log_failure
from chalicelib.managing import service as managing
from chalicelib.managing import store as versions
from chalicelib.managing.models import Version
from chalicelib.portal import Portal
from chalicelib.times import BEGINNING

WHAT = "ROSTER"
#: What goes wrong when something stored is not what it should be. A table that does not answer is another matter: then
#: the alert is tried again.
_SENSELESS = (ValueError, LookupError, TypeError, ArithmeticError)
#: Until a community has one nobody is on duty by name, and all of the front line is alerted.
NOBODY = Version(0, BEGINNING, BEGINNING, "", Roster())
_TOO_MANY = N_("These are too many duties. Keep those that are still to come.")
_NOT_STAFF = N_("Choose somebody of this community's staff who takes on issues.")


def newest(portal: Portal, community_id: str, limit: int) -> list[Version[Roster]]:
    """The newest versions, newest first, and at the end the empty one: one round trip."""
    found = versions.newest(portal.db, community_id, WHAT, Roster, limit)
    return [*(_in_a_zone(portal, community_id, one) for one in found), NOBODY]


def on_duty(portal: Portal, community_id: str, staff: list[StaffMember], at: datetime) -> list[str]:
    """The accounts of those who are on duty at a moment and still among the staff; none where nobody is, or where
    the roster can't be made sense of: then all are alerted, never nobody. One round trip, unless many versions were
    made for later days."""
    try:
        version = versions.holding(portal.db, community_id, WHAT, Roster, at)
        named = rules.on_duty(_in_a_zone(portal, community_id, version).body, at) if version else ()
    except _SENSELESS:
        log_failure("roster_senseless", community_id=community_id)
        named = ()
    return [member.id for member in staff if member.id in named and set(member.roles) & ASSIGNEE_ROLES]


def _in_a_zone(portal: Portal, community_id: str, version: Version[Roster]) -> Version[Roster]:
    """A stored version, in the community's own zone where its own can't be read."""
    roster = version.body
    if zones.is_known(roster.zone_name):
        return version
    own = communities.get(portal.db, community_id).zone_name
    return replace(version, body=replace(roster, zone_name=zones.readable(roster.zone_name, own)))


def save(
    portal: Portal,
    person: Person,
    community_id: str,
    roster: Roster,
    seen: int,
    wanted: datetime | None,
    now: datetime,
) -> Version[Roster]:
    """Make a version. Raises Invalid for too many duties or somebody who is none of the staff, VersionConflict when
    somebody else made one since this person looked."""
    check(portal, community_id, roster)
    latest = newest(portal, community_id, 1)[0]
    version = managing.next_version(latest, seen, wanted, person.id, roster, now)
    if version is not latest:
        managing.save(portal, community_id, WHAT, "roster_changed", version, now)
    return version


def check(portal: Portal, community_id: str, roster: Roster) -> None:
    """Raises Invalid for a roster that can't be kept."""
    zones.check("zone_name", roster.zone_name)
    if len(roster.weekly) > MAX_WEEKLY or len(roster.changes) > MAX_CHANGES:
        raise Invalid.field("roster", "too_long", _TOO_MANY)
    staff = communities.staff(portal.db, portal.keys, community_id)
    may = {member.id for member in staff if set(member.roles) & ASSIGNEE_ROLES}
    if not rules.people(roster) <= may:
        raise Invalid.field("roster", "not_staff", _NOT_STAFF)
