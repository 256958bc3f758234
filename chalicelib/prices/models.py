"""Price boards and commitments: what is kept, and what comes in."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, OptionalText, PlaceName, Text, Version, not_blank
from chalicelib.prices.policy import MOST_FEN, MOST_LINES

Kind = Literal["package", "item"]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]
#: What a price is for: "套", "m²".
Measure = Annotated[str, Field(max_length=12), AfterValidator(not_blank)]
Status = Literal["offered", "signed", "withdrawn"]


class Price(Base):
    """What something costs, in fen, since a day (on the community's clock); never changed."""

    model_config = ConfigDict(frozen=True)

    since: date
    fen: int
    at: datetime
    by: str
    reason: str = ""


class Item(Base):
    """A package, or a thing or work by itself; `retired` ones are on the board no more, with all their prices."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Kind
    name: str
    measure: str
    words: str = ""
    retired: bool = False
    version: int = 1
    #: The oldest first.
    prices: tuple[Price, ...] = ()


class Line(Base):
    """A price that a commitment names, as it was when it was offered."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    name: str
    measure: str
    fen: int


class Commitment(Base):
    """A price commitment as kept; names in the clear only in memory. The first signature is ours, with the offer."""

    model_config = ConfigDict(frozen=True)

    id: str
    community_id: str
    unit_id: str
    unit_label: str
    building: str
    title: str
    text: str
    lines: tuple[Line, ...] = ()
    valid_until: date
    status: Status = "offered"
    version: int = 1
    offered_by: str
    offered_name: str
    offered_at: datetime
    signed_by: str | None = None
    signed_name: str = ""
    signed_at: datetime | None = None
    #: The document that both signed, and the complaint that disputes it.
    letter_id: str | None = None
    complaint_id: str | None = None
    complaint_number: str | None = None


class AddItem(Input):
    """`POST /api/v1/desk/prices`: an item with its first price."""

    community_id: Id
    kind: Kind
    name: PlaceName
    measure: Measure
    words: OptionalText = ""
    fen: Fen
    since: Day


class SetPrice(Input):
    """`POST /api/v1/desk/prices/{item_id}/prices`: a price from a day on, today or later."""

    community_id: Id
    fen: Fen
    since: Day
    reason: OptionalText = ""


class ChangeItem(Input):
    """`PUT /api/v1/desk/prices/{item_id}`: words, and whether it is on the board."""

    community_id: Id
    version: Version
    words: OptionalText = ""
    retired: bool = False


class OfCommunity(Input):
    """The query of a board."""

    community_id: Id


class Offer(Input):
    """`POST /api/v1/desk/commitments`: what is promised to a home, signed by whoever sends it."""

    community_id: Id
    unit_id: Id
    title: PlaceName
    text: Text
    item_ids: list[Id] = Field([], max_length=MOST_LINES)
    valid_until: Day


class Sign(Input):
    """`POST /api/v1/commitments/{commitment_id}/sign`, and `/desk/commitments/{commitment_id}/withdraw`"""

    version: Version


class Dispute(Input):
    """`POST /api/v1/commitments/{commitment_id}/dispute`: it becomes a complaint."""

    version: Version
    text: Text
