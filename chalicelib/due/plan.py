"""What an issue promises, and when something is to be done about it next: from its rows and its community's service
levels alone, so that it can be worked out again at any time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.issues.models import Issue, IssueFile
from chalicelib.portal import Portal
from chalicelib.service_levels import rules, store
from chalicelib.service_levels.history import History, history_of
from chalicelib.service_levels.models import Levels, Outcome
from chalicelib.service_levels.moments import Moment, due_moments, in_order
from chalicelib.sops import store as sops
from chalicelib.sops.models import Sop
from chalicelib.sops.moments import sop_moments
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
    found = due_moments(known, terms.levels, outcomes)
    steps = sop_moments(terms.sop, known, file.timeline, terms.levels)
    return [
        moment for moment in (in_order([*found, *steps]) if steps else found) if moment.id not in file.done
    ]


def planned(file: IssueFile, terms: Terms, now: datetime) -> IssueFile:
    """The file with what is promised and due next by its rows; the very same when that is what it says.

    What has come already is due now: the days before may have been gone through for the last time.
    """
    history = history_of(file)
    outcomes = rules.outcomes(history, terms.levels, now)
    moments = pending(file, terms, history, outcomes)
    fields = {
        "promised_at": kept(promised_at(outcomes)),
        "next_moment": kept(max(moments[0].at, now)) if moments else None,
    }
    if all(getattr(file.issue, name) == value for name, value in fields.items()):
        return file
    return file.model_copy(update={"issue": file.issue.model_copy(update=fields)})


def promised_at(outcomes: list[Outcome]) -> datetime:
    """Until when an issue is to be resolved, as it came or came back last; where nobody promises that, when it
    becomes a risk."""
    last = [one for one in outcomes if one.goal == "resolve"][-1]
    return last.due or last.start + last.policy.unresolved
