"""The seam to points: what a referral is worth to both, and how it is booked. The rules are the managers' own."""

from datetime import datetime

from chalicelib.portal import Portal
from chalicelib.referrals.models import Referral


def pay(portal: Portal, referral: Referral, now: datetime) -> None:
    """Book both rewards. Each event counts once for ever, so that this may be done as often as it takes."""


def offer(portal: Portal, community_id: str, now: datetime) -> tuple[int, int]:
    """How many points an inviter and somebody who came get, by the rules that hold now; 0 for none."""
    return 0, 0
