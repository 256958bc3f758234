"""What an issue promises, and when something is to be done about it next: from its rows and its community's service
levels alone, so that it can be worked out again at any time."""

from datetime import datetime

from chalicelib.communities import store as communities
from chalicelib.issues.models import IssueFile
from chalicelib.portal import Portal
from chalicelib.service_levels import rules, store
from chalicelib.service_levels.history import History, history_of
from chalicelib.service_levels.models import Levels, Outcome
from chalicelib.service_levels.moments import Moment, due_moments


def levels_for(portal: Portal, community_id: str) -> Levels:
    """A community's service levels, at most a minute old."""
    return store.levels_of(portal.db, community_id, communities.get(portal.db, community_id).zone_name)


def pending(file: IssueFile, levels: Levels) -> list[Moment]:
    """The moments that have not been handled yet, in time order: those to come, and those that have been missed."""
    return _pending(history_of(file), file, levels)


def _pending(history: History, file: IssueFile, levels: Levels) -> list[Moment]:
    return [moment for moment in due_moments(history, levels) if moment.id not in file.done]


def planned(file: IssueFile, levels: Levels) -> IssueFile:
    """The file with what is promised and due next by its rows; the very same when that is what it says."""
    history = history_of(file)
    promise = rules.promised(history, levels, file.issue.created_at)
    moments = _pending(history, file, levels)
    fields = {
        "promised_at": promise.due or _at_last(promise),
        "next_moment": moments[0].at if moments else None,
    }
    if all(getattr(file.issue, name) == value for name, value in fields.items()):
        return file
    return file.model_copy(update={"issue": file.issue.model_copy(update=fields)})


def _at_last(promise: Outcome) -> datetime:
    """Where nobody promises until when it is resolved: when it becomes a risk, and the manager's business."""
    return promise.start + promise.policy.unresolved
