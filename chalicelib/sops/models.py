"""SOPs: the steps of a kind of repair, and how far an issue is with them.

Plain frozen dataclasses, as in `service_levels.models`; pydantic reads and writes them as they are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.base import Base
from chalicelib.inputs import Id, Input, OptionalText, ShortText, Version
from chalicelib.issues.models import Actor
from chalicelib.issues.policy import MAX_PHOTOS
from chalicelib.service_levels.models import Span


@dataclass(frozen=True, slots=True)
class Words:
    """A text in one language or both: whoever reads the other one gets what there is."""

    zh: str = ""
    en: str = ""

    def in_(self, locale: str) -> str:
        """The text in a locale."""
        return (self.en or self.zh) if locale == "en" else (self.zh or self.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def both(self) -> dict[str, str]:
        """Both texts by their letters, for what is read in a language that is not known yet."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class SopStep:
    """One step. `due`: until when, from `since` on: since the issue began, or the step before was done."""

    id: str
    name: Words
    due: Span | None = None
    since: Literal["begin", "former"] = "former"
    #: By what one sees that it is well done.
    criterion: Words = field(default_factory=Words)
    #: What proves it.
    photo: bool = False
    measurement: bool = False
    #: Without it the issue can't be reported as fixed.
    required: bool = False
    #: It is promised as a service level is: before it is late its owner is told, after that the whole ladder. Of other
    #: steps only those who do the work are.
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Sop:
    """How a kind of repair is done: at most `policy.MAX_STEPS` steps, and whether a photo of the result is needed."""

    steps: tuple[SopStep, ...] = ()
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """That a step was done: when, by whom, with what proof."""

    step_id: str
    at: datetime
    actor: Actor
    photo_ids: tuple[str, ...] = ()
    measurement: str = ""


@dataclass(frozen=True, slots=True)
class StepState:
    """Where an issue stands with one step. `due` is None where nothing is promised, or the step before is not done
    yet from whose end it counts."""

    step: SopStep
    number: int
    due: datetime | None
    done: Tick | None

    def is_late(self, now: datetime) -> bool:
        """It was done late, or should have been done by now."""
        return self.due is not None and (self.done.at if self.done else now) > self.due


class TickStep(Input):
    """`POST /api/v1/desk/issues/{issue_id}/sop`: a step of the SOP is done, or with `done: false` is not after all."""

    step_id: Id
    version: Version
    done: bool = True
    photo_ids: list[Id] = Field([], max_length=MAX_PHOTOS)
    measurement: ShortText = ""
    note: OptionalText | None = None


class SopStepView(Base):
    """A step of an issue's SOP, as its readers see it."""

    id: str
    number: int
    name: str
    due_at: str | None
    late: bool
    done_at: str | None


class SopView(Base):
    """How far an issue is with its SOP; `current` is the number of the step that comes next, none when all are done."""

    version: int
    current: int | None
    steps: list[SopStepView]


class DeskSopStepView(SopStepView):
    """A step as staff see it: with what it takes, and what was noted."""

    criterion: str
    photo: bool
    measurement: bool
    required: bool
    promised: bool
    done_by: str | None
    measured: str | None
    photos: list[str]


class DeskSopView(SopView):
    """An issue's SOP as staff see it; `proof`: reporting it as fixed needs a photo."""

    proof: bool
    steps: list[DeskSopStepView]  # type: ignore[assignment]
