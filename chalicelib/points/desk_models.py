"""What managers send about points, and what they see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, not_blank
from chalicelib.points.models import EarningRule, Kind, Month
from chalicelib.points.policy import MOST_ADJUSTED

AdjustState = Literal["waits", "done", "refused"]
Reason = Annotated[str, Field(max_length=200), AfterValidator(not_blank)]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points given or taken by hand, with a reason; above what one may alone it waits for a second person."""

    id: str
    community_id: str
    account_id: str
    points: int
    reason: str
    asked_by: str
    at: datetime
    state: AdjustState
    decided_by: str = ""
    decided_at: datetime | None = None


class AskAdjustment(Input):
    """`POST /api/v1/desk/points/adjustments`: for the person with a phone number who has a home in the community."""

    community_id: Id
    phone: str = Field(min_length=1, max_length=40)
    points: int = Field(ge=-MOST_ADJUSTED, le=MOST_ADJUSTED)
    reason: Reason


class JudgeAdjustment(Input):
    """`POST /api/v1/desk/points/adjustments/{id}`"""

    community_id: Id
    approve: bool


class AdjustmentView(Base):
    """An adjustment, as managers see it."""

    id: str
    account_id: str
    points: int
    reason: str
    asked_by: str
    at: str
    state: AdjustState
    decided_by: str | None = None
    decided_at: str | None = None


class AdjustmentList(Base):
    """The newest adjustments of a community."""

    items: list[AdjustmentView]


class SaveRule(Input):
    """`PUT /api/v1/desk/points/rules/{kind}`: `version` is the number that was seen."""

    community_id: Id
    version: int = Field(ge=0, le=2**31)
    valid_from: Moment | None = None
    rule: EarningRule


class RuleView(Base):
    """The rule of a kind: the newest version, and the one that holds now."""

    kind: Kind
    version: int
    valid_from: AwareDatetime
    rule: EarningRule
    holds_now: EarningRule


class RuleList(Base):
    """The rules of a community."""

    items: list[RuleView]


class OfCommunity(Input):
    """Of which community; one's first without."""

    community_id: str | None = Field(None, max_length=64)


class Owing(Base):
    """Points that expire with a month, and what they are worth."""

    month: Month
    points: int
    fen: int


class ByRule(Base):
    """What became of one rule's points in the last twelve months; what was given back is not spent."""

    rule: str
    earned: int
    spent: int
    expired: int
    reversed: int


class PointsReport(Base):
    """A community's points outstanding, and what became of them in twelve months."""

    outstanding: int
    fen: int
    by_month: list[Owing]
    by_rule: list[ByRule]
