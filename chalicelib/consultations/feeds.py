"""Private calendar feeds: an address that only its owner knows, for a phone's calendar to ask again and again.

The address is worked out from the account and a number; a new number makes the old address worthless.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account, Person
from chalicelib.communities import store as communities
from chalicelib.consultations import ics, rules, store
from chalicelib.consultations.models import Booking
from chalicelib.consultations.policy import HORIZON
from chalicelib.crypto import Keyring
from chalicelib.db import K, Put
from chalicelib.errors import NotFound
from chalicelib.i18n import LOCALES
from chalicelib.ids import is_id
from chalicelib.portal import Portal

#: How far back a feed reaches, and how many appointments it holds.
_BACK = timedelta(days=30)
_MOST = 100


def _key(account_id: str) -> K:
    return K(f"ACCOUNT#{account_id}", "FEED")


def _secret(keys: Keyring, account_id: str, number: int) -> str:
    return keys.hash("feed", f"{account_id}|{number}")[:40]


def code(portal: Portal, person: Person) -> str | None:
    """The secret part of somebody's feed address; None while they have none. One round trip."""
    item = portal.db.get(_key(person.id))
    return f"{person.id}.{_secret(portal.keys, person.id, item['number'])}" if item else None


def renew(portal: Portal, person: Person) -> str:
    """Make a feed, or give it another address: the old one is dead at once."""
    item = portal.db.get(_key(person.id))
    number = item["number"] + 1 if item else 1
    key = _key(person.id)
    portal.db.write(Put({"PK": key.pk, "SK": key.sk, "number": number}, replace=True))
    return f"{person.id}.{_secret(portal.keys, person.id, number)}"


def read(portal: Portal, code: str, now: datetime) -> str:
    """The calendar behind an address: one's own appointments, and those that one gives. Raises NotFound."""
    account_id, _, secret = code.removesuffix(".ics").partition(".")
    item = portal.db.get(_key(account_id)) if is_id(account_id) else None
    if item is None or not hmac.compare_digest(
        secret.encode(), _secret(portal.keys, account_id, item["number"]).encode()
    ):
        raise NotFound
    account = accounts.get(portal.db, portal.keys, account_id)
    if account is None:
        raise NotFound
    given = _given(portal, account, now) if "designer" in account.roles else []
    found = {one.id: one for one in (*given, *_own(portal, account, now))}.values()
    told = [(one, communities.get(portal.db, one.community_id)) for one in found]
    locale = account.locale or LOCALES[0]
    return ics.calendar(
        told, locale, name="Consultations" if locale == "en" else "装修咨询", reader_id=account.id, feed=True
    )


def _own(portal: Portal, account: Account, now: datetime) -> list[Booking]:
    rows = store.own(portal.db, account.id, _MOST, since=now - _BACK).items
    return store.bookings(portal.db, portal.keys, [row["booking_id"] for row in rows])


def _given(portal: Portal, account: Account, now: datetime) -> list[Booking]:
    return on_days(portal, account.id, now - _BACK, now + HORIZON)


def on_days(portal: Portal, consultant_id: str, first: datetime, last: datetime) -> list[Booking]:
    """A designer's appointments from one day to another, in order: two round trips."""
    days = rules.days_between(first.date(), last.date())
    _, found = store.diaries(portal.db, [consultant_id], days)[consultant_id]
    taken = sorted(
        (hold for day in found.values() for hold in day.holds if hold.until is None), key=_by_start
    )
    return store.bookings(portal.db, portal.keys, [hold.id for hold in taken])


def _by_start(hold: Any) -> tuple[datetime, str]:
    return hold.starts_at, hold.id
