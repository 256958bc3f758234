"""What people do with complaints, suggestions and praise of their own: send, add words, withdraw, judge the reply."""

import secrets
from datetime import datetime
from itertools import count

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.communities import store as communities
from chalicelib.complaints import access, notices, policy, rules, store
from chalicelib.complaints.bodies import FileComplaint, OwnerMove, Words
from chalicelib.complaints.commit import Change, Filed, attempt, commit, row, snapshot
from chalicelib.complaints.models import Complaint, ComplaintFile
from chalicelib.due.plan import levels_for
from chalicelib.errors import N_, Forbidden, Invalid, NotFound
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.issues import access as issues
from chalicelib.issues.models import Ref
from chalicelib.once import Once
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.photos.models import Photo
from chalicelib.portal import Portal

_NOT_YOUR_HOME = N_("This home is not linked to you. Choose one of yours, or call the office.")
_ONLY_SUGGESTIONS = N_("As a member of staff you can send suggestions here.")
_NO_ISSUE = N_("This report can't be named here: it is not one of yours.")
_NO_HOME = N_("Choose the home that it is about.")


def file_complaint(
    portal: Portal, person: Person, body: FileComplaint, once: Once | None, now: datetime
) -> Filed:
    """Send a complaint, a suggestion or praise; gives back its file and the moment it stands for.

    Raises Forbidden for somebody else's home or community, Invalid for what can't be used, TooMany at the daily cap.
    """
    unit, community_id = _whence(person, body)
    digits = count(policy.NUMBER_DIGITS)

    def work() -> ComplaintFile:
        attached = photos.free_photos(portal, person, body.photo_ids)
        issue = _issue(portal, person, community_id, body.issue_id)
        number = _number(portal, community_id, body.kind, next(digits), now)
        new = _new(portal, person, unit, community_id, body, issue, number, now)
        return _add(portal, person, new, attached, once, now)

    return attempt(portal, once, work, now)


def _whence(person: Person, body: FileComplaint) -> tuple[UnitRef | None, str]:
    """The home and community that it comes from; staff without one have a community and suggestions only."""
    if body.unit_id:
        unit = person.unit(body.unit_id)
        if unit is None:
            raise Forbidden(_NOT_YOUR_HOME)
        return unit, unit.community_id
    if body.community_id is None:
        raise Invalid.field("unit_id", "missing", _NO_HOME)
    if not person.roles_in(body.community_id):
        raise Forbidden(_NOT_YOUR_HOME)
    if body.kind != "suggestion":
        raise Invalid.field("kind", "not_for_staff", _ONLY_SUGGESTIONS)
    return None, body.community_id


def _issue(portal: Portal, person: Person, community_id: str, issue_id: str | None) -> Ref | None:
    """The report that it is about: one that this person reported or follows, in the same community."""
    if not issue_id:
        return None
    try:
        file, _ = issues.for_owner(portal, person, issue_id)
    except NotFound as error:
        raise Invalid.field("issue_id", "not_yours", _NO_ISSUE) from error
    if file.issue.community_id != community_id:
        raise Invalid.field("issue_id", "not_yours", _NO_ISSUE)
    return Ref(id=file.issue.id, number=file.issue.number)


def _number(portal: Portal, community_id: str, kind: policy.Kind, digits: int, now: datetime) -> str:
    """A number that can be read out: what it is, the day, a few random digits; one more whenever it is taken."""
    zone = communities.get(portal.db, community_id).zone
    number = f"{secrets.randbelow(10**digits):0{digits}d}"
    return f"{policy.LETTERS[kind]}{now.astimezone(zone):%y%m%d}-{number}"


def _new(
    portal: Portal,
    person: Person,
    unit: UnitRef | None,
    community_id: str,
    body: FileComplaint,
    issue: Ref | None,
    number: str,
    now: datetime,
) -> Complaint:
    origin = "owner" if unit else "staff"
    new = Complaint(
        id=new_id(now),
        number=number,
        kind=body.kind,
        origin="owner" if unit else "staff",
        community_id=community_id,
        unit_id=unit.id if unit else None,
        unit_label=unit.label if unit else "",
        category=body.category,
        content=body.content,
        issue=issue,
        person=access.as_sender(person, origin, community_id),
        created_at=now,
        stage=rules.first_stage(body.kind),
        since=now,
    )
    return rules.timed(new, now, levels_for(portal, community_id))


def _add(
    portal: Portal, person: Person, new: Complaint, attached: list[Photo], once: Once | None, now: datetime
) -> ComplaintFile:
    first = row(now, "stage", new.person, to=new.stage, step="file", photo_ids=[p.id for p in attached])
    pictures = {p.id: photo_store.complaint_row(p, new.id) for p in attached}
    file = ComplaintFile(complaint=new, timeline=[first], photos=pictures)
    portal.db.write(
        *([once.put(snapshot(file, now), now)] if once else []),
        *store.add(new, portal.keys),
        store.add_row(new.id, first, portal.keys),
        photos.daily_cap(person.id, "complaints", portal.settings.reports_per_day, now),
        *(op for photo in attached for op in photo_store.attach_to_complaint(photo, new.id)),
        outbox.add(notices.filed(new), now),
    )
    return file


def move(
    portal: Portal,
    person: Person,
    complaint_id: str,
    action: str,
    body: OwnerMove,
    once: Once | None,
    now: datetime,
) -> Filed:
    """Withdraw, agree with the reply, or not agree. Raises NotFound, VersionConflict, IllegalTransition or Invalid."""

    def work() -> ComplaintFile:
        file = access.for_person(portal, person, complaint_id)
        before = file.complaint
        rules.check_owner(before, action, body.version, body.reason)
        to = rules.OWNER_MOVES[action]
        ends = {} if action == "dissent" else {"result": body.reason or None}
        after = rules.moved(before, to, now, levels_for(portal, before.community_id), **ends)
        one = row(
            now, "stage", before.person, from_stage=before.stage, to=to, step=action, text=body.reason or None
        )
        return commit(portal, Change(file, after, [one], [_told(after, action)]), now, once)

    return attempt(portal, once, work, now)


def _told(after: Complaint, action: str) -> Notice:
    if action == "dissent":
        return notices.disagrees(after)
    return notices.to_handler(after, "complaint_withdrawn" if action == "withdraw" else "complaint_accepted")


def message(
    portal: Portal, person: Person, complaint_id: str, body: Words, once: Once | None, now: datetime
) -> Filed:
    """Add words to what was sent, while it is open. Raises NotFound or IllegalTransition."""

    def work() -> ComplaintFile:
        file = access.for_person(portal, person, complaint_id)
        rules.check_owner(file.complaint, "message", None, None)
        one = row(now, "message", file.complaint.person, text=body.text)
        told = notices.to_handler(file.complaint, "complaint_message")
        change = Change(file, file.complaint, [one], [told])
        change.extra.append(photos.daily_cap(person.id, "messages", portal.settings.messages_per_day, now))
        return commit(portal, change, now, once)

    return attempt(portal, once, work, now)
