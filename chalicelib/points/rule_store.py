"""Earning rules of a community in the table: numbered versions for each kind of event. Keys: `docs/keys.md`."""

from datetime import datetime

from chalicelib.db import Db
from chalicelib.managing import store as versions
from chalicelib.managing.models import Version
from chalicelib.points.models import EarningRule, Kind
from chalicelib.points.policy import RULES
from chalicelib.times import BEGINNING


def what(kind: Kind) -> str:
    """How the keys of a kind's rule begin."""
    return f"POINTRULE#{kind}"


def default(kind: Kind) -> Version[EarningRule]:
    """The portal's own, which holds until a community has one."""
    return Version(0, BEGINNING, BEGINNING, "", RULES[kind])


def holding(db: Db, community_id: str, kind: Kind, at: datetime) -> Version[EarningRule]:
    """The rule that held when something happened; no later one ever applies to it. Usually one round trip."""
    return versions.holding(db, community_id, what(kind), EarningRule, at) or default(kind)


def newest(db: Db, community_id: str, kind: Kind, limit: int) -> list[Version[EarningRule]]:
    """The newest versions, newest first, the portal's own at the end: one round trip."""
    return [*versions.newest(db, community_id, what(kind), EarningRule, limit), default(kind)]
