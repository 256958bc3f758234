"""Photos: what is kept, what comes in, and what goes out."""

from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Input
from chalicelib.photos.limits import MAX_BYTES

PhotoStatus = Literal["pending", "ready", "rejected", "removed"]


class Photo(Base):
    """A photo as kept. `issue_id`, `complaint_id` or `of` once it is attached; `version` rises with each change."""

    model_config = ConfigDict(frozen=True)

    id: str
    owner_id: str
    status: PhotoStatus = "pending"
    reason: str | None = None
    issue_id: str | None = None
    complaint_id: str | None = None
    #: The partition of whatever else it is attached to.
    of: str | None = None
    #: Twice as wide as high: there is a larger picture of it, to look around in.
    wide: bool | None = None
    version: int = 1

    @property
    def holder(self) -> str | None:
        """The partition of what it is attached to."""
        if self.complaint_id:
            return f"COMPLAINT#{self.complaint_id}"
        if self.of:
            return self.of
        return f"ISSUE#{self.issue_id}" if self.issue_id else None


class StartPhoto(Input):
    """`POST /api/v1/photos`"""

    content_type: str = Field(min_length=1, max_length=100)
    size_bytes: int = Field(ge=1, le=MAX_BYTES)


class UploadView(Base):
    """Where and how to send the file: a multipart form of `fields`, then `file`."""

    url: str
    fields: dict[str, str]


class PhotoStarted(Base):
    """A photo that may be uploaded until `expires_at`."""

    photo_id: str
    upload: UploadView
    expires_at: str


class PhotoUrls(Base):
    """Short-lived links: `thumb` fits 320 px, `full` 1600 px."""

    thumb: str
    full: str


class PhotoView(Base):
    """A photo as those see it who may."""

    id: str
    status: PhotoStatus
    reason: str | None = None
    urls: PhotoUrls | None = None
