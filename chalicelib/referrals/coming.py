"""What brings a referral on: its person signs in with a home of theirs, or signs their first decoration contract."""

from datetime import datetime

from chalicelib.accounts.models import Account
from chalicelib.db import Item, Op
from chalicelib.due import rows
from chalicelib.logs import log_failure
from chalicelib.portal import Portal
from chalicelib.referrals import moving, store


def signing_in(account: Account, claim: Item | None, now: datetime) -> list[Op]:
    """What goes along with a sign-in's own write: that the clock looks at the claim on this number, if it still waits
    and the account has a home."""
    if claim is None or not account.units or claim["expires_at"] <= int(now.timestamp()):
        return []
    return [_row(claim["referral_id"], account.id, now)]


def signed_in(portal: Portal, account: Account, claim: Item, now: datetime) -> None:
    """The same at once, so that an inviter need not wait for the clock. Nobody's signing in fails with it: what could
    not be done now, the row has the clock do."""
    try:
        moving.join(portal, claim["referral_id"], account.id, now)
    except Exception:
        log_failure("referral_left_to_the_clock", referral_id=claim["referral_id"])


def signing_contract(account: Account, claim: Item | None, now: datetime) -> list[Op]:
    """What goes along with the write of a signature under a decoration contract: that the clock looks at the claim on
    the signer's number, if it still waits. The first one counts: who has come before is left alone."""
    if claim is None or claim["expires_at"] <= int(now.timestamp()):
        return []
    return [_row(claim["referral_id"], account.id, now, contract=True)]


def _row(referral_id: str, account_id: str, now: datetime, *, contract: bool | None = None) -> Op:
    key = rows.key_at(f"JOINED#{referral_id}", now)
    return store.put_due(referral_id, key, joined=account_id, contract=contract)
