"""Call-backs (回访): whom to call after a repair, and what came of it."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from chalicelib.base import Base
from chalicelib.dispatch.policy import CallBackPolicy
from chalicelib.inputs import Input, Moment, OptionalText

Outcome = Literal["good", "reopened", "recovery", "again", "not_reached"]


class CallTask(Base):
    """Somebody to be called about a repair."""

    model_config = ConfigDict(frozen=True)

    community_id: str
    issue_id: str
    due: datetime
    resolution: int
    policy: CallBackPolicy
    tries: int = 0


class Called(Base):
    """One call and its outcome, as kept with the issue."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    by: str
    #: Which call of the list it was, by when it was due.
    due: datetime
    outcome: Outcome
    resolution: int
    reached: bool
    satisfied: bool | None = None
    fixed: bool | None = None
    wants_contact: bool = False
    words: str | None = None


class RecordCall(Input):
    """`POST /api/v1/desk/issues/{issue_id}/callback`: `due` says which call of the list it was."""

    due: Moment
    reached: bool
    satisfied: bool | None = None
    fixed: bool | None = None
    wants_contact: bool = False
    words: OptionalText | None = None


class CallTaskView(Base):
    """A call that is to be made."""

    issue_id: str
    number: str
    category_id: str
    due: str
    overdue: bool
    tries: int


class CallList(Base):
    """Whom to call, the soonest first, and how many of the calls due in the last 30 days were made."""

    items: list[CallTaskView]
    done: int
    due: int


class CalledView(Base):
    """What came of a call: it was good, the issue is open again, somebody is to make up for it, or nobody answered."""

    outcome: Outcome
