"""Photos: begin an upload, attach, show, remove for good. What arrives is taken in by `intake.py`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.conditions import Attr
from chalicelib.db import Item, K, Op, Update
from chalicelib.errors import N_, Invalid, NotFound, TooMany
from chalicelib.ids import is_id, new_id
from chalicelib.once import AlreadyDone, Once
from chalicelib.photos import store
from chalicelib.photos.limits import MAX_BYTES
from chalicelib.photos.models import Photo, PhotoStarted, PhotoUrls, PhotoView, StartPhoto, UploadView
from chalicelib.portal import Portal
from chalicelib.storage import UploadForm
from chalicelib.times import rfc3339

UPLOAD_WITHIN = timedelta(minutes=30)
#: A photo that is attached to nothing goes after this time.
UNATTACHED_FOR = timedelta(days=2)
_TYPES = {"image/jpeg", "image/jpg", "image/png", "image/webp", "image/heic", "image/heif"}
_BAD_TYPE = N_("Please choose a photo: JPEG, PNG, WebP or HEIC.")
_NOT_YOURS = N_("A photo could not be used and was taken off. Add another one if you like, then send again.")


def start(
    portal: Portal, person: Person, body: StartPhoto, origin: str | None, once: Once | None, now: datetime
) -> PhotoStarted:
    """Begin an upload of a known size and type. Raises Invalid for other types, TooMany at the daily cap."""
    if body.content_type.lower() not in _TYPES:
        raise Invalid.field("content_type", "bad_type", _BAD_TYPE)
    photo_id, at = _begin(portal, person, once, now)
    form = _form(portal, photo_id, origin, at, content_type=body.content_type, exact_bytes=body.size_bytes)
    upload = UploadView(url=form.url, fields=form.fields)
    return PhotoStarted(photo_id=photo_id, upload=upload, expires_at=rfc3339(form.expires_at))


def start_plain(portal: Portal, person: Person, now: datetime) -> str:
    """Begin an upload from a plain form, whose file is not yet known; gives back the photo's id."""
    return _begin(portal, person, None, now)[0]


def plain_form(
    portal: Portal, person: Person, photo_id: str, origin: str | None, back: str, now: datetime
) -> UploadForm:
    """The form for a begun upload that leads back to `back`; raises NotFound when it is not theirs to send."""
    photo = own_photo(portal, person, photo_id)
    if photo.status != "pending":
        raise NotFound
    return _form(portal, photo_id, origin, now, redirect_to=back)


def _begin(portal: Portal, person: Person, once: Once | None, now: datetime) -> tuple[str, datetime]:
    photo = Photo(id=new_id(now), owner_id=person.id)
    ops: list[Op] = [once.put({"photo_id": photo.id, "at": now.isoformat()}, now)] if once else []
    ops.append(store.add(photo, int((now + UNATTACHED_FOR).timestamp())))
    ops.append(daily_cap(person.id, "photos", portal.settings.photos_per_day, now))
    try:
        portal.db.write(*ops)
    except AlreadyDone:
        assert once is not None, "only a key can be used already"
        kept = once.find(portal.db) or {}
        return str(kept["photo_id"]), datetime.fromisoformat(kept["at"])
    return photo.id, now


def daily_cap(account_id: str, what: str, most: int, now: datetime) -> Op:
    """The write that counts one more of something today (UTC), refused beyond the cap."""
    key = K(f"ACCOUNT#{account_id}", f"DAY#{what}#{now:%Y-%m-%d}")
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    below = Attr("done").not_exists() | Attr("done").lt(most)
    wait = max(1, int((tomorrow - now).total_seconds()))
    kept_until = int((now + timedelta(days=2)).timestamp())
    return Update(
        key,
        adds={"done": 1},
        sets={"expires_at": kept_until},
        condition=below,
        error=TooMany(retry_after_s=wait),
    )


def _form(portal: Portal, photo_id: str, origin: str | None, now: datetime, **options: Any) -> UploadForm:
    wanted = {"content_type": None, "exact_bytes": None, "redirect_to": None, **options}
    seconds = int(UPLOAD_WITHIN.total_seconds())
    key = store.upload_object(photo_id)
    return portal.storage.upload_form(
        key, now=now, max_bytes=MAX_BYTES, expires_in_s=seconds, origin=origin, **wanted
    )


def own_photo(portal: Portal, person: Person, photo_id: str) -> Photo:
    """A photo that this person sent; raises NotFound for any other."""
    photo = store.get(portal.db, photo_id) if is_id(photo_id) else None
    if photo is None or photo.owner_id != person.id:
        raise NotFound
    return photo


def view(portal: Portal, row: Item | Photo, origin: str | None, now: datetime) -> PhotoView:
    """A photo with short-lived links; only for those who have been found allowed to see it."""
    fields = row.model_dump() if isinstance(row, Photo) else row
    photo_id, status = fields["id"], fields["status"]
    urls = None
    if status == "ready":
        thumb = portal.storage.signed_url(store.thumb_object(photo_id), now=now, origin=origin)
        full = portal.storage.signed_url(store.full_object(photo_id), now=now, origin=origin)
        urls = PhotoUrls(thumb=thumb, full=full)
    return PhotoView.model_construct(id=photo_id, status=status, reason=fields.get("reason"), urls=urls)


def view_around(portal: Portal, row: Item, origin: str | None, now: datetime) -> str | None:
    """A short-lived link to the large picture of a photo that shows all around; None where there is none."""
    if row["status"] != "ready" or not row.get("wide"):
        return None
    return portal.storage.signed_url(store.wide_object(row["id"]), now=now, origin=origin)


def free_photos(portal: Portal, person: Person, photo_ids: Sequence[str]) -> list[Photo]:
    """The person's own photos that are attached to nothing yet, in one round trip; raises Invalid when one
    is not there, not theirs, attached already, or rejected."""
    wanted = list(dict.fromkeys(photo_ids))
    if not wanted:
        return []
    items = portal.db.batch_get([store.photo_key(photo_id) for photo_id in wanted])
    photos = [store.from_item(item) for item in items if item]
    usable = [p for p in photos if p.owner_id == person.id and not p.holder and p.status != "rejected"]
    if len(usable) != len(wanted):
        raise Invalid.field("photo_ids", "not_usable", _NOT_YOURS)
    return usable


def remove_objects(portal: Portal, photo_id: str) -> None:
    """Delete all that storage has of a photo."""
    portal.storage.delete(
        store.upload_object(photo_id),
        store.full_object(photo_id),
        store.thumb_object(photo_id),
        store.wide_object(photo_id),
    )


def clear_removed(portal: Portal, event: dict[str, Any]) -> int:
    """Delete from storage what belongs to photos whose records a stream batch says are gone; gives back how many.

    Most went by their time to live: chosen for a report that was never sent. Repeatable. Raises Unavailable.
    """
    gone = [
        record["dynamodb"]["Keys"]["PK"]["S"].removeprefix("PHOTO#")
        for record in event["Records"]
        if record["eventName"] == "REMOVE" and record["dynamodb"]["Keys"]["PK"]["S"].startswith("PHOTO#")
    ]
    for photo_id in gone:
        remove_objects(portal, photo_id)
    return len(gone)
