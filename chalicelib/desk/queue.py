"""The desk's queue: one query a page, nearest deadline first, over one or several communities."""

import heapq
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from chalicelib.accounts.models import Person
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.db import Item, K
from chalicelib.desk.models import Counts, Queue
from chalicelib.inbox.outbox import counts_key
from chalicelib.issues import access
from chalicelib.issues.items import from_item
from chalicelib.issues.models import Issue
from chalicelib.portal import Portal
from chalicelib.times import rfc3339

#: Filters that no index serves read on; a page gives up after so many rows and goes on by its cursor.
_READ_AT_MOST = 600
OVERDUE_COUNTED = 100


def read(
    portal: Portal, person: Person, query: Queue, after: str | None, now: datetime
) -> tuple[list[Issue], str | None]:
    """A page of issues, and behind which deadline to go on (None at the end).

    Raises NotFound for a community that is not this person's.
    """
    names = access.communities_of(person, query.community_id)
    streams = [_Stream(portal, query, name, after, now) for name in names]
    merged = heapq.merge(*streams, key=lambda item: str(item["due"]))
    found = list(islice(merged, query.limit + 1))
    stopped = [stream.stopped_at for stream in streams if stream.stopped_at]
    edge = min(stopped) if stopped else None
    if edge is not None:
        found = [item for item in found if item["due"] <= edge]
    issues = [from_item(item, portal.keys) for item in found[: query.limit]]
    return issues, found[query.limit - 1]["due"] if len(found) > query.limit else edge


class _Stream:
    """One community's rows in order, read page by page as they are asked for."""

    def __init__(
        self, portal: Portal, query: Queue, community_id: str, after: str | None, now: datetime
    ) -> None:
        self._db, self._limit = portal.db, query.limit
        self._index, self._key = _index_key(query, community_id, after, now)
        self._keep = _filter(query, community_id)
        self.stopped_at: str | None = None

    def __iter__(self) -> Iterator[Item]:
        start: Item | None = None
        seen = 0
        # One more than asked for tells whether there is a next page; filters need more to find as many.
        step = self._limit + 1 if self._keep is None else max(100, self._limit + 1)
        while seen < _READ_AT_MOST:
            page = self._db.query(self._key, index=self._index, keep=self._keep, limit=step, start=start)
            yield from page.items
            start, seen = page.next, seen + step
            if start is None:
                return
        self.stopped_at = str(start["due"]) if start else None


def _index_key(query: Queue, community_id: str, after: str | None, now: datetime) -> tuple[str, Condition]:
    if query.status is not None:
        index, value = "status_queue", f"QUEUE#{community_id}#{query.status}"
    elif query.assignee_id not in (None, "", "none"):
        index, value = "assignee_queue", f"ASSIGNEE#{query.assignee_id}"
    else:
        index, value = "open_queue", f"QUEUE#{community_id}"
    key: Condition = Key(index).eq(value)
    if query.overdue:
        key &= Key("due").between(f"{after}!" if after else "0", rfc3339(now))
    elif after:
        key &= Key("due").gt(after)
    return index, key


def _filter(query: Queue, community_id: str) -> Condition | None:
    wanted: list[Condition] = []
    if query.assignee_id == "none":
        wanted.append(Attr("assignee").not_exists())
    elif query.assignee_id and query.status is not None:
        wanted.append(Attr("assignee.id").eq(query.assignee_id))
    elif query.assignee_id:
        wanted.append(Attr("community_id").eq(community_id))
    if query.category_id:
        wanted.append(Attr("category_id").eq(query.category_id))
    if query.building:
        wanted.append(Attr("building").eq(query.building))
    if not wanted:
        return None
    keep = wanted[0]
    for more in wanted[1:]:
        keep = keep & more
    return keep


def counts(portal: Portal, person: Person, community_id: str | None, now: datetime) -> Counts:
    """Numbers per state over the communities asked for: one read, and one bounded count each for overdue."""
    names = access.communities_of(person, community_id)
    return _counted(portal, names, portal.db.batch_get([counts_key(name) for name in names]), now)


def counts_and(
    portal: Portal, person: Person, community_id: str | None, key: K, now: datetime
) -> tuple[Counts, Item | None]:
    """The same, and one more item that the page needs, in no more round trips."""
    names = access.communities_of(person, community_id)
    *rows, item = portal.db.batch_get([*(counts_key(name) for name in names), key])
    return _counted(portal, names, rows, now), item


def _counted(portal: Portal, names: list[str], rows: list[Item | None], now: datetime) -> Counts:
    totals = dict.fromkeys(Counts.model_fields, 0)
    for row in rows:
        for name in totals:
            totals[name] += max(0, row.get(name, 0)) if row else 0
    for name in names:
        late = Key("open_queue").eq(f"QUEUE#{name}") & Key("due").lt(rfc3339(now))
        totals["overdue"] += portal.db.count(late, index="open_queue", limit=OVERDUE_COUNTED)
    return Counts(**{**totals, "overdue": min(totals["overdue"], OVERDUE_COUNTED)})
