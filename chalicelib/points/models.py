"""Points as they are kept: lots, entries, what somebody has, and the rules by which it is earned."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, Field

from chalicelib.base import Base

Kind = Literal["rating", "referral", "referral_welcome", "event", "survey", "decoration"]
Tier = Literal["standard", "silver", "gold", "diamond"]
EntryKind = Literal["earned", "spent", "given_back", "reversed", "expired", "adjusted"]
#: A month of the programme, "2026-11": they sort as texts.
Month = str


class EarningRule(Base):
    """What one kind of event is worth."""

    model_config = ConfigDict(frozen=True)

    #: For each event; with `per_fen`, for each whole such amount that was paid.
    points: int = Field(ge=0, le=10_000)
    per_fen: int = Field(0, ge=0, le=10_000_000)
    #: The most points that somebody earns by it in a day, month and year; None is no limit.
    cap_day: int | None = Field(None, ge=0, le=1_000_000)
    cap_month: int | None = Field(None, ge=0, le=1_000_000)
    cap_year: int | None = Field(None, ge=0, le=1_000_000)
    #: For how long the points are pending before they are real.
    pending_days: int = Field(0, ge=0, le=365)
    #: What each level earns, in percent.
    factors: dict[Tier, int] = {}
    #: Events from this moment on earn nothing any more.
    valid_until: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class EarningEvent:
    """Something that may earn points, once for ever: `id` is unique among all events of all kinds, such as
    `rating:<issue>`. `at` is when it happened: the rule of that moment counts."""

    id: str
    kind: Kind
    account_id: str
    community_id: str
    at: datetime
    #: What was paid, where a rule goes by that.
    amount_fen: int = 0


@dataclass(frozen=True, slots=True)
class Earned:
    """What became of an event: points that are `pending` until `due`, `earned`, `reversed`, or nothing (`why`)."""

    event_id: str
    state: Literal["pending", "earned", "reversed", "nothing"]
    account_id: str = ""
    points: int = 0
    kind: str = ""
    community_id: str = ""
    due: datetime | None = None
    why: str = ""
    #: The lot that it became: a sheet's id and the place in it.
    sheet: str = ""
    lot: int = 0


@dataclass(frozen=True, slots=True)
class Lot:
    """Points of one earning. `left` is between 0 and `points`."""

    points: int
    left: int
    #: By which rule they were earned, or `adjusted`; and the event.
    kind: str
    event_id: str
    community_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lots that end with the same month, at most `LOTS_IN_A_SHEET` of them. Its id begins with that month."""

    id: str
    lots: tuple[Lot, ...]
    #: Whether it lies among the open ones, where spending looks.
    open: bool = True

    @property
    def month(self) -> Month:
        """The month with whose end its lots expire."""
        return self.id[:7]

    @property
    def left(self) -> int:
        """Points that it still holds."""
        return sum(lot.left for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Part:
    """What an entry added to a lot or took from it."""

    sheet: str
    lot: int
    points: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger. `number` counts a person's entries from 1; `balance_after` is the sum up to here."""

    id: str
    number: int
    at: datetime
    delta: int
    kind: EntryKind
    balance_after: int
    #: The rule of what was earned, or `adjusted`; a reward's name or a manager's reason; a voucher's or event's id.
    rule: str = ""
    note: str = ""
    ref: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """Points that become real when they are due, unless they are reversed."""

    event_id: str
    points: int
    due: datetime
    kind: str
    community_id: str


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody has: worked out from the ledger, and changed with it in one transaction."""

    account_id: str
    balance: int = 0
    pending: tuple[Pending, ...] = ()
    #: Points that were withdrawn when they had been spent already: the next ones are set off against it.
    owed: int = 0
    #: Points left, by the month with whose end they expire.
    expiring: dict[Month, int] = field(default_factory=dict)
    #: Points earned, by month, as far as they count for the level.
    earned: dict[Month, int] = field(default_factory=dict)
    tier: Tier = "standard"
    #: The month with which a lower level was announced to begin.
    warned: Month = ""
    #: The last month in which the level was looked at, and in which it was told what expires.
    checked: Month = ""
    told: Month = ""
    #: The community in whose words and hours somebody is told: where they earned last.
    home: str = ""
    entries: int = 0
    version: int = 0
    #: When something is to be done next, by the record among what is due.
    next_moment: datetime | None = None
