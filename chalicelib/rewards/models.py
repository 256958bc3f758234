"""Rewards and vouchers: what goes in, and what is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, OptionalText, PageQuery, ShortText, not_blank
from chalicelib.points.models import Part
from chalicelib.rewards.policy import MOST_POINTS, VOUCHER_DAYS

VoucherState = Literal["issued", "used", "cancelled", "expired"]
RewardName = Annotated[str, Field(max_length=60), AfterValidator(not_blank)]


@dataclass(frozen=True, slots=True)
class Reward:
    """Something that points are spent on. `stock` changes with each voucher; `version` with each change by managers."""

    id: str
    community_id: str
    name: str
    points: int
    stock: int
    #: How many one person may have at all; 0 is no limit.
    per_person: int
    terms: str
    valid_from: datetime
    valid_until: datetime | None = None
    photo_id: str = ""
    voucher_days: int = VOUCHER_DAYS
    retired: bool = False
    version: int = 1

    def on_offer(self, now: datetime) -> bool:
        """Whether it can be had at a moment, stock aside."""
        ended = self.valid_until is not None and now >= self.valid_until
        return not self.retired and self.valid_from <= now and not ended


@dataclass(frozen=True, slots=True)
class Voucher:
    """What somebody has got for their points. `parts` says from which lots they were taken."""

    id: str
    account_id: str
    community_id: str
    reward_id: str
    name: str
    code: str
    points: int
    at: datetime
    expires_at: datetime
    parts: tuple[Part, ...]
    kept_state: Literal["issued", "used", "cancelled"] = "issued"
    #: When it was used or cancelled, and by whom of the staff.
    ended_at: datetime | None = None
    ended_by: str = ""

    def state(self, now: datetime) -> VoucherState:
        """What it is worth at a moment: one that was not used in time is over without anybody's doing."""
        return "expired" if self.kept_state == "issued" and now >= self.expires_at else self.kept_state


class SaveReward(Input):
    """`POST /api/v1/desk/rewards`, `PUT …/{id}`: `version` and `stock_seen` are what was read before, both needed to
    change one: the stock changes by the difference, as some may have been had meanwhile."""

    community_id: Id
    name: RewardName
    points: int = Field(ge=1, le=MOST_POINTS)
    stock: int = Field(ge=0, le=100_000)
    stock_seen: int | None = Field(None, ge=0, le=100_000)
    per_person: int = Field(0, ge=0, le=1000)
    terms: OptionalText = ""
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    voucher_days: int = Field(VOUCHER_DAYS, ge=1, le=365)
    photo_id: Id | None = None
    retired: bool = False
    version: int = Field(0, ge=0, le=2**31)


class UseVoucher(Input):
    """`POST /api/v1/desk/vouchers/use`: a code as it was scanned or typed."""

    code: ShortText


class Redeem(Input):
    """`POST /api/v1/rewards/{id}/redemptions`: the address says all."""


class RewardView(Base):
    """A reward, as the contract promises it, and more."""

    id: str
    name: str
    points: int
    stock: int
    per_person: int
    terms: str
    image_url: str | None = None
    community_id: str
    valid_until: str | None = None


class DeskRewardView(RewardView):
    """A reward, as managers see it."""

    valid_from: str
    voucher_days: int
    retired: bool
    version: int


class RewardList(Base):
    """Rewards on offer, those that need fewest points first."""

    items: list[RewardView]
    next_cursor: str | None = None


class DeskRewardList(Base):
    """All rewards of a community."""

    items: list[DeskRewardView]


class VoucherView(Base):
    """A voucher, as its owner sees it."""

    id: str
    code: str
    status: VoucherState
    points: int
    reward_id: str
    name: str
    created_at: str
    expires_at: str
    ended_at: str | None = None


class VoucherList(Base):
    """One's own vouchers, newest first."""

    items: list[VoucherView]
    next_cursor: str | None


class UsedVoucher(Base):
    """A voucher, as whoever hands the reward out sees it: nobody's name."""

    id: str
    status: VoucherState
    name: str
    expires_at: str
    ended_at: str | None = None


class ListVouchers(PageQuery):
    """`GET /api/v1/vouchers`"""


class ListRewards(PageQuery):
    """`GET /api/v1/rewards`"""
