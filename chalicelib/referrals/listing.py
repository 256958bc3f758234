"""An owner's own referrals, newest first."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.db import Item
from chalicelib.portal import Portal
from chalicelib.referrals import codes, store
from chalicelib.referrals.models import Inviter, Referral


def newest(
    portal: Portal, person: Person, limit: int, now: datetime
) -> tuple[Inviter, list[Referral], str | None]:
    """An owner's code and numbers, their newest referrals, and behind which id to go on: two round trips. Raises
    Forbidden for those who own no home."""
    codes.check_owner(person)
    page = store.own(
        portal.db, person.id, limit + 2
    )  # with one's own row, and one more that says whether to go on
    mine = [item for item in page.items if item["SK"] == "REFERRALS"]
    inviter = codes.found(portal, person, mine[0] if mine else None, now)
    return inviter, *_some(portal, [item for item in page.items if item["SK"] != "REFERRALS"], limit)


def behind(
    portal: Portal, person: Person, limit: int, after: str | None
) -> tuple[list[Referral], str | None]:
    """A page of them, and behind which id to go on."""
    return _some(portal, store.own(portal.db, person.id, limit + 1, after or "~").items, limit)


def _some(portal: Portal, pointers: list[Item], limit: int) -> tuple[list[Referral], str | None]:
    ids = [item["SK"].removeprefix("REFERRAL#") for item in pointers]
    return store.get_many(portal.db, ids[:limit]), ids[limit - 1] if len(ids) > limit else None
