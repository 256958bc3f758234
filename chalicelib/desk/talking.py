"""What staff write on an issue, and whom they call."""

from datetime import datetime

from chalicelib.accounts import contact as contacts
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.desk.models import Contact, StaffMessage
from chalicelib.desk.rules import when_taken
from chalicelib.errors import Forbidden
from chalicelib.issues import access, rules
from chalicelib.issues.commit import attempt, commit, entry
from chalicelib.issues.models import Entry, IssueFile
from chalicelib.issues.notices import notice, owners_of, staff_of
from chalicelib.issues.service import message_change
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.portal import Portal


def message(
    portal: Portal,
    person: Person,
    issue_id: str,
    body: StaffMessage,
    once: Once | None,
    now: datetime,
    at: datetime | None = None,
) -> tuple[IssueFile, Entry]:
    """Write to the owner, or an internal note, at `at`. Raises NotFound, Forbidden, or StepTooOld."""
    kind = "internal" if body.internal else "message"

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if "message" not in rules.staff_actions(file.issue, roles, person.id):
            raise Forbidden
        attached = photos.free_photos(portal, person, body.photo_ids)
        actor = access.as_staff(person, file.issue)
        taken = when_taken(file, at, now, person.id)
        row = entry(now, kind, actor, text=body.text, photo_ids=[p.id for p in attached], taken_at=taken)
        owners = () if body.internal else owners_of(file, person.id)
        told = notice(file.issue, "message", owners=owners, staff=staff_of(file.issue, person.id))
        change = message_change(portal, file, row, attached, [told], now)
        act = audit.Act(file.issue.community_id, person.id, "message", file.issue.id, kind)
        change.extra.append(audit.add(act, now))
        return commit(portal, change, now, once)

    file, _ = attempt(portal, once, work, now)
    return file, file.timeline[-1]


def contact(portal: Portal, person: Person, issue_id: str, now: datetime) -> Contact:
    """The reporter's name and full phone number; the look itself is written into the audit trail first."""
    file, roles = access.for_staff(portal, person, issue_id)
    if not roles & rules.ASSIGNEE_ROLES:
        raise Forbidden
    issue = file.issue
    act = audit.Act(issue.community_id, person.id, "contact_seen", issue.id)
    return contacts.shown(portal, issue.reporter.id, act, now)
