"""Managers write their community's earning rules: in versions, never backwards."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.managing import service as managing
from chalicelib.managing.models import Version
from chalicelib.points import rule_store
from chalicelib.points.models import EarningRule, Kind
from chalicelib.points.policy import LASTS_AT_MOST, RULES
from chalicelib.portal import Portal

_FACTOR = N_("Give a percentage between 100 and 500.")
_ENDS = N_("This time is over before the rule begins.")
_FAR = N_("Choose a time within ten years, or leave it empty.")


def known(kind: str) -> Kind:
    """A kind of event; raises NotFound for any other word."""
    found = next((one for one in RULES if one == kind), None)
    if found is None:
        raise NotFound
    return found


def save(
    portal: Portal,
    person: Person,
    community_id: str,
    kind: Kind,
    rule: EarningRule,
    seen: int,
    wanted: datetime | None,
    now: datetime,
) -> Version[EarningRule]:
    """Make a version of a rule: it counts for what happens from its time on. Raises Invalid, or VersionConflict when
    somebody else made one since this person looked."""
    latest = rule_store.newest(portal.db, community_id, kind, 1)[0]
    version = managing.next_version(latest, seen, wanted, person.id, rule, now)
    check(rule, version.valid_from)
    if version is not latest:
        managing.save(portal, community_id, rule_store.what(kind), "points_rule", version, now)
    return version


def check(rule: EarningRule, valid_from: datetime) -> None:
    """Raises Invalid for a rule that can't be meant."""
    if any(not 100 <= percent <= 500 for percent in rule.factors.values()):
        raise Invalid.field("factors", "out_of_range", _FACTOR)
    if rule.valid_until is not None and rule.valid_until <= valid_from:
        raise Invalid.field("valid_until", "before_start", _ENDS)
    # Later than that there are moments that can't be said in every zone, and a page that shows one would fail.
    if rule.valid_until is not None and rule.valid_until > valid_from + LASTS_AT_MOST:
        raise Invalid.field("valid_until", "too_far", _FAR)
