"""The state machine of complaints, suggestions and praise, and their clocks: no I/O, no clock.

A complaint goes accepted → investigating → opinion → replied → closed, and from replied, when the person does not
agree, mediation → arbitration → litigation → closed. A suggestion or praise goes received → answered or closed. The
person may withdraw as long as it is open. Refusals come in the order of issues: a step that one's role never takes is
Forbidden, then a stale version VersionConflict, then what the stage does not allow IllegalTransition, then what a step
lacks Invalid.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.complaints.models import DONE, Complaint, Stage
from chalicelib.complaints.policy import (
    REPEAT_WITHIN,
    CategoryId,
    Clock,
    Department,
    Kind,
)
from chalicelib.errors import N_, Forbidden, IllegalTransition, Invalid, VersionConflict
from chalicelib.issues.models import Holder
from chalicelib.issues.rules import DISPATCH_ROLES
from chalicelib.service_levels.models import ComplaintPolicy, Levels
from chalicelib.service_levels.rules import due_at, in_force

OFFICE = DISPATCH_ROLES
_MANAGER = frozenset({"manager"})
_DISPUTED: frozenset[Stage] = frozenset({"mediation", "arbitration", "litigation"})
_TO_CLOSE: frozenset[Stage] = frozenset({"replied", "received"})
_SAY_WHAT = N_("Please write a few words here; they are kept.")
_CLOCKS: dict[Stage, Clock] = {
    "accepted": "start", "investigating": "investigate", "opinion": "opinion", "received": "answer",
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A step of staff: from which stages, where to, by whom, and which words it can't do without."""

    sources: frozenset[Stage]
    to: Stage
    needs: tuple[Literal["text", "decision"], ...] = ()
    roles: frozenset[str] = OFFICE


MOVES: dict[str, Move] = {
    "start": Move(frozenset({"accepted"}), "investigating"),
    "conclude": Move(frozenset({"investigating"}), "opinion", ("text",)),
    "decide": Move(frozenset({"opinion"}), "opinion", ("text", "decision"), _MANAGER),
    "reply": Move(frozenset({"opinion"}), "replied", ("text",)),
    "mediate": Move(frozenset({"replied"}), "mediation", ("text",), _MANAGER),
    "arbitrate": Move(frozenset({"mediation"}), "arbitration", ("text",), _MANAGER),
    "litigate": Move(frozenset({"arbitration"}), "litigation", ("text",), _MANAGER),
    "answer": Move(frozenset({"received"}), "answered", ("text",)),
    "close": Move(_DISPUTED | _TO_CLOSE, "closed", ("text",)),
}
OWNER_MOVES: dict[str, Stage] = {"withdraw": "withdrawn", "accept": "closed", "dissent": "mediation"}


def first_stage(kind: Kind) -> Stage:
    """Where one begins."""
    return "accepted" if kind == "complaint" else "received"


def staff_actions(complaint: Complaint, roles: frozenset[str]) -> list[str]:
    """What somebody with these roles may do now: steps, and `assign`, `note`, `link`, `call_back`."""
    if not roles & OFFICE:
        return []
    found = [name for name, move in MOVES.items() if roles & move.roles and _allowed(complaint, name)]
    checks = {
        "assign": complaint.is_open,
        "note": True,
        "link": True,
        "call_back": may_call_back(complaint),
    }
    return found + [name for name, allowed in checks.items() if allowed]


def owner_actions(complaint: Complaint) -> list[str]:
    """What the person who sent it may do now."""
    replied = complaint.stage == "replied"
    checks = {
        "message": complaint.is_open,
        "withdraw": complaint.is_open,
        "accept": replied,
        "dissent": replied,
    }
    return [name for name, allowed in checks.items() if allowed]


def may_call_back(complaint: Complaint) -> bool:
    """A complaint that was replied to is called back once, also after it was closed."""
    return complaint.replied_at is not None and complaint.called_back is None


def _allowed(complaint: Complaint, step: str) -> bool:
    if complaint.stage not in MOVES[step].sources:
        return False
    if step in ("decide", "reply"):
        return (complaint.decided_at is None) == (step == "decide")
    return True


def check_version(complaint: Complaint, version: int) -> None:
    """Raises VersionConflict when the person saw another version."""
    if complaint.version != version:
        raise VersionConflict


def check_step(
    complaint: Complaint,
    step: str,
    version: int,
    roles: frozenset[str],
    text: str | None,
    decision: str | None,
) -> None:
    """Raises what the module's text says when staff may not take a step."""
    if not roles & MOVES[step].roles:
        raise Forbidden
    check_version(complaint, version)
    if not _allowed(complaint, step):
        raise IllegalTransition
    for name, given in (("text", text), ("decision", decision)):
        if name in MOVES[step].needs and not given:
            raise Invalid.field(name, "missing", _SAY_WHAT)


