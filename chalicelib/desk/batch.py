"""Several steps in one go: each is judged by itself, and answered with what it did or why it was refused."""

from collections.abc import Callable
from datetime import datetime

from chalicelib import i18n
from chalicelib.accounts.models import Person
from chalicelib.desk import service
from chalicelib.desk.models import Assign, Done, Refused, Transition
from chalicelib.errors import PortalError
from chalicelib.issues.commit import Filed
from chalicelib.logs import log_failure
from chalicelib.once import Once
from chalicelib.portal import Portal

Outcome = Done | Refused


def run(issue_id: str, work: Callable[[], Filed], locale: str) -> Outcome:
    """Take one of several steps; gives back what became of it, and raises nothing.

    Whatever goes wrong with one must not hide what was done with the others, so trouble of ours is an answer
    too (`unavailable`, `internal_error`): the same step may be sent again with its key.
    """
    try:
        issue = work()[0].issue
        return Done(issue_id=issue.id, status=issue.status, version=issue.version)
    except PortalError as error:
        return _refused(issue_id, error, locale)
    except Exception:
        log_failure("step_failed", issue_id=issue_id)
        return _refused(issue_id, PortalError(), locale)


def _refused(issue_id: str, error: PortalError, locale: str) -> Refused:
    words = error.errors[0].message if error.errors else error.detail
    return Refused(issue_id=issue_id, code=error.code, detail=i18n.translations(locale).gettext(words))


def take(
    portal: Portal, person: Person, issue_id: str, body: Transition | Assign, once: Once | None, now: datetime
) -> Filed:
    """A step of either kind. Raises what `service.transition` or `service.assign` raises."""
    if isinstance(body, Assign):
        return service.assign(portal, person, issue_id, body, once, now)
    return service.transition(portal, person, issue_id, body, once, now)
