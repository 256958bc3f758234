"""Photos of an issue: what the timeline says of them, and taking one back for good."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.db import Op
from chalicelib.errors import NotFound, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.issues import store
from chalicelib.issues.commit import entry
from chalicelib.issues.models import SYSTEM
from chalicelib.issues.notices import notice
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal


def rejection(portal: Portal, photo: Photo, reason: str | None, now: datetime) -> list[Op]:
    """The writes that tell about an attached photo which can't be used: a row and a message to its sender."""
    assert photo.issue_id is not None
    issue = store.get(portal.db, portal.keys, photo.issue_id)
    if issue is None:
        return []
    row = entry(now, "photo_rejected", SYSTEM, text=reason, photo_ids=[photo.id])
    from_owner = photo.owner_id == issue.reporter.id
    told = {"owners": (photo.owner_id,)} if from_owner else {"staff": (photo.owner_id,)}
    return [
        store.add_entry(issue.id, row, portal.keys),
        outbox.add(notice(issue, "photo_rejected", **told), now),
    ]


def remove(portal: Portal, person: Person, photo_id: str, now: datetime) -> None:
    """Take back a photo that this person sent, for good: pictures, records, and its row in the issue.

    Raises NotFound for another person's photo, and for one that is gone already.
    """
    from chalicelib.issues.access import actor_in

    photo = photos.own_photo(portal, person, photo_id)
    gone = photo_store.forget(photo, VersionConflict())
    if photo.issue_id:
        issue = store.get(portal.db, portal.keys, photo.issue_id)
        if issue is None:
            raise NotFound
        row = entry(now, "photo_removed", actor_in(person, issue))
        gone.append(store.add_entry(issue.id, row, portal.keys))
    # Pictures first: should the record stay behind, another try removes it; the other way round none would.
    photos.remove_objects(portal, photo_id)
    portal.db.write(*gone)
