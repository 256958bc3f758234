"""What is new at the desk since somebody last looked: cheap to ask when nothing is."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.conditions import Key
from chalicelib.desk.policy import ALARM_FOR
from chalicelib.inbox.outbox import counts_key
from chalicelib.issues.items import from_item
from chalicelib.issues.models import Issue
from chalicelib.issues.policy import RESOLVE_WITHIN, category_of
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

_ALARMS = 20


def mark(portal: Portal, person: Person, now: datetime) -> str:
    """Something that changes whenever anything was announced in one's communities: one round trip.

    It changes each minute too: what is left of a deadline is said in minutes, and an index may lag behind.
    """
    rows = portal.db.batch_get([counts_key(name) for name in person.communities()])
    seen = [row.get("news", 0) if row else 0 for row in rows]
    return f"{int(now.timestamp()) // 60}-{person.unread}-{'-'.join(map(str, seen))}"


def alarms(portal: Portal, person: Person, now: datetime) -> list[Issue]:
    """Urgent reports (L1) of the last minutes that nobody has acknowledged, oldest first: one query a community.

    The index is sorted by deadline, and what is due in 24 h less a moment is what came a moment ago; anything
    else that is due just then came long ago.
    """
    due = now + RESOLVE_WITHIN["L1"]
    found = []
    for name in person.communities():
        recent = Key("due").between(rfc3339(due - ALARM_FOR), f"{rfc3339(due)}~")
        new = Key("status_queue").eq(f"QUEUE#{name}#submitted") & recent
        rows = portal.db.query(new, index="status_queue", limit=_ALARMS).items
        found += [from_item(row, portal.keys) for row in rows]
    return sorted((one for one in found if _is_news(one, now)), key=lambda one: one.id)


def _is_news(issue: Issue, now: datetime) -> bool:
    return category_of(issue.category_id).sla_class == "L1" and now - issue.created_at <= ALARM_FOR
