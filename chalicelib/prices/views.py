"""Prices and commitments as the API writes them."""

from datetime import date

from chalicelib.base import Base
from chalicelib.prices import rules
from chalicelib.prices.models import Commitment, Item, Kind, Line, Status
from chalicelib.times import rfc3339


class PriceView(Base):
    """A price in fen, and since which day it holds."""

    since: date
    fen: int
    reason: str


class ItemView(Base):
    """Something on the board: its price now (null before its first day), every past one and what is announced, the
    newest first."""

    id: str
    kind: Kind
    name: str
    measure: str
    words: str
    retired: bool
    version: int
    fen: int | None
    since: date | None
    prices: list[PriceView]


class Board(Base):
    """A community's; two hundred items at most, so in one piece."""

    items: list[ItemView]


class Signature(Base):
    """Who signed, and when."""

    name: str
    at: str


class CommitmentView(Base):
    """A price commitment. `expired` when its last day has passed; `allowed_actions` holds `sign` and `dispute` for its
    owner, `withdraw` at the desk."""

    id: str
    community_id: str
    unit_id: str
    unit_label: str
    title: str
    text: str
    lines: list[Line]
    valid_until: date
    status: Status
    expired: bool
    version: int
    ours: Signature
    theirs: Signature | None
    complaint_id: str | None
    allowed_actions: list[str]


class CommitmentList(Base):
    """The newest first; a hundred at most."""

    items: list[CommitmentView]


def item(one: Item, today: date) -> ItemView:
    """An item as it is on the board."""
    now = rules.price_on(one, today)
    prices = [PriceView(since=p.since, fen=p.fen, reason=p.reason) for p in reversed(one.prices)]
    return ItemView(
        **one.model_dump(exclude={"prices"}), fen=now.fen if now else None, since=now.since if now else None,
        prices=prices,
    )  # fmt: skip


def commitment(one: Commitment, today: date, *, desk: bool) -> CommitmentView:
    """A commitment as one side sees it."""
    acts = ("withdraw",) if desk else ("sign", "dispute")
    theirs = Signature(name=one.signed_name, at=rfc3339(one.signed_at)) if one.signed_at else None
    names = set(CommitmentView.model_fields) & set(Commitment.model_fields) - {"lines"}
    return CommitmentView(
        **one.model_dump(include=names), lines=list(one.lines), expired=today > one.valid_until,
        ours=Signature(name=one.offered_name, at=rfc3339(one.offered_at)), theirs=theirs,
        allowed_actions=[act for act in acts if rules.may(one, act, today)],
    )  # fmt: skip
