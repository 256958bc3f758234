"""Announcements: what a community's people are told, to whom, from when until when."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.announcements.policy import MAX_TEXT, MAX_TITLE, MAX_UNITS
from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, PageQuery, clean, not_blank

Audience = Literal["community", "building", "units", "role"]
#: Kept until its moment; going out; with everybody; taken back while pages of people are still told so; taken back.
State = Literal["waiting", "going", "out", "taking_back", "taken_back"]


class Announce(Input):
    """`POST /api/v1/desk/announcements`: `values` are buildings, units or roles, as `audience` says."""

    community_id: Id
    title: Annotated[str, Field(max_length=MAX_TITLE), AfterValidator(not_blank)]
    text: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(not_blank)]
    audience: Audience = "community"
    values: list[Annotated[str, Field(max_length=64), AfterValidator(clean)]] = Field(
        [], max_length=MAX_UNITS
    )
    publish_at: Moment | None = None
    ends_at: Moment | None = None


class Recipients(Base):
    """How many people an announcement would reach now."""

    number: int


class Announcement(Base):
    """An announcement as kept."""

    id: str
    community_id: str
    title: str
    text: str
    audience: Audience
    values: list[str]
    publish_at: str
    ends_at: str | None
    state: State
    #: How many people got it so far, and behind whom to go on.
    reached: int
    place: str | None = None
    version: int


class AnnouncementAtDesk(Base):
    """An announcement as managers see it: `read` of `reached` people have opened it."""

    id: str
    community_id: str
    title: str
    text: str
    audience: str
    values: list[str]
    publish_at: str
    ends_at: str | None
    state: State
    reached: int
    read: int


class AnnouncementList(Base):
    """A page of them, the newest first."""

    items: list[AnnouncementAtDesk]
    next_cursor: str | None


class AnnouncementQuery(PageQuery):
    """`GET /api/v1/desk/announcements`"""

    community_id: str | None = Field(None, max_length=64)


class TakeBack(Input):
    """`POST /api/v1/desk/announcements/{announcement_id}/take-back`"""

    community_id: Id


class AnnouncementView(Base):
    """An announcement as whoever got it reads it."""

    id: str
    title: str
    text: str
    published_at: str
    ended: bool
