"""Somebody's name and number in full, for staff who need them: never without the look being written down first."""

from datetime import datetime

from chalicelib.accounts import store
from chalicelib.audit import store as audit
from chalicelib.desk.models import Contact
from chalicelib.errors import NotFound
from chalicelib.portal import Portal


def shown(portal: Portal, account_id: str, act: audit.Act, now: datetime) -> Contact:
    """Whom to call; `act` goes into the audit trail before anything is read. Whether somebody may look, the caller has
    judged. Raises NotFound for an account that is no more."""
    portal.db.write(audit.add(act, now))
    account = store.get(portal.db, portal.keys, account_id)
    if account is None:
        raise NotFound
    return Contact(name=account.name, phone=account.phone)
