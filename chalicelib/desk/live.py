"""What is new at the desk since somebody last looked: cheap to ask when nothing is."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.inbox.outbox import counts_key
from chalicelib.issues import store
from chalicelib.issues.models import Issue
from chalicelib.portal import Portal

_ALARMS = 20


def mark(portal: Portal, person: Person, now: datetime) -> str:
    """Something that changes whenever anything was announced in one's communities: one round trip.

    It changes each minute too: what is left of a deadline is said in minutes, and an index may lag behind.
    """
    rows = portal.db.batch_get([counts_key(name) for name in person.communities()])
    seen = [row.get("news", 0) if row else 0 for row in rows]
    return f"{int(now.timestamp()) // 60}-{person.unread}-{'-'.join(map(str, seen))}"


def alarms(portal: Portal, person: Person, now: datetime) -> list[Issue]:
    """Urgent reports (L1) of the last minutes that nobody has acknowledged, oldest first: one query a community, and
    one batch when there are any."""
    ids = [one for name in person.communities() for one in store.alarms(portal.db, name, now, _ALARMS)]
    found = store.get_many(portal.db, portal.keys, sorted(ids)) if ids else []
    return [issue for issue in found if issue.status == "submitted"]
