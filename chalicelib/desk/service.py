"""What staff do with issues: move them on, give them to somebody. What they write is in `talking`."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.desk.merging import carry_over, find_target
from chalicelib.desk.models import Assign, Transition
from chalicelib.desk.rules import PAST_VISIT, check_complete, when_taken
from chalicelib.dispatch import callbacks, outage_ends
from chalicelib.errors import N_, Invalid
from chalicelib.inbox.models import OFFICE, Event, Notice
from chalicelib.issues import access, rules
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry
from chalicelib.issues.models import Actor, Before, Holder, Issue, IssueFile, Ref
from chalicelib.issues.notices import moved_counts, notice, owners_of, sealed_name, staff_of
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal
from chalicelib.sops import standing as sops

_NO_ASSIGNEE = N_("Choose somebody of this community's staff who takes on issues.")
_EVENTS: dict[str, Event] = {
    "acknowledged": "acknowledged",
    "assigned": "resumed",
    "in_progress": "in_progress",
    "paused": "paused",
    "resolved": "resolved",
    "reopened": "reopened",
    "rejected": "rejected",
    "merged": "merged",
}


def transition(
    portal: Portal,
    person: Person,
    issue_id: str,
    body: Transition,
    once: Once | None,
    now: datetime,
    at: datetime | None = None,
) -> Filed:
    """Move an issue on; `at` is when that was really done, for what a phone could send only later.

    Raises NotFound, Forbidden, VersionConflict, IllegalTransition, StepTooOld, or Invalid when the step lacks
    something (a note, a reason, a proof photo, a visit's time, an issue to merge into)."""

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        rules.check_staff_step(file.issue, body.to, body.version, roles, person.id)
        taken = when_taken(file, at, now)
        check_complete(body, taken or now)
        if body.to == "resolved":
            sops.check_resolved(portal, person, file, body.photo_ids)
        target = find_target(portal, person, file.issue, body.merge_into) if body.to == "merged" else None
        attached = photos.free_photos(portal, person, body.photo_ids)
        change = _moved(portal, person, file, body, attached, target, now, taken)
        return commit(portal, change, now, once)

    filed = attempt(portal, once, work, now)
    if body.to == "acknowledged" and filed[1] == now:
        from chalicelib.dispatch import auto  # which assigns by this module's help

        auto.when_acknowledged(portal, filed[0], now)
    return filed


def _moved(
    portal: Portal,
    person: Person,
    file: IssueFile,
    body: Transition,
    attached: list[Photo],
    target: IssueFile | None,
    now: datetime,
    taken: datetime | None,
) -> Change:
    issue, actor = file.issue, access.as_staff(person, file.issue)
    also = _also(body, target, taken)
    after = rules.moved(issue, body.to, now, **also)
    row = entry(
        now,
        "status",
        actor,
        from_status=issue.status,
        to=body.to,
        text=body.note or None,
        photo_ids=[photo.id for photo in attached],
        pause_reason=after.pause_reason,
        visit_at=body.visit_at if "visit_at" in also else None,
        taken_at=taken,
        before=Before.of(issue),
    )
    return Change(
        before=file,
        after=after,
        entries=[row],
        notices=[_told(portal, person, file, after)],
        act=audit.Act(issue.community_id, person.id, "transition", issue.id, f"{issue.status}>{body.to}"),
        extra=_along(portal, issue, after, attached, now, body.note or "")
        + (carry_over(portal, file, target, actor, now) if target else []),
        photos={p.id: photo_store.row_item(p, issue.id) for p in attached},
        holder=Holder(id=person.id, name=person.name) if body.to == "acknowledged" else None,
    )


def _also(body: Transition, target: IssueFile | None, taken: datetime | None) -> dict[str, object]:
    """What a step sets on the issue besides its state."""
    found: dict[str, object] = {}
    if body.visit_at is not None and body.to in ("acknowledged", "assigned", "in_progress", "paused"):
        found["visit_at"] = body.visit_at
    if body.to == "paused":
        found["pause_reason"] = body.pause_reason
    if body.to == "rejected":
        found["reject_note"] = body.note
    if body.to == "resolved" and taken:
        found["resolved_at"] = taken
    if target:
        found["merged_into"] = Ref(id=target.issue.id, number=target.issue.number)
    return found


def _told(portal: Portal, person: Person, file: IssueFile, after: Issue) -> Notice:
    return notice(
        after,
        _EVENTS[after.status],
        owners=owners_of(file, person.id),
        staff=staff_of(file.issue, person.id),
        roles=(OFFICE,) if after.status == "reopened" else (),
        but=(person.id,),
        counts=moved_counts(file.issue, after),
        who=sealed_name(portal.keys, after.assignee),
        visit_at=after.visit_at,
    )


def _along(
    portal: Portal, before: Issue, after: Issue, attached: list[Photo], now: datetime, note: str
) -> list[Op]:
    """What goes along with a step: photos, the end of an outage, and the call that follows a repair."""
    ops = [op for photo in attached for op in photo_store.attach(photo, after.id)]
    ops += outage_ends.when_done(portal, before, after, now, note)
    return [*ops, *callbacks.when_resolved(portal, after)] if after.status == "resolved" else ops


def assign(
    portal: Portal,
    person: Person,
    issue_id: str,
    body: Assign,
    once: Once | None,
    now: datetime,
    why: str | None = None,
) -> Filed:
    """Give an issue to somebody, or claim it; `why` becomes an internal note beside. Raises NotFound, Forbidden,
    VersionConflict, IllegalTransition, or Invalid when the assignee is none of the community's staff."""

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        rules.check_assign(file.issue, body.assignee_id, body.version, roles, person.id)
        if body.visit_at is not None and body.visit_at < now:
            raise Invalid.field("visit_at", "past", PAST_VISIT)
        assignee = _assignee(portal, file.issue, body.assignee_id)
        actor = access.as_staff(person, file.issue)
        change = given(portal, actor, file, assignee, body.visit_at, now, why)
        return commit(portal, change, now, once)

    return attempt(portal, once, work, now)


def given(
    portal: Portal,
    actor: Actor,
    file: IssueFile,
    assignee: Holder,
    visit_at: datetime | None,
    now: datetime,
    why: str | None = None,
) -> Change:
    """The change that gives an issue to somebody: who acts may be the portal itself."""
    issue = file.issue
    # The note comes before the step, which is what is taken back and must be the last row.
    notes = [entry(now, "internal", actor, text=why)] if why else []
    after = rules.assigned(issue, assignee, now, visit_at)
    row = entry(
        now,
        "assigned",
        actor,
        from_status=issue.status,
        to="assigned",
        assignee=assignee,
        visit_at=after.visit_at,
        before=Before.of(issue),
    )
    told = notice(
        after,
        "assigned",
        owners=owners_of(file, actor.id),
        staff=staff_of(after, actor.id),
        staff_event="given_to_you",
        counts=moved_counts(issue, after),
        who=sealed_name(portal.keys, assignee),
        visit_at=after.visit_at,
    )
    act = audit.Act(issue.community_id, actor.id, "assign", issue.id, assignee.id)
    return Change(file, after, [*notes, row], [told], act)


def _assignee(portal: Portal, issue: Issue, account_id: str) -> Holder:
    member = communities.staff_member(portal.db, portal.keys, issue.community_id, account_id)
    if member is None or not set(member.roles) & rules.ASSIGNEE_ROLES:
        raise Invalid.field("assignee_id", "not_staff", _NO_ASSIGNEE)
    return Holder(id=member.id, name=member.name)
