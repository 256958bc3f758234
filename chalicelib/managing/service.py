"""Making a version: seen, checked, written once, in the audit trail."""

from datetime import datetime
from typing import TypeVar

from chalicelib.audit import store as audit
from chalicelib.errors import VersionConflict
from chalicelib.managing import rules, store
from chalicelib.managing.models import Version
from chalicelib.portal import Portal

Body = TypeVar("Body")
MANAGER = frozenset({"manager"})


def next_version(
    latest: Version[Body], seen: int, wanted: datetime | None, made_by: str, body: Body, now: datetime
) -> Version[Body]:
    """The version after the latest; the latest itself when this person has just made the very same, as a form that
    was sent twice does. Raises VersionConflict when they saw an older one, Invalid for a moment that can't be."""
    again = latest.made_by == made_by and latest.number == seen + 1 and latest.body == body
    if again and wanted in (None, latest.valid_from):
        return latest
    if latest.number != seen:
        raise VersionConflict
    return Version(latest.number + 1, rules.valid_from(wanted, now), now, made_by, body)


def save(
    portal: Portal, community_id: str, what: str, action: audit.Action, version: Version[Body], now: datetime
) -> None:
    """Write a new version. Raises VersionConflict when somebody else made that one at the same moment."""
    act = audit.Act(community_id, version.made_by, action, what, str(version.number))
    portal.db.write(store.add(community_id, what, version), audit.add(act, now))
