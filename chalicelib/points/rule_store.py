"""Earning rules of a community in the table: numbered versions for each kind of event. Keys: `docs/keys.md`."""

from datetime import datetime

from chalicelib.conditions import Key
from chalicelib.db import Db
from chalicelib.managing import store as versions
from chalicelib.managing.models import Version
from chalicelib.managing.rules import in_force
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


def all_holding(db: Db, community_id: str, at: datetime) -> dict[Kind, EarningRule]:
    """The rules of all kinds that hold at a moment: one round trip."""
    made: dict[str, list[Version[EarningRule]]] = {}
    for item in db.query_all(Key("PK").eq(f"COMMUNITY#{community_id}") & Key("SK").begins_with("POINTRULE#")):
        made.setdefault(item["SK"].split("#")[1], []).append(versions.from_item(item, EarningRule))
    return {kind: (in_force(made.get(kind, []), at) or default(kind)).body for kind in RULES}
