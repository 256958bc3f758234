"""Points as they go out."""

from chalicelib.base import Base
from chalicelib.inputs import PageQuery
from chalicelib.points.models import EntryKind, Tier


class NextTier(Base):
    """The level above, and how many points it is away."""

    tier: Tier
    missing: int


class Expiring(Base):
    """Points that expire at a moment."""

    points: int
    expires_at: str


class PendingView(Base):
    """Points that become real at a moment, unless they are taken back."""

    points: int
    reason: str
    due_at: str


class PointsView(Base):
    """`GET /api/v1/points`: `balance` is the sum of the entries; pending points are in neither."""

    balance: int
    pending: int
    tier: Tier
    next_tier: NextTier | None
    expiring: list[Expiring]
    pending_items: list[PendingView]
    #: What counts for the level: points earned in twelve months and this one.
    tier_points: int
    #: From when on the level will be lower unless more is earned.
    tier_until: str | None = None


class EntryView(Base):
    """A row of the ledger."""

    id: str
    at: str
    delta: int
    kind: EntryKind
    reason: str
    balance_after: int


class EntryList(Base):
    """A page of the ledger, newest first."""

    items: list[EntryView]
    next_cursor: str | None


class ListEntries(PageQuery):
    """`GET /api/v1/points/entries`"""
