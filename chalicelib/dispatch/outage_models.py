"""Outages: one master issue for a building without water, electricity or a lift."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, OptionalText, Text, Version
from chalicelib.issues.view_models import DeskIssueView

#: How one ended: it works again; it was none, or not ours, so the message was withdrawn; it goes on in another one.
Ending = Literal["over", "withdrawn", "merged"]


def _or_none(given: object) -> object:
    """What a field that was left empty says: none."""
    return None if given == "" else given


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


class PastOutage(Outage):
    """One that runs no longer, as its messages lead to it: when and how it ended, with what last words, and in which
    other issue it goes on."""

    ended_at: datetime
    ended: Ending
    note: str = ""
    into: str = ""


class BeginOutage(Input):
    """`POST /api/v1/desk/outages`: buildings, or homes by their ids, or both."""

    community_id: Id
    category_id: Id
    buildings: list[Annotated[str, Field(max_length=64)]] = Field([], max_length=60)
    unit_ids: list[Id] = Field([], max_length=60)
    text: Text
    until: Moment | None = None


class ChangeOutage(Input):
    """`POST /api/v1/desk/outages/{issue_id}`: news for everybody concerned; `over` ends it. `version` is the outage's
    own, as the last answer's `outage.version`. Without `until` the promised end stays as it is; null takes it away."""

    version: Version
    text: OptionalText = ""
    until: Annotated[Moment | None, BeforeValidator(_or_none)] = None
    over: bool = False

    @property
    def says_until(self) -> bool:
        """Whether anything was said about the promised end."""
        return "until" in self.model_fields_set


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
    #: Once it runs no longer: since when, how it ended, and the words that went with it.
    ended_at: str | None = None
    ended: Ending | None = None
    note: str | None = None


class DeskOutageView(DeskIssueView):
    """An outage's master issue with the outage itself, whose `version` the next news name. None only for a key that was
    used before outages were kept with it."""

    outage: OutageView | None


class OutageList(Base):
    """Running outages, the newest first."""

    items: list[OutageView]


class OutageQuery(Input):
    """`GET /api/v1/outages`: of which home; without it, of all of one's own."""

    unit_id: str | None = Field(None, max_length=64)
