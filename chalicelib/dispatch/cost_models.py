"""Labour and materials of a repair: rows that are only ever added; a mistake is undone by a row that reverses it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, PlaceName


class Cost(Base):
    """One row: work of somebody from … to …, or something used. Amounts of a reversal are below zero."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["labour", "material"]
    at: datetime
    by: str
    cost_fen: int
    #: Labour: who, when, how long, at what rate an hour.
    person_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    minutes: int = 0
    rate_fen: int = 0
    #: Material: what, how much in thousandths, at what price for one.
    name: str | None = None
    quantity_milli: int = 0
    unit_fen: int = 0
    #: The row that this one takes back.
    reverses: str | None = None


class AddLabour(Input):
    """`POST /api/v1/desk/issues/{issue_id}/labour`: one's own work, or as the office somebody else's."""

    start: Moment
    end: Moment
    person_id: Id | None = None


class AddMaterial(Input):
    """`POST /api/v1/desk/issues/{issue_id}/materials`"""

    name: PlaceName
    quantity: Annotated[Decimal, Field(gt=0, le=100_000, max_digits=9, decimal_places=3)]
    unit_fen: int = Field(ge=0, le=100_000_000)


class Reverse(Input):
    """`POST /api/v1/desk/issues/{issue_id}/costs/{cost_id}/reverse`: says nothing but that."""


class CostView(Base):
    """A row as staff see it."""

    id: str
    kind: Literal["labour", "material"]
    at: str
    cost_fen: int
    person_id: str | None
    start: str | None
    end: str | None
    minutes: int
    rate_fen: int
    name: str | None
    quantity: str | None
    unit_fen: int
    reverses: str | None
    reversed: bool


class CostList(Base):
    """All rows in the order in which they were entered, and what they come to."""

    items: list[CostView]
    minutes: int
    labour_fen: int
    material_fen: int
    total_fen: int
