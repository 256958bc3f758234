"""The demo's invitations: two numbers that wait for their people, and one that waits for the manager."""

from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.portal import Portal
from chalicelib.referrals import claiming, codes, moving

#: Two that nobody here has, and one that somebody has already.
_LEFT = ("+8613700001001", "+8613700001002", "+8613800000003")


def write(home: Portal, inviter: Person, now: datetime) -> None:
    """Numbers that were left with a neighbour's code, some days ago."""
    code = codes.own(home, inviter, now).code
    for number, phone in enumerate(_LEFT):
        at = now - timedelta(days=4 - number)
        left = claiming.Left(phone, f"192.0.2.{number + 1}")
        referral_id = claiming.claim(home, code, left, at).partition(".")[0]
        moving.look(home, referral_id, now)