def check_action(complaint: Complaint, action: str, version: int, roles: frozenset[str]) -> None:
    """The same for what is no step: `assign`, `link`, `call_back`."""
    if not roles & OFFICE:
        raise Forbidden
    check_version(complaint, version)
    if action not in staff_actions(complaint, roles):
        raise IllegalTransition


def check_owner(complaint: Complaint, action: str, version: int | None, reason: str | None) -> None:
    """Raises VersionConflict, IllegalTransition, or Invalid when a reason is missing."""
    if version is not None:
        check_version(complaint, version)
    if action not in owner_actions(complaint):
        raise IllegalTransition
    if action == "dissent" and not reason:
        raise Invalid.field("reason", "missing", N_("Please write what you don't agree with."))


def moved(complaint: Complaint, to: Stage, now: datetime, levels: Levels, **also: object) -> Complaint:
    """The complaint after a step to `to` at `now`, its next clock running; `also` are fields that the step sets."""
    ended = {"closed_at": now} if to in DONE else {}
    after = complaint.model_copy(update={"stage": to, "version": complaint.version + 1, **ended, **also})
    return timed(after, now, levels)


def clock_of(complaint: Complaint) -> Clock | None:
    """The clock that runs in a stage: in `opinion` that of the opinion, and once it is decided that of the reply."""
    if complaint.stage == "opinion" and complaint.decided_at is not None:
        return "reply"
    return _CLOCKS.get(complaint.stage)


def timed(complaint: Complaint, now: datetime, levels: Levels) -> Complaint:
    """The complaint with the clock of its stage started at `now`, by the policy that holds then: whatever managers
    change later, what was promised when a clock began stays promised."""
    clock = clock_of(complaint)
    if clock is None:
        nothing = dict.fromkeys(("clock", "due_at", "warn_at", "latest_at"))
        return complaint.model_copy(update={**nothing, "since": now})
    policy = in_force(levels.policies, now).policy
    goals = policy.complaints.goals
    span = goals[clock]
    latest = due_at(levels, goals["reply_latest"], now) if clock == "reply" else None
    due = due_at(levels, span, now)
    times = {
        "due_at": min(due, latest) if latest else due,
        "warn_at": due_at(levels, span, now, percent=policy.warn_percent),
        "latest_at": latest,
    }
    return complaint.model_copy(update={"clock": clock, "since": now, **times})


def moments(complaint: Complaint) -> list[tuple[datetime, str]]:
    """When to look at it again, and why: before it is late, when it is, and at a reply's last limit."""
    times = (("warn", complaint.warn_at), ("breach", complaint.due_at), ("latest", complaint.latest_at))
    return [(at, what) for what, at in times if at is not None]


def tells(complaint: Complaint, clock: str, since: datetime, what: str, now: datetime) -> bool:
    """Whether a moment that was set when a clock started at `since` still means something: the same clock runs, and
    of a warning that it is not late already."""
    same = complaint.clock == clock and complaint.since == since
    return same and not (what == "warn" and is_overdue(complaint, now))


def is_overdue(complaint: Complaint, now: datetime) -> bool:
    """The stage takes longer than it may."""
    return complaint.due_at is not None and complaint.due_at < now


def terms(levels: Levels, now: datetime) -> ComplaintPolicy:
    """What a community's policy says about complaints now."""
    return in_force(levels.policies, now).policy.complaints


def is_hard(complaint: Complaint, by: ComplaintPolicy, now: datetime) -> bool:
    """For the weekly list: open for long, or several departments', as the community's policy says."""
    long = now - complaint.created_at > by.hard_after
    return complaint.is_open and (long or len(complaint.departments) >= by.hard_departments)


def may_repeat(
    kind: Kind,
    category: CategoryId,
    at: datetime,
    earlier_kind: Kind,
    earlier: CategoryId,
    earlier_at: datetime,
) -> bool:
    """Whether an earlier one of the same person may be the same trouble."""
    same = kind == earlier_kind == "complaint" and category == earlier
    return same and abs(at - earlier_at) <= REPEAT_WITHIN


def given(
    complaint: Complaint, departments: list[Department], handler: Holder | None, proposed: list[Department]
) -> dict[str, object]:
    """Who has it after it is given on, or begun by somebody: what was chosen, else who has it, else the proposal."""
    return {
        "departments": departments or complaint.departments or proposed[:1],
        "handler": handler or complaint.handler,
    }
