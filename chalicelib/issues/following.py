"""Following instead of repeating: what neighbours have reported at a public place, and going along with it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.conditions import Attr
from chalicelib.db import Delete, Put
from chalicelib.errors import IllegalTransition, Invalid, NotFound
from chalicelib.issues import access, rules, spot_store, store
from chalicelib.issues.commit import Filed, attempt, snapshot
from chalicelib.issues.items import from_item
from chalicelib.issues.models import FindSimilar, Issue, IssueFile
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.reporting import UNKNOWN_CATEGORY
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.places import service as places
from chalicelib.portal import Portal

#: More than these are not read before one sends a report; the newest say enough.
_SHOWN = 5


@dataclass(frozen=True)
class Similar:
    """An open issue of the same kind at the same place, and how the person stands to it."""

    issue: Issue
    relation: rules.Relation


def similar(portal: Portal, person: Person, asked: FindSimilar) -> list[Similar]:
    """Open issues of a category at a public place of one's own community, newest first: one query, and one batch
    for what it points to. Raises NotFound for a community in which one has no home, Invalid for no category."""
    if not access.lives_in(person, asked.community_id):
        raise NotFound
    if asked.category_id not in CATEGORIES:
        raise Invalid.field("category_id", "unknown_category", UNKNOWN_CATEGORY)
    place_id = asked.place_id
    if not place_id and asked.location:
        place_id = places.named(portal, asked.community_id, asked.location)
    pk = spot_store.spot(portal.keys, asked.community_id, asked.category_id, place_id, asked.location)
    ids = spot_store.newest(portal.db, pk, _SHOWN) if pk else []
    return _read(portal, person, ids) if ids else []


def _read(portal: Portal, person: Person, ids: list[str]) -> list[Similar]:
    keys = [store.meta_key(one) for one in ids] + [store.follower_key(person.id, one) for one in ids]
    rows = portal.db.batch_get(keys)
    found = []
    for item, follows in zip(rows[: len(ids)], rows[len(ids) :], strict=True):
        issue = from_item(item, portal.keys) if item else None
        if issue and rules.is_shared(issue):
            own = issue.reporter.id == person.id
            found.append(Similar(issue, "reporter" if own else "follower" if follows else "neighbour"))
    return found


def follow(portal: Portal, person: Person, issue_id: str, once: Once | None, now: datetime) -> Filed:
    """Follow a neighbour's issue; one's own, and one that is followed already, stay as they are.

    Raises NotFound for what one may not learn of, IllegalTransition when the work on it is over, TooMany at the
    daily cap: steps are judged anew whenever somebody follows, so nobody may do that all the time.
    """

    def work() -> IssueFile:
        file, relation = access.for_neighbour(portal, person, issue_id)
        if relation != "neighbour":
            return file
        if not rules.is_shared(file.issue):
            raise IllegalTransition
        key = store.follower_key(person.id, issue_id)
        row = {"PK": key.pk, "SK": key.sk, "account_id": person.id}
        done = _with(file, sorted([*file.followers, person.id]))
        kept = [once.put(snapshot(done, now), now)] if once else []
        mine = Put(row, error=store.IssueMoved())  # one's own second tap: look again
        cap = photos.daily_cap(person.id, "follows", portal.settings.follows_per_day, now)
        portal.db.write(*kept, mine, store.point(person.id, issue_id), store.followed(file.issue), cap)
        return done

    return attempt(portal, once, work, now)


def unfollow(portal: Portal, person: Person, issue_id: str, now: datetime) -> None:
    """Follow an issue no longer; it leaves one's list, and no more messages come. One's own stays as it is.

    Raises NotFound for what one does not follow.
    """

    def work() -> IssueFile:
        file, relation = access.for_owner(portal, person, issue_id)
        if relation == "reporter":
            return file
        key = store.follower_key(person.id, issue_id)
        gone = Delete(key, condition=Attr("PK").exists(), error=store.IssueMoved())
        listed = Delete(store.pointer_key(person.id, issue_id))
        portal.db.write(gone, listed, store.followed(file.issue))
        return _with(file, [one for one in file.followers if one != person.id])

    attempt(portal, None, work, now)


def _with(file: IssueFile, followers: list[str]) -> IssueFile:
    return file.model_copy(update={"followers": followers})
