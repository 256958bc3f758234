"""Taking back a number that was left: one write for the clock, whether or not there is anything to forget."""

from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.db import Op
from chalicelib.due import rows
from chalicelib.portal import Portal
from chalicelib.referrals import store


def take_back(portal: Portal, referral_id: str, now: datetime) -> None:
    """Have the clock forget a number that was left: one write, whether or not there is such a referral."""
    minute = now.replace(second=0, microsecond=0)  # however often somebody asks, it is one row a minute
    key = rows.key_at(f"WITHDRAWN#{referral_id}", minute)
    portal.db.write(store.put_due(referral_id, key, withdrawn=True))


def forget(portal: Portal, phone: str, now: datetime) -> Op:
    """The write that has the clock forget all that came by a number, with whomever it was left."""
    hashed = accounts.phone_hash(portal.keys, phone)
    key = rows.key_at(f"WITHDRAWN#{hashed}", now.replace(second=0, microsecond=0))
    return store.put_due("", key, forget=hashed)


def take_back_own(portal: Portal, phone: str, now: datetime) -> None:
    """Have one's own number forgotten: one write, whether or not there is anything."""
    portal.db.write(forget(portal, phone, now))
