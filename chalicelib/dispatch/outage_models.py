"""Outages: one master issue for a building without water, electricity or a lift."""

from datetime import datetime

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, OptionalText, Text, Version


class Outage(Base):
    """A running outage: which homes, what is known, until when."""

    model_config = ConfigDict(frozen=True)

    issue_id: str
    number: str
    community_id: str
    category_id: str
    #: Buildings ("3"), or single homes with their building ("3#maple-3-101").
    homes: list[str]
    text: str
    since: datetime
    until: datetime | None = None
    version: int = 1


class BeginOutage(Input):
    """`POST /api/v1/desk/outages`: buildings, or homes by their ids, or both."""

    community_id: Id
    category_id: Id
    buildings: list[str] = Field([], max_length=60)
    unit_ids: list[Id] = Field([], max_length=60)
    text: Text
    until: Moment | None = None


class ChangeOutage(Input):
    """`POST /api/v1/desk/outages/{issue_id}`: news for everybody concerned; `over` ends it."""

    version: Version
    text: OptionalText = ""
    until: Moment | None = None
    over: bool = False


class OutageView(Base):
    """An outage as owners and staff see it."""

    issue_id: str
    number: str
    category_id: str
    buildings: list[str]
    text: str
    since: str
    until: str | None
    version: int


class OutageList(Base):
    """Running outages, the newest first."""

    items: list[OutageView]


class OutageQuery(Input):
    """`GET /api/v1/outages`: of which home; without it, of all of one's own."""

    unit_id: str | None = Field(None, max_length=64)
