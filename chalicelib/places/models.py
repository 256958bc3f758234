"""Public places of a community: what somebody stands in front of when a lift or a gate is broken."""

from typing import Literal

from pydantic import ConfigDict

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, PlaceName, ShortText, Text, Version


class Place(Base):
    """A named place. Its id is what the poster's QR code carries, so it stays when the name changes."""

    model_config = ConfigDict(frozen=True)

    id: str
    community_id: str
    name: str
    building: str = ""
    retired: bool = False
    version: int = 1


class NewPlace(Base):
    """A place as somebody wrote it down."""

    model_config = ConfigDict(frozen=True)

    name: str
    building: str = ""


class ChangePlace(Input):
    """A place's form at the desk."""

    version: Version
    name: PlaceName
    building: ShortText = ""
    act: Literal["save", "retire", "restore"] = "save"


class AtPlace(Input):
    """What somebody writes who has come by a poster's QR code."""

    category_id: Id
    description: Text


class PlaceView(Base):
    """A place that issues can be reported for."""

    id: str
    name: str
    building: str


class PlaceList(Base):
    """All of a community's places; tens, so in one piece."""

    items: list[PlaceView]
