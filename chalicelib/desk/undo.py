"""Taking back one's own last step. The timeline tells both; who was told of the step is told what holds now."""

from datetime import datetime
from typing import cast

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.desk import undo_rules
from chalicelib.dispatch import outage_ends
from chalicelib.errors import Forbidden
from chalicelib.inbox.models import Event, Notice
from chalicelib.issues import access, rules, store
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry
from chalicelib.issues.models import Before, Entry, Holder, Issue, IssueFile
from chalicelib.issues.notices import moved_counts, notice, owners_of, sealed_name
from chalicelib.once import Once
from chalicelib.portal import Portal


def undo(
    portal: Portal, person: Person, issue_id: str, version: int, once: Once | None, now: datetime
) -> Filed:
    """Take back one's own last step, within `policy.UNDO_WITHIN`. Raises NotFound, Forbidden,
    VersionConflict, or CantUndo with the reason why not."""

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & rules.ASSIGNEE_ROLES:
            raise Forbidden
        row = undo_rules.check(file, person.id, version, now)
        assert row.before is not None, "check gives steps only"
        return commit(portal, _taken_back(portal, person, file, row, row.before, now), now, once)

    return attempt(portal, once, work, now)


def _taken_back(
    portal: Portal, person: Person, file: IssueFile, row: Entry, before: Before, now: datetime
) -> Change:
    issue = file.issue
    after = undo_rules.restored(issue, before)
    undone = entry(
        now,
        "undone",
        access.as_staff(person, issue),
        from_status=issue.status,
        to=after.status,
        assignee=after.assignee if after.assignee != issue.assignee else None,
    )
    act = audit.Act(issue.community_id, person.id, "undo", issue.id, f"{issue.status}>{after.status}")
    return Change(
        before=file,
        after=after,
        entries=[undone],
        notices=[_told(portal, person, file, after)],
        act=act,
        extra=outage_ends.when_back(portal, issue, after, row.at, now),
        holder=_former_holder(file, before),
        # A rating that comes at this very moment must not be left behind for a repair that was taken back.
        only_if=store.same_rating(issue),
    )


def _told(portal: Portal, person: Person, file: IssueFile, after: Issue) -> Notice:
    """Owners learn what holds now; so does whoever got or lost the issue by the step."""
    held = [one.id for one in (file.issue.assignee, after.assignee) if one and one.id != person.id]
    return notice(
        after,
        cast(Event, f"undone_{after.status}"),
        owners=owners_of(file, person.id),
        staff=tuple(dict.fromkeys(held)),
        staff_event="undone",
        counts=moved_counts(file.issue, after),
        who=sealed_name(portal.keys, after.assignee),
        visit_at=after.visit_at,
    )


def _former_holder(file: IssueFile, before: Before) -> Holder | None:
    """Who held the issue in the stage that it goes back to; a new hand-off begins, the old one stays ended."""
    return next((one.holder for one in file.handoffs if one.id == before.handoff), None)
