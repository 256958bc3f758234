"""Taking in what phones have uploaded: checked, turned into pictures, and told. Runs behind the scenes, so the
pages and the API never load the decoders."""

from datetime import datetime

from chalicelib.errors import NotFound, TooLarge
from chalicelib.ids import is_id
from chalicelib.issues.photos import rejection
from chalicelib.logs import log
from chalicelib.photos import store
from chalicelib.photos.limits import MAX_BYTES
from chalicelib.photos.processing import PhotoRejected, process
from chalicelib.photos.service import remove_objects
from chalicelib.photos.store import PhotoChanged
from chalicelib.portal import Portal

_CACHE = "private, max-age=31536000, immutable"


def take_in(portal: Portal, object_key: str, size: int, now: datetime) -> str:
    """Process what a phone has uploaded; gives back the photo's new status, or "gone".

    Repeatable at any point: the original is deleted last, so until then another try does it all again.
    """
    photo_id = store.photo_id_of(object_key)
    photo = store.get(portal.db, photo_id) if is_id(photo_id) else None
    if photo is None:
        remove_objects(portal, photo_id)  # of an earlier try too, which the removal overtook
        return "gone"
    if photo.status != "pending":
        portal.storage.delete(object_key)
        return photo.status
    try:
        done = process(_original(portal, object_key, size))
        portal.storage.write(store.thumb_object(photo_id), done.thumb, "image/webp", _CACHE)
        portal.storage.write(store.full_object(photo_id), done.full, "image/webp", _CACHE)
        if done.wide:
            portal.storage.write(store.wide_object(photo_id), done.wide, "image/webp", _CACHE)
        status, reason, wide = "ready", None, bool(done.wide)
    except NotFound:
        return "gone"
    except PhotoRejected as rejected:
        status, reason, wide = "rejected", rejected.reason, False
    settle(portal, photo_id, status, reason, now, wide=wide)
    portal.storage.delete(object_key)
    log("photo_taken_in", photo_id=photo_id, status=status, reason=reason)
    return status


def _original(portal: Portal, object_key: str, size: int) -> bytes:
    if size > MAX_BYTES:
        raise PhotoRejected("too_large_bytes")
    try:
        return portal.storage.read(object_key, MAX_BYTES)
    except TooLarge as error:
        raise PhotoRejected("too_large_bytes") from error


def settle(
    portal: Portal, photo_id: str, status: str, reason: str | None, now: datetime, *, wide: bool = False
) -> None:
    """Write a photo's outcome, also when it is being attached at this very moment."""
    for _ in range(8):
        photo = store.get(portal.db, photo_id)
        if photo is None:
            remove_objects(portal, photo_id)
            return
        if photo.status != "pending":
            return
        told = rejection(portal, photo, reason, now) if status == "rejected" and photo.issue_id else []
        try:
            portal.db.write(*store.change_status(photo, status, reason, PhotoChanged(), wide=wide), *told)
            return
        except PhotoChanged:
            continue
    raise PhotoChanged


def give_up(portal: Portal, object_key: str, now: datetime) -> None:
    """Reject what could not be processed at all, however often it was tried."""
    settle(portal, store.photo_id_of(object_key), "rejected", "broken", now)
    portal.storage.delete(object_key)
