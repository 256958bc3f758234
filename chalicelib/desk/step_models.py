"""Steps that a phone took while it was out of reach: what it sends later, and what it is told of each."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, Moment, OptionalText, Text, Version
from chalicelib.issues.models import PauseReason, Status
from chalicelib.issues.policy import MAX_PHOTOS, MAX_STEPS

#: What the phone made up when the step was taken; it does what an Idempotency-Key does elsewhere.
StepId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class TakenStep(Input):
    """One step or message, with the moment at which it was taken."""

    id: StepId
    issue_id: Id
    at: Moment
    #: The state to go to, or else words for the owner.
    to: Status | None = None
    message: Text | None = None
    #: The version that was seen, or else the own earlier step after which this one was taken.
    version: Version | None = None
    after: StepId | None = None
    note: OptionalText | None = None
    #: Words that owners never see; a `message` only.
    internal: bool = False
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    pause_reason: PauseReason | None = None
    visit_at: Moment | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.to is None) == (self.message is None):
            raise PydanticCustomError("step_or_message", "either `to` or `message`")
        if self.to is not None and (self.version is None) == (self.after is None):
            raise PydanticCustomError("version_or_after", "either `version` or `after`")
        if self.to is not None and self.internal:
            # A step's note is for the owner: what is meant for nobody outside must not become one.
            raise PydanticCustomError("internal_step", "only a `message` can be `internal`")
        return self


class TakenSteps(Input):
    """`POST /api/v1/desk/steps`: in the order in which they were taken."""

    steps: list[TakenStep] = Field(min_length=1, max_length=MAX_STEPS)


class StandsAt(Base):
    """Where an issue stands."""

    status: Status
    version: int


class StepDone(Base):
    """A step that was taken, now or when it was sent before, and where the issue stood after it."""

    id: str
    result: Literal["done"] = "done"
    issue: StandsAt


class StepError(Base):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class StepRefused(Base):
    """A step that was not taken: why, in words too, and where the issue stands now if one may see it."""

    id: str
    result: Literal["refused"] = "refused"
    code: str
    detail: str
    errors: list[StepError] = []
    issue: StandsAt | None = None


class StepResults(Base):
    """One answer for each step, in the order in which they came."""

    items: list[StepDone | StepRefused]
