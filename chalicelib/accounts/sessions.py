"""Sessions: a random token, kept only as a hash, checked in one round trip."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.accounts import store
from chalicelib.accounts.models import Account, Person
from chalicelib.db import Op
from chalicelib.ids import is_id

if TYPE_CHECKING:
    from chalicelib.portal import Portal

_TOKEN_BYTES = 32


def new_session(portal: "Portal", account: Account, now: datetime) -> tuple[str, datetime, Op]:
    """A token, when it ends, and the write that makes it valid.

    The token names the account, so that the session and the account come back in one read.
    """
    hours = portal.settings.staff_session_hours if account.is_staff else portal.settings.owner_session_hours
    expires = now + timedelta(hours=hours)
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    write = store.add_session(account, portal.keys.hash("session", secret), now, int(expires.timestamp()))
    return f"{account.id}.{secret}", expires, write


def person_of(portal: "Portal", token: str | None, now: datetime) -> Person | None:
    """Who a token belongs to, or None. Account, session and unread count in one round trip, so a role taken
    away or a sign-out holds from the next request on."""
    account_id, _, secret = (token or "").partition(".")
    if not is_id(account_id) or not secret or len(secret) > 100:
        return None
    session_key = store.session_key(account_id, portal.keys.hash("session", secret))
    keys = [store.profile_key(account_id), session_key, store.unread_key(account_id)]
    profile, session, unread = portal.db.batch_get(keys)
    if not profile or not session:
        return None
    person = store.person_from(profile, session, unread, portal.keys, now)
    # Somebody who has become staff since signing in has a staff session: shorter than it was made.
    longest = timedelta(hours=portal.settings.staff_session_hours)
    if person and person.is_staff and now - datetime.fromisoformat(session["at"]) >= longest:
        return None
    return person
