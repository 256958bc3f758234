"""What an issue promises, and when something is to be done about it next: from its rows and its community's service
levels alone, so that it can be worked out again at any time."""

from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.issues.models import IssueFile
from chalicelib.kept import changed
from chalicelib.portal import Portal
from chalicelib.service_levels import rules, store
from chalicelib.service_levels.history import history_of
from chalicelib.service_levels.models import Levels, Outcome
from chalicelib.service_levels.moments import Moment, due_moments
from chalicelib.times import kept


def levels_for(portal: Portal, community_id: str) -> Levels:
    """A community's service levels, at most a minute old."""
    return store.levels_of(portal.db, community_id, communities.get(portal.db, community_id).zone_name)


def pending(file: IssueFile, levels: Levels) -> list[Moment]:
    """The moments that have not been handled yet, in time order: those to come, and those that have been missed."""
    return unhandled(file, due_moments(history_of(file), levels))


def unhandled(file: IssueFile, moments: list[Moment]) -> list[Moment]:
    """Those of an issue's moments that have not been handled yet."""
    return [moment for moment in moments if moment.id not in file.done]


def planned(file: IssueFile, levels: Levels, now: datetime) -> IssueFile:
    """The file with what is promised and due next by its rows; the very same when that is what it says.

    What has come already is due now: the days before may have been gone through for the last time.
    """
    history = history_of(file)
    outcomes = rules.outcomes(history, levels, now)
    moments = unhandled(file, due_moments(history, levels, outcomes))
    fields = {
        "promised_at": kept(promised_at(outcomes)),
        "next_moment": kept(max(moments[0].at, now)) if moments else None,
    }
    if all(getattr(file.issue, name) == value for name, value in fields.items()):
        return file
    return changed(file, issue=changed(file.issue, **fields))


def promised_at(outcomes: list[Outcome]) -> datetime:
    """Until when an issue is to be resolved, as it came or came back last; where nobody promises that, when it
    becomes a risk."""
    last = [one for one in outcomes if one.goal == "resolve"][-1]
    return last.due or last.start + last.policy.unresolved
