"""Somebody's own jobs, and those that they may take: what the page of today's jobs reads."""

import heapq
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.conditions import Key
from chalicelib.desk.rules import Jobs, in_order
from chalicelib.issues.items import from_item
from chalicelib.issues.models import Issue
from chalicelib.issues.rules import CLAIMABLE
from chalicelib.portal import Portal

#: A day has no more jobs than this; whoever has more finds the rest in the queue.
MOST_JOBS = 100
MOST_FREE = 10
_TAKES = frozenset({"technician"})


def jobs(portal: Portal, person: Person, now: datetime) -> Jobs:
    """What a person has to do, in order: one query, whatever the number of their communities."""
    mine = Key("assignee_queue").eq(f"ASSIGNEE#{person.id}")
    rows = portal.db.query(mine, index="assignee_queue", limit=MOST_JOBS).items
    theirs = set(person.communities())  # somebody who has left a community has nothing to do there
    issues = [from_item(row, portal.keys) for row in rows if row["community_id"] in theirs]
    zones = {name: communities.get(portal.db, name).zone for name in {i.community_id for i in issues}}
    return in_order(issues, zones, now)


def free(portal: Portal, person: Person) -> list[Issue]:
    """What a technician may take, the nearest deadline first: one query for each state that can be taken."""
    pages = []
    for community_id in person.communities(_TAKES):
        for status in sorted(CLAIMABLE):
            key = Key("status_queue").eq(f"QUEUE#{community_id}#{status}")
            pages.append(portal.db.query(key, index="status_queue", limit=MOST_FREE).items)
    nearest = list(heapq.merge(*pages, key=lambda row: str(row["due"])))[:MOST_FREE]
    return [from_item(row, portal.keys) for row in nearest]
