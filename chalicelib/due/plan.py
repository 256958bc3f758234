"""What an issue promises, and when something is to be done about it next: from its rows and its community's service
levels alone, so that it can be worked out again at any time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.kept import changed
from chalicelib.portal import Portal
from chalicelib.service_levels import rules, store
from chalicelib.service_levels.history import History, history_of
from chalicelib.service_levels.models import Levels, Outcome
from chalicelib.service_levels.moments import Moment, due_moments
from chalicelib.sops import store as sops
from chalicelib.sops.models import Sop, StepState
from chalicelib.sops.moments import sop_moments
from chalicelib.sops.rules import current, states_of
from chalicelib.times import kept


def levels_for(portal: Portal, community_id: str) -> Levels:
    """A community's service levels, at most a minute old."""
    return store.levels_of(portal.db, community_id, communities.get(portal.db, community_id).zone_name)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an issue goes by: its community's service levels, and the SOP of its category."""

    levels: Levels
    sop: Sop


def terms_for(portal: Portal, issue: Issue) -> Terms:
    """What an issue goes by; both at most a minute old, as both are made before they hold."""
    sop = sops.holding(portal.db, issue.community_id, issue.category_id, issue.created_at)
    return Terms(levels_for(portal, issue.community_id), sop.body)


def pending(
    file: IssueFile, terms: Terms, history: History | None = None, outcomes: Iterable[Outcome] | None = None
) -> list[Moment]:
    """The moments that have not been handled yet, in time order: those to come, and those that have been missed.
    Whoever has worked out the issue's history and outcomes gives them."""
    known = history or history_of(file)
    return _pending(file, terms, known, outcomes, _states(file, terms, known))


def _pending(
    file: IssueFile,
    terms: Terms,
    history: History,
    outcomes: Iterable[Outcome] | None,
    states: tuple[StepState, ...],
) -> list[Moment]:
    steps = sop_moments(states, history, terms.levels)
    found = due_moments(history, terms.levels, outcomes, steps)
    return [moment for moment in found if moment.id not in file.done]


def _states(file: IssueFile, terms: Terms, history: History) -> tuple[StepState, ...]:
    """Where the issue is with the steps of its SOP."""
    if not terms.sop.steps:
        return ()
    return states_of(terms.sop, history.rounds[-1], file.timeline, terms.levels)


def planned(file: IssueFile, terms: Terms, now: datetime) -> IssueFile:
    """The file with what is promised and due next by its rows, and how far the steps of its SOP are; the very same when
    that is what it says.

    What has come already is due now: the days before may have been gone through for the last time.
    """
    history = history_of(file)
    outcomes = rules.outcomes(history, terms.levels, now)
    states = _states(file, terms, history)
    moments = _pending(file, terms, history, outcomes, states)
    ahead = current(states)
    fields = {
        "promised_at": kept(promised_at(outcomes)),
        "next_moment": kept(max(moments[0].at, now)) if moments else None,
        "ticked": [state.step.id for state in states if state.done],
        "step_due": kept(ahead.due) if ahead and ahead.due else None,
    }
    if all(getattr(file.issue, name) == value for name, value in fields.items()):
        return file
    return changed(file, issue=changed(file.issue, **fields))


def promised_at(outcomes: list[Outcome]) -> datetime:
    """Until when an issue is to be resolved, as it came or came back last; where nobody promises that, when it
    becomes a risk."""
    last = [one for one in outcomes if one.goal == "resolve"][-1]
    return last.due or last.start + last.policy.unresolved
