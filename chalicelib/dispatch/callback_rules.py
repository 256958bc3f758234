"""Whom to call back, and what an answer leads to. No I/O, no clock."""

from collections.abc import Mapping

from chalicelib.dispatch.callback_models import CallTask, Outcome, RecordCall
from chalicelib.dispatch.policy import (
    CALL_BACK_AFTER,
    CALL_BACK_DEFAULT,
    CALL_BACK_EMERGENCY,
    CALL_BACK_TRIES,
    CallBackPolicy,
)
from chalicelib.errors import N_, Invalid
from chalicelib.issues.models import Issue
from chalicelib.issues.policy import category_of

_MISSING = N_("Please choose an answer.")


def policy_for(category_id: str, chosen: Mapping[str, CallBackPolicy]) -> CallBackPolicy:
    """Whether somebody is called about a category: the community's choice, else the default."""
    default = CALL_BACK_EMERGENCY if category_of(category_id).emergency else CALL_BACK_DEFAULT
    return chosen.get(category_id, default)


def task_for(issue: Issue, chosen: Mapping[str, CallBackPolicy]) -> CallTask | None:
    """The call that a repair which was just resolved asks for."""
    policy = policy_for(issue.category_id, chosen)
    if policy == "never" or issue.resolved_at is None:
        return None
    return CallTask(
        community_id=issue.community_id,
        issue_id=issue.id,
        due=issue.resolved_at + CALL_BACK_AFTER,
        resolution=issue.resolutions,
        policy=policy,
    )


def stands(task: CallTask, issue: Issue) -> bool:
    """Whether somebody is still to be called: not when the repair was rated, taken back or reopened meanwhile."""
    if issue.status not in ("resolved", "closed") or issue.resolutions != task.resolution:
        return False
    rated = issue.rating is not None and issue.rating.resolution == task.resolution
    return task.policy == "always" or not rated


def check(body: RecordCall) -> None:
    """Raises Invalid when somebody who was reached gave no answers."""
    for name in ("satisfied", "fixed"):
        if body.reached and getattr(body, name) is None:
            raise Invalid.field(name, "missing", _MISSING)


def outcome(body: RecordCall, task: CallTask, issue: Issue) -> Outcome:
    """What a call leads to."""
    if not body.reached:
        return "again" if task.tries + 1 < CALL_BACK_TRIES else "not_reached"
    if not body.fixed and issue.status == "resolved":
        return "reopened"
    bad = not body.fixed or not body.satisfied or body.wants_contact
    return "recovery" if bad else "good"
