"""Photos of an issue: what the timeline says of them, and taking one back for good."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Op
from chalicelib.errors import NotFound, VersionConflict
from chalicelib.inbox import outbox
from chalicelib.issues import store
from chalicelib.issues.commit import entry
from chalicelib.issues.models import SYSTEM, IssueFile
from chalicelib.issues.notices import notice
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal


def rejection(portal: Portal, photo: Photo, reason: str | None, now: datetime) -> list[Op]:
    """The writes that tell about an attached photo which can't be used: a row and a message to its sender."""
    assert photo.issue_id is not None
    file = store.load(portal.db, portal.keys, photo.issue_id)
    if file is None:
        return []
    issue = file.issue
    row = entry(now, "photo_rejected", SYSTEM, text=reason, photo_ids=[photo.id])
    from_owner = photo.owner_id in (issue.reporter.id, *file.followers)
    told = {"owners": (photo.owner_id,)} if from_owner else {"staff": (photo.owner_id,)}
    return [
        store.add_entry(issue.id, row, portal.keys),
        outbox.add(notice(issue, "photo_rejected", **told), now),
    ]


def remove(portal: Portal, person: Person, photo_id: str, now: datetime) -> None:
    """Take back a photo that this person sent, for good: pictures, records, and its row in the issue.

    Raises NotFound for another person's photo, and for one that is gone already.
    """
    photo = photos.own_photo(portal, person, photo_id)
    gone = photo_store.forget(photo, VersionConflict())
    if photo.issue_id:
        file = store.load(portal.db, portal.keys, photo.issue_id)
        if file is None:
            raise NotFound
        gone += _told(portal, person, photo_id, file, now)
    if photo.complaint_id:
        from chalicelib.complaints import store as complaints  # few photos are a complaint's

        gone.append(complaints.photo_removed(photo.complaint_id, person, portal.keys, now))
    # Pictures first: should the record stay behind, another try removes it; the other way round none would.
    photos.remove_objects(portal, photo_id)
    portal.db.write(*gone)


def _told(portal: Portal, person: Person, photo_id: str, file: IssueFile, now: datetime) -> list[Op]:
    """The timeline's row of a removal, unless the photo was never shown to owners; for staff an audit row too."""
    from chalicelib.issues.access import actor_in

    issue = file.issue
    actor = actor_in(person, issue)
    ops: list[Op] = []
    if not file.photos.get(photo_id, {}).get("internal"):
        ops.append(store.add_entry(issue.id, entry(now, "photo_removed", actor), portal.keys))
    if actor.role != "owner":
        act = audit.Act(issue.community_id, person.id, "photo_removed", issue.id, photo_id)
        ops.append(audit.add(act, now))
    return ops
