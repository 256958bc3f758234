"""What a referral is worth to both, by the earning rules that a community's managers make."""

from datetime import datetime

from chalicelib.db import Op
from chalicelib.points import rule_store
from chalicelib.points.earning import EarningEvent, ask
from chalicelib.points.models import Kind
from chalicelib.portal import Portal
from chalicelib.referrals.models import Referral

#: Who invited, and who came.
SIDES: tuple[Kind, Kind] = ("referral", "referral_welcome")


def of(before: Referral, after: Referral) -> list[Op]:
    """The writes that have both rewards counted, when a referral becomes rewarded. They go into that very transaction;
    each counts once for ever, by the rule that held when it qualified."""
    if after.rewarded_at is None or before.rewarded_at or after.qualified_at is None:
        return []
    people = zip(SIDES, (after.inviter_id, after.invited_id), strict=True)
    return [
        ask(EarningEvent(f"{kind}:{after.id}", kind, account_id, after.community_id, after.qualified_at))
        for kind, account_id in people
        if account_id
    ]


def offer(portal: Portal, community_id: str, now: datetime) -> tuple[int, int]:
    """How many points an inviter and somebody who comes get, by the rules of now; 0 for none. Two round trips."""
    inviter, invited = (_worth(portal, community_id, kind, now) for kind in SIDES)
    return inviter, invited


def for_who_comes(portal: Portal, community_id: str, now: datetime) -> int:
    """What somebody who comes gets, in one round trip."""
    return _worth(portal, community_id, SIDES[1], now)


def _worth(portal: Portal, community_id: str, kind: Kind, now: datetime) -> int:
    rule = rule_store.holding(portal.db, community_id, kind, now).body
    return 0 if rule.valid_until and now >= rule.valid_until else rule.points
