"""Keeping canned replies and filters: add, change, delete; bounded in number and length."""

from collections.abc import Callable

from chalicelib.accounts.models import Person
from chalicelib.db import K
from chalicelib.desk import own_store
from chalicelib.desk.own_models import Reply, SavedFilter, SaveFilter, SaveReply, Shelf
from chalicelib.desk.policy import MAX_FILTERS, MAX_REPLIES
from chalicelib.errors import N_, ChangedMeanwhile, Forbidden, Invalid, NotFound, Unavailable, VersionConflict
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.portal import Portal

_FULL = N_("There are as many as can be kept. Delete one first.")
_TRIES = 5


def shelf_key(person: Person, community_id: str | None) -> K:
    """Where replies are kept: one's own, or a community's, which its managers edit.

    Raises Forbidden for those who write no messages or manage nothing there, NotFound for another community.
    """
    if community_id is None:
        if not person.roles & ASSIGNEE_ROLES:
            raise Forbidden
        return own_store.own_key(person.id)
    roles = person.roles_in(community_id)
    if not roles:
        raise NotFound
    if "manager" not in roles:
        raise Forbidden
    return own_store.shared_key(community_id)


def _change(portal: Portal, key: K, work: Callable[[Shelf], Shelf]) -> Shelf:
    """Read, change and write; read and judge again when somebody else was quicker."""
    for _ in range(_TRIES):
        before = own_store.from_item(portal.db.get(key))
        after = work(before)
        if after == before:
            return before
        try:
            own_store.write(portal.db, key, before, after)
            return after
        except ChangedMeanwhile:
            continue
    raise Unavailable


def save_reply(portal: Portal, person: Person, community_id: str | None, body: SaveReply) -> None:
    """Add a reply, or change one. Sent twice, it is there once. Raises NotFound, Forbidden, VersionConflict when
    somebody changed it meanwhile, or Invalid when there are too many (`policy.MAX_REPLIES`)."""

    def work(shelf: Shelf) -> Shelf:
        new = Reply(id=body.id, title=body.title, text=body.text, version=body.version + 1)
        old = next((one for one in shelf.replies if one.id == body.id), None)
        if old == new:
            return shelf
        if (old.version if old else 0) != body.version:
            raise VersionConflict
        if old is None and len(shelf.replies) >= MAX_REPLIES:
            raise Invalid.field("title", "too_many", _FULL)
        kept = [new if one.id == body.id else one for one in shelf.replies]
        return shelf.model_copy(update={"replies": kept if old else [*kept, new]})

    _change(portal, shelf_key(person, community_id), work)


def delete_reply(portal: Portal, person: Person, community_id: str | None, reply_id: str) -> None:
    """Delete a reply; one that is gone is gone. Raises NotFound or Forbidden."""

    def work(shelf: Shelf) -> Shelf:
        return shelf.model_copy(update={"replies": [one for one in shelf.replies if one.id != reply_id]})

    _change(portal, shelf_key(person, community_id), work)


def save_filter(portal: Portal, person: Person, body: SaveFilter, query: str, *, start: bool) -> None:
    """Keep a choice of the queue; `start` makes it what the queue opens with. A name that is there already gets the
    new choice. Raises Forbidden, or Invalid when there are too many (`policy.MAX_FILTERS`)."""

    def work(shelf: Shelf) -> Shelf:
        old = next((one for one in shelf.filters if body.name == one.name), None)
        new = SavedFilter(id=old.id if old else body.id, name=body.name, query=query)
        if old is None and len(shelf.filters) >= MAX_FILTERS:
            raise Invalid.field("name", "too_many", _FULL)
        kept = [new if one is old else one for one in shelf.filters]
        first = new.id if start else None if shelf.start == new.id else shelf.start
        return shelf.model_copy(update={"filters": kept if old else [*kept, new], "start": first})

    _change(portal, shelf_key(person, None), work)


def delete_filter(portal: Portal, person: Person, filter_id: str) -> None:
    """Forget a filter; one that is gone is gone. Raises Forbidden."""

    def work(shelf: Shelf) -> Shelf:
        kept = [one for one in shelf.filters if one.id != filter_id]
        start = None if shelf.start == filter_id else shelf.start
        return shelf.model_copy(update={"filters": kept, "start": start})

    _change(portal, shelf_key(person, None), work)
