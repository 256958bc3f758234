"""The managers' queue: what speaks against a reward, and what somebody decides about it."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.accounts.rules import parse_phone
from chalicelib.audit import store as audit
from chalicelib.errors import Forbidden, NotFound
from chalicelib.ids import is_id
from chalicelib.once import Once, settled
from chalicelib.portal import Portal
from chalicelib.referrals import moving, rules, store, withdrawing
from chalicelib.referrals.models import Decide, Referral

MANAGER = frozenset({"manager"})


def queue(
    portal: Portal, community_id: str, limit: int, after: str | None
) -> tuple[list[Referral], str | None]:
    """A page of what waits, longest first, and behind which place to go on: two round trips."""
    page = store.waiting(portal.db, community_id, limit, after)
    found = store.get_many(portal.db, [item["referral_id"] for item in page.items])
    return found, page.items[-1]["SK"] if page.next and page.items else None


def find(portal: Portal, person: Person, referral_id: str) -> Referral:
    """One that somebody may decide about; raises NotFound."""
    referral = store.get(portal.db, referral_id) if is_id(referral_id) else None
    if referral is None or referral.community_id not in person.communities(MANAGER):
        raise NotFound
    return referral


def decide(
    portal: Portal, person: Person, referral_id: str, body: Decide, once: Once | None, now: datetime
) -> Referral:
    """Release it or void it, with a reason. Raises NotFound, VersionConflict, or IllegalTransition for one that waits
    for nobody."""

    def work() -> Referral:
        before = find(portal, person, referral_id)
        release = body.decision == "release"
        after = rules.decided(before, release, person.id, body.reason, body.version, now)
        act = audit.Act(before.community_id, person.id, "referral_decided", before.id, body.decision)
        extra = moving.forgotten(portal, before, after)
        return moving.commit(portal, before, after, now, act=act, once=once, extra=extra)

    return settled(portal.db, once, work, lambda kept: (Referral.model_validate(kept), now), now)[0]


def forget(portal: Portal, person: Person, community_id: str, phone: str, now: datetime) -> None:
    """Somebody has called to take back a number that they left: it is forgotten, with whomever it was. The answer is
    the same for one that was never left. Raises Forbidden, or Invalid for no phone number."""
    if community_id not in person.communities(MANAGER):
        raise Forbidden
    act = audit.Act(community_id, person.id, "referral_forgotten", "number")
    portal.db.write(withdrawing.forget(portal, parse_phone(phone), now), audit.add(act, now))
