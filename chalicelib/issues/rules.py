"""The state machine of issues and what follows from it: no I/O, no clock.

Who may do what, and in which order it is judged: a step that one's role never takes is Forbidden; then a
stale version is VersionConflict; then a step that the state does not allow is IllegalTransition; then, for
the assignee's steps, anybody else is Forbidden. (contract, "Who takes which step")
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.errors import N_, Conflict, Forbidden, IllegalTransition, VersionConflict
from chalicelib.issues.models import Holder, Issue, PauseReason, Status
from chalicelib.issues.policy import (
    RATING_CHANGES_WITHIN,
    REOPEN_WITHIN,
    URGE_EVERY,
)
from chalicelib.kept import changed

Relation = Literal["reporter", "follower", "neighbour"]
#: States in which it is still staff's turn: what the desk's queue holds.
WORK: frozenset[Status] = frozenset(
    {"submitted", "acknowledged", "assigned", "in_progress", "paused", "reopened"}
)
#: Senior staff do what the front desk does, experts what managers do but for the community's rules.
_LEAD = frozenset({"manager", "expert"})
DISPATCH_ROLES = frozenset({"front_line", "senior"}) | _LEAD
_HANDLE = DISPATCH_ROLES | {"technician"}


@dataclass(frozen=True)
class Step:
    """A step that staff take: from which states, by which roles, and whether only by who has it."""

    sources: frozenset[Status]
    roles: frozenset[str]
    assignee_only: bool = False


STAFF_STEPS: dict[Status, Step] = {
    "acknowledged": Step(frozenset({"submitted"}), DISPATCH_ROLES),
    "assigned": Step(frozenset({"paused"}), _HANDLE, assignee_only=True),
    "in_progress": Step(frozenset({"assigned", "paused"}), _HANDLE, assignee_only=True),
    "paused": Step(frozenset({"assigned", "in_progress"}), _HANDLE, assignee_only=True),
    "resolved": Step(frozenset({"in_progress"}), _HANDLE, assignee_only=True),
    "reopened": Step(frozenset({"resolved"}), DISPATCH_ROLES),
    "rejected": Step(frozenset({"submitted", "acknowledged", "assigned", "reopened"}), DISPATCH_ROLES),
    "merged": Step(WORK, DISPATCH_ROLES),
}
_NOBODY = Step(frozenset(), frozenset())
ASSIGNABLE: frozenset[Status] = frozenset({"acknowledged", "reopened", "assigned", "in_progress", "paused"})
CLAIMABLE: frozenset[Status] = frozenset({"acknowledged", "reopened"})
#: Roles that an issue can be given to.
ASSIGNEE_ROLES = _HANDLE
MERGE_TARGETS: frozenset[Status] = WORK | {"resolved"}
_NOT_YOURS = N_("Only the person who has this issue, or a manager, takes this step.")


def check_version(issue: Issue, version: int) -> None:
    """Raises VersionConflict when the person saw another version."""
    if issue.version != version:
        raise VersionConflict


def check_staff_step(issue: Issue, to: Status, version: int, roles: frozenset[str], account_id: str) -> None:
    """Raises what the module's text says when staff may not move the issue to `to`."""
    step = STAFF_STEPS.get(to, _NOBODY)
    if not step.roles & roles:
        raise Forbidden
    check_version(issue, version)
    if issue.status not in step.sources:
        raise IllegalTransition
    if step.assignee_only and not _works_on(issue, roles, account_id):
        raise Forbidden(_NOT_YOURS)


def _works_on(issue: Issue, roles: frozenset[str], account_id: str) -> bool:
    return bool(roles & _LEAD) or (issue.assignee is not None and issue.assignee.id == account_id)


def check_assign(
    issue: Issue, assignee_id: str, version: int, roles: frozenset[str], account_id: str
) -> None:
    """Raises when this person may not give the issue to that one; a technician may claim a free one."""
    dispatches = bool(roles & DISPATCH_ROLES)
    if not dispatches and not ("technician" in roles and assignee_id == account_id):
        raise Forbidden
    check_version(issue, version)
    if issue.status not in (ASSIGNABLE if dispatches else CLAIMABLE):
        raise IllegalTransition
    if not dispatches and issue.assignee is not None:
        raise IllegalTransition


def staff_actions(issue: Issue, roles: frozenset[str], account_id: str) -> list[str]:
    """What this member of staff may do now: target states, `assign`, `message`."""
    found: list[str] = []
    for to, step in STAFF_STEPS.items():
        if issue.status not in step.sources:  # most: an exception for each is a quarter of a queue's time
            continue
        try:
            check_staff_step(issue, to, issue.version, roles, account_id)
            found.append(to)
        except (Forbidden, Conflict):
            continue
    try:
        check_assign(issue, account_id, issue.version, roles, account_id)
        found.append("assign")
    except (Forbidden, Conflict):
        pass
    return found + (["message"] if roles & _HANDLE else [])


