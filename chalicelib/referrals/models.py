"""Referrals: as they are kept, what comes in, and what goes out."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, PageQuery, Text, Version

State = Literal["registered", "flagged", "qualified", "rewarded", "void"]
#: Why a manager is to look at it.
Reason = Literal["own_phone", "known_phone", "household", "velocity", "device", "moved_out"]
#: Why it came to nothing: somebody else's claim was first, nobody came, consent was taken back, a manager said so.
Why = Literal["claimed_before", "expired", "withdrawn", "refused"]
#: What an owner sees of one: "waiting" whatever we think of it, for as long as its person might still come.
Shown = Literal["waiting", "qualified", "rewarded", "ended"]


class Decision(Base):
    """What a manager decided, and why."""

    at: datetime
    by: str
    release: bool
    reason: str


class Referral(Base):
    """One number that was left with one owner's code: its keyed hash while it waits, the number itself never."""

    id: str
    inviter_id: str
    community_id: str
    state: State = "registered"
    version: int = 1
    at: datetime
    #: Until when its person may come.
    claim_until: datetime
    phone_hash: str | None = None
    #: The version of the words that they agreed to; None where the program that left the number did not say.
    consent: str | None = None
    reasons: list[Reason] = []
    #: Reasons that a manager has looked at: they hold it up no more.
    cleared: list[Reason] = []
    #: What is only worth knowing: "network", when it came from the same network as the one before.
    signals: list[str] = []
    flagged_at: datetime | None = None
    invited_id: str | None = None
    joined_at: datetime | None = None
    #: Came by a decoration contract, not by signing in with a home.
    contract: bool = False
    qualified_at: datetime | None = None
    hold_until: datetime | None = None
    rewarded_at: datetime | None = None
    ended_at: datetime | None = None
    why: Why | None = None
    decisions: list[Decision] = []


class Inviter(Base):
    """An owner's own row: the code, the numbers, and what the next claim is compared with."""

    account_id: str
    code: str
    registered: int = 0
    qualified: int = 0
    rewarded: int = 0
    #: Moments (epoch seconds) of the latest claims, by which too many are told.
    hits: list[int] = []
    device: str | None = None
    network: str | None = None
    rev: int = 1


class Claim(Input):
    """`POST /api/v1/referrals/{code}/claims`: whoever calls this has shown the person what happens with the number, and
    the person has agreed; `consent` is the version of the words that they saw. Where it is left out, none is noted."""

    phone: str = Field(max_length=40)
    consent: str | None = Field(None, max_length=20, pattern=r"^[0-9A-Za-z-]+$")


class ClaimTaken(Base):
    """The same for one's own, a known and a new phone, and for one that was left before."""

    status: Literal["received"] = "received"
    #: For how many days the number waits for its person to sign in.
    keep_days: int


class Invitation(Base):
    """`GET /api/v1/referrals/{code}`: what whoever opens a link is told before they leave a number."""

    #: In masked form.
    inviter: str
    #: What somebody who comes gets by the rules of now; 0 for nothing.
    points: int
    keep_days: int
    #: The version of the words that one agrees to, and the words.
    consent: str
    consent_text: str


class OwnReferral(Base):
    """`GET /api/v1/referral`: how many have left a number, of those how many have come, and of those how many times
    there was a reward. All three only rise."""

    code: str
    url: str
    qr_url: str
    registered: int
    qualified: int
    rewarded: int


class Renew(Input):
    """`POST /api/v1/referral/renew`: `code` is the one to be replaced."""

    code: str = Field(max_length=32)


class ReferralView(Base):
    """One of one's own referrals; nothing in it says whose number it is."""

    id: str
    at: str
    state: Shown
    #: When the points are booked, while it is qualified and nothing holds it up.
    reward_at: str | None


class ReferralList(Base):
    """A page of one's own, newest first."""

    items: list[ReferralView]
    next_cursor: str | None


class DecisionView(Base):
    """A decision as the desk reads it."""

    at: str
    by: str
    release: bool
    reason: str


class FlaggedView(Base):
    """A referral as managers see it: names in masked form, no number."""

    id: str
    community_id: str
    state: State
    version: int
    at: str
    flagged_at: str | None
    reasons: list[Reason]
    cleared: list[Reason]
    signals: list[str]
    inviter: str
    inviter_home: str | None
    invited: str | None
    joined_at: str | None
    registered: int
    qualified: int
    rewarded: int
    why: Why | None
    decisions: list[DecisionView]


class Decided(Base):
    """What became of it by a decision."""

    id: str
    state: State
    version: int


class FlaggedList(Base):
    """A page of what waits for a manager, what waits longest first."""

    items: list[FlaggedView]
    next_cursor: str | None


class FlaggedQuery(PageQuery):
    """`GET /api/v1/desk/referrals`"""

    community_id: str | None = Field(None, max_length=64)


class Forget(Input):
    """`POST /api/v1/desk/referrals/forget`"""

    community_id: Id
    phone: str = Field(max_length=40)


class Forgetting(Base):
    """The same for a number that was left and for one that was not."""

    within_s: int = 60


class Decide(Input):
    """`POST /api/v1/desk/referrals/{referral_id}/decision`"""

    decision: Literal["release", "void"]
    reason: Text
    version: Version
