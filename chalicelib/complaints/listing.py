"""Lists of complaints: one's own, the desk's, hard cases, earlier ones of the same person; and the call-back rate."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.complaints import policy, rules, store
from chalicelib.complaints.items import from_item
from chalicelib.complaints.models import Complaint, Pointer, Stage
from chalicelib.due.plan import levels_for
from chalicelib.portal import Portal
from chalicelib.service_levels.models import ComplaintPolicy

#: A community's open cases are read no further than this for its weekly list.
_HARD_READ = 500
#: A person's earlier ones are looked at no further back than this.
_EARLIER = 50


def own(portal: Portal, person: Person, limit: int, after: str | None) -> tuple[list[Complaint], str | None]:
    """A page of what somebody has sent, newest first, and behind which id to go on: two round trips."""
    found, place = store.pointers(portal.db, person.id, limit, after)
    return store.get_many(portal.db, portal.keys, [one.id for one in found]), place


def desk(
    portal: Portal,
    community_id: str,
    stage: Stage | None,
    limit: int,
    after: str | None,
    before: datetime | None,
) -> tuple[list[Complaint], str | None]:
    """A page of a community's, and behind which place to go on: one round trip."""
    page = store.queue(portal.db, community_id, stage, limit, after, before)
    found = [from_item(item, portal.keys) for item in page.items]
    return found, str(page.items[-1]["due"]) if page.next and page.items else None


def terms(portal: Portal, community_id: str, now: datetime) -> ComplaintPolicy:
    """What a community's policy says about complaints now: kept for a minute, so mostly no round trip."""
    return rules.terms(levels_for(portal, community_id), now)


def hard(portal: Portal, community_id: str, now: datetime) -> list[Complaint]:
    """The hard cases of a community, the oldest first."""
    by = terms(portal, community_id, now)
    page = store.queue(portal.db, community_id, None, _HARD_READ, None, None)
    found = [from_item(item, portal.keys) for item in page.items]
    return sorted((one for one in found if rules.is_hard(one, by, now)), key=lambda one: one.created_at)


def call_back_percent(portal: Portal, community_id: str) -> int | None:
    """Which share of the complaints that were closed last, after a reply, was called back; None without any."""
    page = store.queue(portal.db, community_id, "closed", policy.RATE_OF, None, None)
    closed = [from_item(item, portal.keys) for item in page.items]
    replied = [one for one in closed if one.kind == "complaint" and one.replied_at]
    return 100 * sum(one.called_back is not None for one in replied) // len(replied) if replied else None


def repeats(portal: Portal, complaint: Complaint) -> list[Pointer]:
    """Earlier and later ones that may be the same trouble, and are not linked: one round trip."""
    found, _ = store.pointers(portal.db, complaint.person.id, _EARLIER)
    linked = {link.id for link in complaint.links} | {complaint.id}
    here = [one for one in found if one.community_id == complaint.community_id and one.id not in linked]
    return [
        one
        for one in here
        if rules.may_repeat(
            complaint.kind, complaint.category, complaint.created_at, one.kind, one.category, one.at
        )
    ]
