"""Who can do what, when they work, and who is proposed for an issue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base
from chalicelib.desk.policy import MAX_BULK
from chalicelib.dispatch.policy import MAX_SHIFTS, CallBackPolicy, CertificateKind, Skill
from chalicelib.inputs import Id, Input, Moment, Version
from chalicelib.issues.models import Status, Window

Clock = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Certificate(Base):
    """A licence for special work, valid to the end of a day."""

    model_config = ConfigDict(frozen=True)

    kind: CertificateKind
    valid_until: date


class Shift(Base):
    """Weekly working hours, in the community's zone; one that ends before it starts runs past midnight."""

    model_config = ConfigDict(frozen=True)

    #: 0 is Monday.
    day: int = Field(ge=0, le=6)
    start: str = Field(pattern=Clock)
    end: str = Field(pattern=Clock)


class Worker(Base):
    """What is known of a member of staff for dispatch, in one community."""

    id: str
    community_id: str
    skills: list[Skill] = []
    certificates: list[Certificate] = []
    shifts: list[Shift] = []
    absences: list[Window] = []
    #: What an hour of their work costs, in fen; None for the default.
    rate_fen: int | None = None
    version: int = 0


class Rules(Base):
    """How a community dispatches."""

    #: New issues are given to the proposed person as soon as they are acknowledged.
    auto: bool = False
    #: Buildings in the order in which one walks past them; those not named have no distance.
    order: list[str] = []
    #: By category, who is called back after a repair; what is not named goes by the default.
    callbacks: dict[str, CallBackPolicy] = {}
    version: int = 0


@dataclass(frozen=True)
class Job:
    """An open issue that somebody has."""

    id: str
    status: Status
    building: str = ""
    visit_at: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody whom an issue can be given to, with what they have to do already."""

    id: str
    name: str
    roles: tuple[str, ...]
    worker: Worker | None
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True)
class Task:
    """What is asked for: an issue, as dispatch sees it."""

    id: str
    category_id: str
    building: str = ""
    windows: tuple[Window, ...] = ()


ReasonCode = Literal[
    "skill", "skill_unknown", "no_skill", "not_role", "certificate", "no_certificate", "expired",
    "on_shift", "shift_later", "shift_unknown", "absent", "no_shift", "in_window", "no_window",
    "free", "load", "here", "steps", "busy",
]  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """One reason for or against somebody: said in words by `words.py`."""

    code: ReasonCode
    #: A skill, a certificate, a building.
    what: str = ""
    n: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class Proposal:
    """How well somebody fits: `minutes` until they could begin, as far as we can tell; None when they may not."""

    id: str
    name: str
    minutes: int | None
    reasons: tuple[Reason, ...]


class SaveWorker(Input):
    """`PUT /api/v1/desk/people/{account_id}`: `version` 0 for a card that is not there yet."""

    community_id: Id
    version: int = Field(ge=0, le=2**31)
    skills: list[Skill] = Field([], max_length=20)
    certificates: list[Certificate] = Field([], max_length=8)
    shifts: list[Shift] = Field([], max_length=MAX_SHIFTS)
    rate_fen: int | None = Field(None, ge=0, le=1_000_000)


class AddAbsence(Input):
    """`POST /api/v1/desk/people/{account_id}/absences`: why is nobody's business."""

    start: Moment
    end: Moment


class SaveRules(Input):
    """The form of a community's rules of dispatch."""

    version: int = Field(ge=0, le=2**31)
    auto: bool = False
    order: list[str] = Field([], max_length=200)
    callbacks: dict[str, CallBackPolicy] = Field({}, max_length=100)


class ChosenHandOver(Input):
    """One job of somebody who is absent, and who takes it."""

    issue_id: Id
    version: Version
    assignee_id: Id


class ReasonView(Base):
    """A reason in words."""

    code: str
    text: str


class ProposalView(Base):
    """Somebody who could take an issue; `fits` is false for whoever may not."""

    id: str
    name: str
    fits: bool
    minutes: int | None
    reasons: list[ReasonView]


class ProposalList(Base):
    """The best first."""

    items: list[ProposalView]


class WorkerView(Base):
    """A worker's card, as managers see it."""

    id: str
    name: str
    roles: list[str]
    skills: list[Skill]
    certificates: list[Certificate]
    shifts: list[Shift]
    absences: list[Window]
    rate_fen: int | None
    version: int


class WorkerList(Base):
    """A community's people."""

    items: list[WorkerView]


class AutoStep(Input):
    """One of several issues that are to go to whoever is proposed."""

    issue_id: Id
    version: Version


class AutoAssign(Input):
    """`POST /api/v1/desk/auto-assign`"""

    steps: list[AutoStep] = Field(min_length=1, max_length=MAX_BULK)


class PeopleQuery(Input):
    """Of which community; without it, the first of one's own."""

    community_id: str | None = Field(None, max_length=64)
