"""What a phone is told of the steps that it sent."""

from chalicelib.accounts.models import Person
from chalicelib.desk.models import Done, Refused
from chalicelib.desk.page_views import who_was_quicker
from chalicelib.desk.rules import EarlierStepRefused
from chalicelib.desk.step_models import StandsAt, StepDone, StepError, StepRefused, StepResults, TakenStep
from chalicelib.desk.steps import Outcomes
from chalicelib.errors import N_, FieldError, IllegalTransition, NotFound, VersionConflict
from chalicelib.issues import access
from chalicelib.issues.models import IssueFile
from chalicelib.page_words import gettext
from chalicelib.portal import Portal

#: Refusals that are about what somebody else has done meanwhile.
_MEANWHILE = {VersionConflict.code, IllegalTransition.code}
_SHOWS_STATE = _MEANWHILE | {EarlierStepRefused.code}
_QUICKER = N_("%(name)s changed it first: %(what)s.")


def results(portal: Portal, person: Person, steps: list[TakenStep], outcomes: Outcomes) -> StepResults:
    """One answer for each step, in the language of the page being written."""
    pairs = zip(steps, outcomes, strict=True)
    return StepResults(items=[_result(portal, person, step, *outcome) for step, outcome in pairs])


def _result(
    portal: Portal, person: Person, step: TakenStep, outcome: Done | Refused, errors: tuple[FieldError, ...]
) -> StepDone | StepRefused:
    if isinstance(outcome, Done):
        return StepDone(id=step.id, issue=StandsAt(status=outcome.status, version=outcome.version))
    file = _seen(portal, person, step.issue_id) if outcome.code in _SHOWS_STATE else None
    return StepRefused(
        id=step.id,
        code=outcome.code,
        detail=_why(file, person, outcome),
        errors=[StepError(field=e.field, code=e.code, message=gettext(e.message)) for e in errors],
        issue=StandsAt(status=file.issue.status, version=file.issue.version) if file else None,
    )


def _seen(portal: Portal, person: Person, issue_id: str) -> IssueFile | None:
    try:
        return access.for_staff(portal, person, issue_id)[0]
    except NotFound:
        return None


def _why(file: IssueFile | None, person: Person, outcome: Refused) -> str:
    """Who did what meanwhile; where nobody else did anything, what the refusal itself says."""
    quicker = who_was_quicker(file, person) if file and outcome.code in _MEANWHILE else None
    return gettext(_QUICKER, name=quicker["by"], what=quicker["what"]) if quicker else outcome.detail
