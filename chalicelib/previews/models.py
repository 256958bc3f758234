"""Previews of plans: what is kept, and what comes in."""

from datetime import datetime

from pydantic import ConfigDict

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, OptionalText, PlaceName

#: A community's list is read whole.
MOST_PREVIEWS = 100


class Preview(Base):
    """A picture of a plan that shows all around."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    words: str = ""
    photo_id: str
    by: str
    at: datetime


class AddPreview(Input):
    """`POST /api/v1/desk/previews`: the photo is twice as wide as it is high (equirectangular)."""

    community_id: Id
    name: PlaceName
    words: OptionalText = ""
    photo_id: Id


class PreviewView(Base):
    """A preview with short-lived links: `flat` to look at, `around` for a viewer, null while the picture is being
    prepared, and for one that does not show all around."""

    id: str
    name: str
    words: str
    thumb: str | None
    flat: str | None
    around: str | None


class PreviewList(Base):
    """A community's, the newest first; a hundred at most, so in one piece."""

    items: list[PreviewView]
