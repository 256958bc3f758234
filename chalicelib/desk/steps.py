"""Taking the steps that a phone kept while it was out of reach: in order, each by itself, each once."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.desk import batch, service, talking
from chalicelib.desk.models import Done, Refused, StaffMessage, Transition
from chalicelib.desk.rules import EarlierStepRefused
from chalicelib.desk.step_models import TakenStep
from chalicelib.errors import FieldError, PortalError, Unavailable
from chalicelib.issues.commit import Filed
from chalicelib.once import Once, once
from chalicelib.portal import Portal

Outcomes = list[tuple[batch.Outcome, tuple[FieldError, ...]]]
#: Trouble of ours is no refusal: the phone keeps the steps and sends all of them again, which does none twice.
_OURS = {Unavailable.code, PortalError.code}


def take(portal: Portal, person: Person, steps: list[TakenStep], locale: str, now: datetime) -> Outcomes:
    """Take steps one after the other; gives back what became of each, with the fields that were wrong.

    Raises Unavailable when the table is away; what was done until then is done.
    """
    taker = _Taker(portal, person, now)
    outcomes: Outcomes = []
    for step in steps:
        outcome, errors = taker.outcome(step, locale)
        if isinstance(outcome, Refused) and outcome.code in _OURS:
            raise Unavailable
        taker.versions[step.id] = outcome.version if isinstance(outcome, Done) else None
        outcomes.append((outcome, errors))
    return outcomes


class _Taker:
    """Takes one person's steps; `versions` has which version each one led to, None for a refused one."""

    def __init__(self, portal: Portal, person: Person, now: datetime) -> None:
        self._portal, self._person, self._now = portal, person, now
        self.versions: dict[str, int | None] = {}

    def outcome(self, step: TakenStep, locale: str) -> tuple[batch.Outcome, tuple[FieldError, ...]]:
        """What becomes of one step, and which of its fields were wrong."""
        errors: list[FieldError] = []

        def work() -> Filed:
            try:
                return self._take(step)
            except PortalError as error:
                errors.extend(error.errors)
                raise

        return batch.run(step.issue_id, work, locale), tuple(errors)

    def _take(self, step: TakenStep) -> Filed:
        key = once(self._person.id, step.id, "desk/steps", step)
        if step.message is not None:
            return self._write(step, step.message, key)
        fields = {"to", "note", "photo_ids", "pause_reason", "visit_at"}
        body = Transition(version=self._version(step), **step.model_dump(include=fields))
        return service.transition(self._portal, self._person, step.issue_id, body, key, self._now, at=step.at)

    def _write(self, step: TakenStep, text: str, key: Once | None) -> Filed:
        body = StaffMessage(text=text, photo_ids=step.photo_ids, internal=step.internal)
        file, _ = talking.message(self._portal, self._person, step.issue_id, body, key, self._now, at=step.at)
        return file, self._now

    def _version(self, step: TakenStep) -> int:
        """The version that the person had before them; after an own step that is what it led to, be it in this
        call or in one before whose answer never arrived."""
        if step.after is None:
            assert step.version is not None, "the model sees to it"
            return step.version
        if step.after not in self.versions:
            self.versions[step.after] = self._led_to(step.after, step.issue_id)
        version = self.versions[step.after]
        if version is None:
            raise EarlierStepRefused
        return version

    def _led_to(self, step_id: str, issue_id: str) -> int | None:
        row = self._portal.db.get(Once(self._person.id, step_id, "").row)
        issue = row["kept"].get("issue") if row else None
        return int(issue["version"]) if issue and issue["id"] == issue_id else None
