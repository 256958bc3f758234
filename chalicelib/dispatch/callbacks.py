"""Calling owners back after a repair: the list, and what came of each call."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.db import Op
from chalicelib.dispatch import callback_rules, callback_store, service, store
from chalicelib.dispatch.callback_models import Called, CallTask, Outcome, RecordCall
from chalicelib.dispatch.policy import CALL_BACK_AGAIN
from chalicelib.errors import Forbidden, NotFound
from chalicelib.ids import new_id
from chalicelib.inbox.models import OFFICE, Notice
from chalicelib.issues import access, rules
from chalicelib.issues import store as issues
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry
from chalicelib.issues.models import Before, Entry, Issue, IssueFile
from chalicelib.issues.notices import moved_counts, notice, owners_of, staff_of
from chalicelib.once import Once
from chalicelib.portal import Portal

#: Rows that nobody needs any more, taken off a list at once.
_DROPPED_AT_ONCE = 25


@dataclass(frozen=True)
class Calls:
    """Whom to call, the soonest first; how many calls of the last 30 days were made, of how many due."""

    tasks: list[tuple[CallTask, Issue]]
    done: int
    due: int


def when_resolved(portal: Portal, issue: Issue) -> list[Op]:
    """What goes along with a repair: the call that it asks for by the community's policy."""
    chosen = store.rules_of(portal.db, issue.community_id).callbacks
    task = callback_rules.task_for(issue, chosen)
    return [callback_store.put_task(task)] if task else []


def calls(portal: Portal, community_id: str, now: datetime) -> Calls:
    """The list of a community: three round trips. What was rated or reopened meanwhile leaves it for good."""
    found = callback_store.tasks(portal.db, community_id)
    kept = {one.id: one for one in issues.get_many(portal.db, portal.keys, [t.issue_id for t in found])}
    pairs = [(task, kept[task.issue_id]) for task in found if task.issue_id in kept]
    standing = [(task, issue) for task, issue in pairs if callback_rules.stands(task, issue)]
    gone = [task for task, issue in pairs if not callback_rules.stands(task, issue)]
    if gone:
        portal.db.write(*map(callback_store.drop_task, gone[:_DROPPED_AT_ONCE]))
    done = callback_store.done(portal.db, community_id, now)
    return Calls(standing, done, done + sum(task.due <= now for task, _ in standing))


def called(file: IssueFile) -> list[Called]:
    """The calls made about an issue, oldest first."""
    return [callback_store.called_from(row) for row in file.extras.get("C", [])]


def record(
    portal: Portal, person: Person, issue_id: str, body: RecordCall, once: Once | None, now: datetime
) -> tuple[Outcome, Filed]:
    """Write down a call. A repair that does not hold is reopened where that is still possible; whoever is not
    content, or wants to be called by a manager, becomes the managers' matter.

    Raises NotFound, Forbidden, Invalid for missing answers, CalledAlready.
    """
    callback_rules.check(body)

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & service.OFFICE:
            raise Forbidden
        task = callback_store.task(portal.db, file.issue.community_id, body.due, issue_id)
        if task is None or not callback_rules.stands(task, file.issue):
            raise callback_store.CalledAlready
        outcome = callback_rules.outcome(body, task, file.issue)
        return commit(portal, _change(person, file, task, body, outcome, now), now, once)

    filed = attempt(portal, once, work, now)
    kept = called(access.for_staff(portal, person, issue_id)[0])
    return next(one.outcome for one in reversed(kept) if one.due == body.due), filed


def _change(
    person: Person,
    file: IssueFile,
    task: CallTask,
    body: RecordCall,
    outcome: Outcome,
    now: datetime,
) -> Change:
    issue = file.issue
    row = Called(
        id=new_id(now),
        at=now,
        by=person.id,
        due=task.due,
        outcome=outcome,
        resolution=task.resolution,
        **body.model_dump(include={"reached", "satisfied", "fixed", "wants_contact"}),
        words=body.words or None,
    )
    ops: list[Op] = [callback_store.take_task(task)]
    ops += callback_store.add_called(task, row, last=outcome != "again")
    if outcome == "again":
        again = {"due": now + CALL_BACK_AGAIN, "tries": task.tries + 1}
        ops.append(callback_store.put_task(task.model_copy(update=again)))
    after = _after(issue, outcome, now)
    act = audit.Act(issue.community_id, person.id, "called_back", issue.id, outcome)
    told = _told(person, file, after, outcome)
    return Change(file, after, _entries(person, issue, body, outcome, now), told, act, ops)


def _after(issue: Issue, outcome: Outcome, now: datetime) -> Issue:
    if outcome != "reopened":
        return issue
    return rules.moved(issue, "reopened", now)


def _entries(person: Person, issue: Issue, body: RecordCall, outcome: Outcome, now: datetime) -> list[Entry]:
    actor = access.as_staff(person, issue)
    if outcome == "reopened":
        step = {"from_status": issue.status, "to": "reopened", "before": Before.of(issue)}
        return [entry(now, "status", actor, text=body.words or None, **step)]
    if outcome == "recovery" and body.words:
        return [entry(now, "internal", actor, text=body.words)]
    return []


def _told(person: Person, file: IssueFile, after: Issue, outcome: Outcome) -> list[Notice]:
    issue = file.issue
    if outcome == "reopened":
        staff, owners = staff_of(issue, person.id), owners_of(file, person.id)
        counts = moved_counts(issue, after)
        but = (person.id,)
        return [
            notice(after, "reopened", owners=owners, staff=staff, roles=(OFFICE,), but=but, counts=counts)
        ]
    return [notice(issue, "recovery", roles=("manager",), but=(person.id,))] if outcome == "recovery" else []


def task_of(portal: Portal, person: Person, issue_id: str, due: datetime) -> tuple[CallTask, IssueFile]:
    """A call that is to be made; raises NotFound, Forbidden, CalledAlready."""
    file, roles = access.for_staff(portal, person, issue_id)
    if not roles & service.OFFICE:
        raise Forbidden
    task = callback_store.task(portal.db, file.issue.community_id, due, issue_id)
    if task is None:
        raise NotFound
    return task, file