def owner_actions(issue: Issue, relation: Relation, now: datetime) -> list[str]:
    """What an owner may do now; a neighbour who only sees that it is open may follow it."""
    if relation == "neighbour":
        return ["follow"] if is_shared(issue) else []
    checks = {
        "message": issue.is_open,
        "urge": issue.status in WORK and (issue.urged_at is None or now - issue.urged_at >= URGE_EVERY),
    }
    if relation == "reporter":
        checks |= {
            "cancel": _work_not_begun(issue),
            "confirm": issue.status == "resolved",
            "reopen": _may_reopen(issue, now),
            "rate": _may_rate(issue, now),
        }
    return [action for action, allowed in checks.items() if allowed]


def is_shared(issue: Issue) -> bool:
    """Neighbours may find and follow it: in a public place that is named, and still being worked on.

    One that counts as fixed is not followed: who still sees the fault tells news, which staff must read.
    """
    return issue.area == "public" and bool(issue.place_id or issue.location) and issue.status in WORK


def _work_not_begun(issue: Issue) -> bool:
    return not issue.begun and issue.status in ("submitted", "acknowledged", "assigned", "paused")


def _may_reopen(issue: Issue, now: datetime) -> bool:
    if issue.status == "closed":
        return issue.closed_at is not None and now - issue.closed_at <= REOPEN_WITHIN
    return issue.status == "resolved"


def _may_rate(issue: Issue, now: datetime) -> bool:
    if issue.status not in ("resolved", "closed") or issue.resolutions == 0:
        return False
    given = issue.rating
    fresh = given is None or given.resolution != issue.resolutions
    return fresh or (given is not None and now - given.at <= RATING_CHANGES_WITHIN)


def check_owner_step(
    issue: Issue, action: str, relation: Relation, now: datetime, version: int | None = None
) -> None:
    """Raises VersionConflict, Forbidden or IllegalTransition when an owner may not do this now."""
    if relation != "reporter" and action not in ("message", "urge"):
        raise Forbidden
    if version is not None:
        check_version(issue, version)
    if action not in owner_actions(issue, relation, now):
        raise IllegalTransition


def moved(issue: Issue, to: Status, now: datetime, **also: object) -> Issue:
    """The issue after a step to `to` at `now`; `also` are further fields that the step sets. What is promised then is
    worked out where the step is stored."""
    change: dict[str, object] = {
        "status": to,
        "version": issue.version + 1,
        "pause_reason": None,
        "paused_from": None,
        **_effects(issue, to, now),
        **also,
    }
    return changed(issue, **change)


def _effects(issue: Issue, to: Status, now: datetime) -> dict[str, object]:
    if to == "paused":
        return {"paused_from": issue.status}
    if to == "in_progress":
        return {"begun": True}
    if to == "resolved":
        return {
            "resolved_at": now,
            "quiet_since": now,
            "resolutions": issue.resolutions + 1,
            "visit_at": None,
        }
    if to == "reopened":
        return {
            "reopened": issue.reopened + 1,
            "assignee": None,
            "resolved_at": None,
            "closed_at": None,
            "quiet_since": None,
            "visit_at": None,
        }
    if to == "closed":
        return {"closed_at": now, "quiet_since": None}
    return {"visit_at": None} if to in ("cancelled", "rejected", "merged") else {}


def assigned(issue: Issue, assignee: Holder, now: datetime, visit_at: datetime | None) -> Issue:
    """The issue in other hands; an agreed visit goes along unless a new one is named."""
    return moved(issue, "assigned", now, assignee=assignee, visit_at=visit_at or issue.visit_at)


STAGES: dict[Status, Literal["report", "dispatch", "handle", "call_back"]] = {
    "submitted": "report",
    "acknowledged": "dispatch",
    "reopened": "dispatch",
    "assigned": "handle",
    "in_progress": "handle",
    "paused": "handle",
    "resolved": "call_back",
}


def is_overdue(issue: Issue, now: datetime) -> bool:
    """The promise has been missed and the work is not done."""
    return issue.status in WORK and issue.promised_at < now


def fixed_first_time(issue: Issue) -> bool | None:
    """Whether one repair was enough: known once it is closed, or was reopened."""
    if issue.reopened:
        return False
    return True if issue.status == "closed" and issue.resolutions == 1 else None


def waits_for_owner(issue: Issue) -> bool:
    """Nothing goes on until the owner says something."""
    return issue.status == "resolved" or issue.pause_reason == "waiting_owner"


def pause_needs_visit(reason: PauseReason | None, visit_at: datetime | None) -> bool:
    """An agreed appointment without its time is no agreement."""
    return reason == "appointment" and visit_at is None
