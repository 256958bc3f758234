"""An owner's own list: pointers in the person's partition, then the issues themselves, in two reads."""

from chalicelib.accounts.models import Person
from chalicelib.db import Item
from chalicelib.issues import store
from chalicelib.issues.models import Issue, Status
from chalicelib.portal import Portal

#: A state that hardly any of a person's issues has is not searched for for ever; the cursor goes on.
_READ_AT_MOST = 400


def newest(portal: Portal, person: Person, limit: int) -> tuple[list[Issue], list[Item]]:
    """What waits for this person, however old, then their newest issues; and the announcements that they got: two
    round trips."""
    ids, announced = store.own_newest(portal.db, person.id, limit)
    return store.get_many(portal.db, portal.keys, ids) if ids else [], announced


def own(
    portal: Portal, person: Person, limit: int, status: Status | None, after: str | None
) -> tuple[list[Issue], str | None]:
    """A page of one's issues, newest first, and behind which id to go on (None at the end)."""
    found: list[Issue] = []
    seen = 0
    while seen < _READ_AT_MOST:
        step = limit + 1 if status is None else 100
        pointers = store.own_issues(portal.db, person.id, step, after)
        ids = [item["issue_id"] for item in pointers.items]
        for issue in store.get_many(portal.db, portal.keys, ids) if ids else []:
            if status is None or issue.status == status:
                found.append(issue)
            if len(found) > limit:
                return found[:limit], found[limit - 1].id
        if pointers.next is None:
            return found, None
        after, seen = ids[-1], seen + step
    return found, after
