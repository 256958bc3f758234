"""What people of the desk keep for themselves, and a community for its staff: canned replies and filters."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from chalicelib.base import Base
from chalicelib.desk.policy import MAX_FILTER_NAME, MAX_REPLY_TEXT, MAX_REPLY_TITLE
from chalicelib.inputs import Id, Input, not_blank

Title = Annotated[str, Field(max_length=MAX_REPLY_TITLE), AfterValidator(not_blank)]
ReplyText = Annotated[str, Field(max_length=MAX_REPLY_TEXT), AfterValidator(not_blank)]
FilterName = Annotated[str, Field(max_length=MAX_FILTER_NAME), AfterValidator(not_blank)]


class Reply(Base):
    """A text kept ready; `{…}` in it is filled in for the issue at hand."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    text: str
    version: int = 1


class SavedFilter(Base):
    """A choice of the queue under a name; `query` is what stands in its address."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    query: str


class Shelf(Base):
    """What is kept together in one record: of a person, or of a community (replies only)."""

    model_config = ConfigDict(frozen=True)

    replies: list[Reply] = []
    filters: list[SavedFilter] = []
    #: The filter that the queue opens with.
    start: str | None = None
    version: int = 0


class SaveReply(Input):
    """A reply as its form sends it: `version` 0 for a new one."""

    id: Id
    title: Title
    text: ReplyText
    version: int = Field(0, ge=0, le=2**31)


class SaveFilter(Input):
    """A filter as its form sends it."""

    id: Id
    name: FilterName
