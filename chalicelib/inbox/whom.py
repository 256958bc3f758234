"""Which of a community's staff a notice reaches by their roles, and whom of them at any hour."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.db import Item
from chalicelib.duty import service as duty
from chalicelib.inbox.models import DESK, OFFICE
from chalicelib.issues.rules import DISPATCH_ROLES
from chalicelib.portal import Portal

#: Where nobody holds a role that is to be told, the next higher one is told; above the last, the one below.
_LADDER = ("front_line", "senior", "manager", "expert")
#: Whom the words for several roles at once mean.
_GROUPS = {DESK: frozenset({"front_line", "senior"}), OFFICE: DISPATCH_ROLES}
#: For which whoever is on duty stands, whatever their own role is.
_FRONT = ("front_line", DESK)


def of(portal: Portal, row: Item) -> dict[str, bool]:
    """The staff whom an outbox row tells by their roles, without those who did it, and for each whether that may be at
    any hour.

    Of an emergency only those on duty by the roster are told, if anybody is. Of other urgent things all are, but of
    each role only those on duty at night; where none of them is on duty, all of the role: a gap in a roster must never
    mean that nobody comes. Two queries at most: the community's staff, and for what is urgent its roster."""
    if not row["roles"]:
        return {}
    staff = communities.staff(portal.db, portal.keys, row["community_id"])
    emergency = row.get("staff_event") == "emergency"
    named: list[str] = []
    if emergency or row.get("urgent"):
        named = duty.on_duty(portal, row["community_id"], staff, datetime.fromisoformat(row["at"]))
    found = dict.fromkeys(named, True) if emergency and named else told(row["roles"], staff, named)
    return {one: awake for one, awake in found.items() if one not in (row.get("but") or ())}


def told(roles: Iterable[str], staff: Sequence[StaffMember], named: Sequence[str]) -> dict[str, bool]:
    """Whom these roles mean among the staff, and who of them may be told at any hour when `named` are on duty. Pure."""
    found: dict[str, bool] = {}
    for role in roles:
        holders = _holders(role, {member.id: frozenset(member.roles) for member in staff})
        awake = named if named and role in _FRONT else [one for one in holders if one in named] or holders
        for one in (*holders, *awake):
            found[one] = found.get(one, False) or one in awake
    return found


def _holders(role: str, staff: Mapping[str, frozenset[str]]) -> list[str]:
    """Who holds a role, or one of a group; where nobody does, who holds the next higher one."""
    group = _GROUPS.get(role, frozenset({role}))
    place = max(_LADDER.index(one) for one in group)
    instead = (frozenset({one}) for one in (*_LADDER[place:], *reversed(_LADDER[:place])))
    for wanted in (group, *instead):
        if holders := [one for one, roles in staff.items() if roles & wanted]:
            return holders
    return []
