"""Photos in the table. A photo is its own record; once attached, its issue or complaint holds a row of it too, so
that one query reads that. Both are written together. Keys: `docs/keys.md`."""

from typing import Any

from chalicelib.conditions import Attr
from chalicelib.db import Db, Delete, Item, K, Op, Put, Update
from chalicelib.errors import ChangedMeanwhile, PortalError
from chalicelib.photos.models import Photo


class PhotoChanged(ChangedMeanwhile):
    """The photo was attached, processed or removed meanwhile: read it again."""


def photo_key(photo_id: str) -> K:
    """The photo itself."""
    return K(f"PHOTO#{photo_id}", "META")


def row_key(issue_id: str, photo_id: str) -> K:
    """The photo among its issue's rows."""
    return K(f"ISSUE#{issue_id}", f"PHOTO#{photo_id}")


def upload_object(photo_id: str) -> str:
    """Where the phone puts the original; it is deleted once processed."""
    return f"uploads/{photo_id}"


def photo_id_of(object_key: str) -> str:
    """The photo that an uploaded object belongs to."""
    return object_key.removeprefix("uploads/")


def full_object(photo_id: str) -> str:
    """The picture to look at."""
    return f"photos/{photo_id}/full.webp"


def wide_object(photo_id: str) -> str:
    """The large picture of a photo that shows all around."""
    return f"photos/{photo_id}/wide.webp"


def thumb_object(photo_id: str) -> str:
    """The small picture for lists."""
    return f"photos/{photo_id}/thumb.webp"


def to_item(photo: Photo) -> Item:
    """A photo as kept."""
    key = photo_key(photo.id)
    return {"PK": key.pk, "SK": key.sk, **photo.model_dump()}


def from_item(item: Item) -> Photo:
    """A photo from the table."""
    fields: dict[str, Any] = {name: item.get(name) for name in Photo.model_fields}
    return Photo.model_construct(**fields)


def get(db: Db, photo_id: str) -> Photo | None:
    """One photo."""
    item = db.get(photo_key(photo_id))
    return from_item(item) if item else None


def add(photo: Photo, expires_s: int) -> Op:
    """The write of a new photo; it goes by itself unless it is attached in time."""
    return Put({**to_item(photo), "expires_at": expires_s})


def row_item(photo: Photo, issue_id: str, *, internal: bool = False) -> Item:
    """A photo's row in its issue; `internal` ones are never shown to owners."""
    key = row_key(issue_id, photo.id)
    fields: dict[str, Any] = {"id": photo.id, "owner_id": photo.owner_id, "status": photo.status}
    return {"PK": key.pk, "SK": key.sk, **fields, "reason": photo.reason, "internal": internal or None}


def attach(photo: Photo, issue_id: str, *, internal: bool = False) -> list[Op]:
    """The writes that attach a free photo to an issue, unless it changed since it was read."""
    return [_attached(photo, issue_id=issue_id), Put(row_item(photo, issue_id, internal=internal))]


def _attached(photo: Photo, **to: str) -> Op:
    """The write on the photo itself: it stays for good, and belongs to one thing alone."""
    free = Attr("issue_id").not_exists() & Attr("complaint_id").not_exists() & Attr("of").not_exists()
    seen = Attr("version").eq(photo.version) & free
    return Update(
        photo_key(photo.id), sets=to, removes=["expires_at"], adds={"version": 1}, condition=seen,
        error=PhotoChanged(),
    )  # fmt: skip


def attach_to(photo: Photo, holder: str) -> list[Op]:
    """The writes that attach a free photo to a partition that reads its photos with the rest."""
    fields = {"id": photo.id, "owner_id": photo.owner_id, "status": photo.status, "reason": photo.reason}
    row = {"PK": holder, "SK": f"PHOTO#{photo.id}", **fields, "wide": photo.wide}
    return [_attached(photo, of=holder), Put(row)]


def complaint_row(photo: Photo, complaint_id: str) -> Item:
    """A photo's row in its complaint."""
    fields: dict[str, Any] = {"id": photo.id, "owner_id": photo.owner_id, "status": photo.status}
    row = {"PK": f"COMPLAINT#{complaint_id}", "SK": f"PHOTO#{photo.id}"}
    return {**row, **fields, "reason": photo.reason}


def attach_to_complaint(photo: Photo, complaint_id: str) -> list[Op]:
    """The writes that attach a free photo to a complaint, unless it changed since it was read."""
    return [_attached(photo, complaint_id=complaint_id), Put(complaint_row(photo, complaint_id))]


def change_status(
    photo: Photo, status: str, reason: str | None, error: PortalError, *, wide: bool = False
) -> list[Op]:
    """The writes of a new status, on the photo and on its row, unless it changed since it was read."""
    sets = {"status": status, "reason": reason, **({"wide": True} if wide else {})}
    seen = Attr("version").eq(photo.version)
    ops: list[Op] = [Update(photo_key(photo.id), sets=sets, adds={"version": 1}, condition=seen, error=error)]
    if photo.holder:
        exists = Attr("PK").exists()
        row = K(photo.holder, f"PHOTO#{photo.id}")
        ops.append(Update(row, sets=sets, condition=exists, error=error))
    return ops


def forget(photo: Photo, error: PortalError) -> list[Op]:
    """The writes that remove a photo for good."""
    ops: list[Op] = [Delete(photo_key(photo.id), condition=Attr("version").eq(photo.version), error=error)]
    if photo.holder:
        ops.append(Delete(K(photo.holder, f"PHOTO#{photo.id}")))
    return ops
