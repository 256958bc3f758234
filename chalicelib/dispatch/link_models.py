"""Issues that belong together: linked by the desk, or two jobs that one report was split into."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Text, Version

LinkKind = Literal["related", "split_into", "split_from"]


class Link(Base):
    """That an issue belongs together with another."""

    model_config = ConfigDict(frozen=True)

    issue_id: str
    number: str
    kind: LinkKind
    at: datetime


class AddLink(Input):
    """`POST /api/v1/desk/issues/{issue_id}/links`: the other issue by its number or id."""

    to: str = Field(min_length=1, max_length=64)


class Split(Input):
    """`POST /api/v1/desk/issues/{issue_id}/split`: the second job, and why, which the owner reads."""

    version: Version
    category_id: Id
    description: Text
    why: Text


class LinkView(Base):
    """An issue that belongs together with this one."""

    issue_id: str
    number: str
    kind: LinkKind
    at: str


class LinkList(Base):
    """All of an issue's links."""

    items: list[LinkView]
