"""An owner's own referrals, newest first."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.portal import Portal
from chalicelib.referrals import codes, store
from chalicelib.referrals.models import Inviter, Referral


def newest(
    portal: Portal, person: Person, limit: int, now: datetime
) -> tuple[Inviter, list[Referral], str | None]:
    """An owner's code and numbers, their newest referrals, and behind which id to go on: two round trips. Raises
    Forbidden for those who own no home."""
    codes.check_owner(person)
    page = store.own(portal.db, person.id, limit + 1)
    mine = [item for item in page.items if item["SK"] == "REFERRALS"]
    inviter = codes.found(portal, person, mine[0] if mine else None, now)
    ids = [_id(item["SK"]) for item in page.items if item["SK"] != "REFERRALS"][:limit]
    return inviter, store.get_many(portal.db, ids), ids[-1] if page.next and ids else None


def behind(
    portal: Portal, person: Person, limit: int, after: str | None
) -> tuple[list[Referral], str | None]:
    """A page of them, and behind which id to go on."""
    page = store.own(portal.db, person.id, limit, after or "~")
    ids = [_id(item["SK"]) for item in page.items]
    return store.get_many(portal.db, ids), ids[-1] if page.next and ids else None


def _id(sk: str) -> str:
    return sk.removeprefix("REFERRAL#")
