"""What the office does with complaints: takes steps, gives them on, notes, links, calls back."""

from datetime import datetime

from chalicelib.accounts import contact as contacts
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.complaints import access, letters, matrix, notices, rules, store
from chalicelib.complaints.bodies import CalledBack, Give, Link, Step, Words
from chalicelib.complaints.commit import Change, Filed, attempt, commit, row
from chalicelib.complaints.models import CallBack, Complaint, ComplaintFile
from chalicelib.complaints.policy import MAX_LINKS
from chalicelib.desk.models import Contact
from chalicelib.due.plan import levels_for
from chalicelib.errors import N_, Forbidden, Invalid
from chalicelib.issues.models import Holder, Ref
from chalicelib.once import Once
from chalicelib.portal import Portal

_NO_HANDLER = N_("Choose somebody of this community's office.")
_NO_SUCH_NUMBER = N_("There is none with this number in this community.")
_FULL = N_("It is linked with as many as can be kept.")


def step(
    portal: Portal, person: Person, complaint_id: str, body: Step, once: Once | None, now: datetime
) -> Filed:
    """Take a step. Raises NotFound, Forbidden, VersionConflict, IllegalTransition, or Invalid when words are missing.

    A written reply is made into a letter first, under a name of its own: should the step be refused then, nothing
    leads to that letter.
    """

    def work() -> ComplaintFile:
        file, roles = access.for_desk(portal, person, complaint_id)
        rules.check_step(file.complaint, body.step, body.version, roles, body.text, body.decision)
        after = _after(portal, person, file.complaint, body, now)
        return commit(portal, _taken(portal, person, file, after, body, now), now, once)

    return attempt(portal, once, work, now)


def _after(portal: Portal, person: Person, before: Complaint, body: Step, now: datetime) -> Complaint:
    """The complaint once the step is taken: its words where they belong, and whoever begins with it has it."""
    also: dict[str, object] = {
        "conclude": {"findings": body.text},
        "decide": {"opinion": body.text, "decision": body.decision, "decided_at": now},
        "reply": {"reply": body.text, "replied_at": now},
        "answer": {"reply": body.text, "replied_at": now},
        "close": {"result": body.text},
    }.get(body.step, {})  # type: ignore[assignment]
    if body.step == "start":
        proposed = matrix.get(portal, before.community_id).of(before.category)
        me = before.handler or Holder(id=person.id, name=person.name)
        also = rules.given(before, [], me, proposed)
    if body.step == "reply":
        also["letter_id"] = letters.write(portal, before, body.text or "", now)
    to = rules.MOVES[body.step].to
    return rules.moved(before, to, now, levels_for(portal, before.community_id), **also)


def _taken(
    portal: Portal, person: Person, file: ComplaintFile, after: Complaint, body: Step, now: datetime
) -> Change:
    before = file.complaint
    asked = rules.MOVES[body.step].needs
    words = [body.text if "text" in asked else None, body.decision if "decision" in asked else None]
    text = "\n".join(part for part in words if part) or None
    one = row(
        now,
        "stage",
        access.as_staff(person, before.community_id),
        from_stage=before.stage,
        to=after.stage,
        step=body.step,
        text=text,
        departments=after.departments if body.step == "start" else [],
        handler=after.handler if body.step == "start" else None,
    )
    act = audit.Act(before.community_id, person.id, "complaint_step", before.id, body.step)
    return Change(file, after, [one], notices.step_taken(portal.keys, after, body.step), act)


def assign(
    portal: Portal, person: Person, complaint_id: str, body: Give, once: Once | None, now: datetime
) -> Filed:
    """Give it to departments and to somebody. Raises NotFound, Forbidden, VersionConflict, IllegalTransition, or
    Invalid for somebody who does not work in the office."""

    def work() -> ComplaintFile:
        file, roles = access.for_desk(portal, person, complaint_id)
        before = file.complaint
        rules.check_action(before, "assign", body.version, roles)
        handler = _handler(portal, before, body.handler_id) if body.handler_id else None
        departments = list(dict.fromkeys(body.departments))
        update = {**rules.given(before, departments, handler, []), "version": before.version + 1}
        after = before.model_copy(update=update)
        actor = access.as_staff(person, before.community_id)
        one = row(now, "assigned", actor, departments=after.departments, handler=after.handler)
        act = audit.Act(before.community_id, person.id, "complaint_assign", before.id, after_id(after))
        return commit(
            portal, Change(file, after, [one], notices.given(after, before, person.id), act), now, once
        )

    return attempt(portal, once, work, now)


def after_id(complaint: Complaint) -> str:
    """Who has it, for the audit trail."""
    return complaint.handler.id if complaint.handler else ""


def _handler(portal: Portal, complaint: Complaint, account_id: str) -> Holder:
    member = communities.staff_member(portal.db, portal.keys, complaint.community_id, account_id)
    if member is None or not set(member.roles) & rules.OFFICE:
        raise Invalid.field("handler_id", "not_office", _NO_HANDLER)
    return Holder(id=member.id, name=member.name)


def note(
    portal: Portal, person: Person, complaint_id: str, body: Words, once: Once | None, now: datetime
) -> Filed:
    """Write down what was found out; its sender does not see it. Raises NotFound or Forbidden."""

    def work() -> ComplaintFile:
        file, roles = access.for_desk(portal, person, complaint_id)
        if not roles & rules.OFFICE:
            raise Forbidden
        complaint = file.complaint
        one = row(now, "note", access.as_staff(person, complaint.community_id), text=body.text)
        act = audit.Act(complaint.community_id, person.id, "complaint_note", complaint.id)
        return commit(portal, Change(file, complaint, [one], act=act), now, once)

    return attempt(portal, once, work, now)


def link(
    portal: Portal, person: Person, complaint_id: str, body: Link, once: Once | None, now: datetime
) -> Filed:
    """Say that it is the same trouble as another one of the community. Raises NotFound, Forbidden, VersionConflict, or
    Invalid for a number that is not there."""

    def work() -> ComplaintFile:
        file, roles = access.for_desk(portal, person, complaint_id)
        before = file.complaint
        rules.check_action(before, "link", body.version, roles)
        other = _other(portal, before, body.number)
        after = before.model_copy(update={"links": [*before.links, other], "version": before.version + 1})
        one = row(now, "linked", access.as_staff(person, before.community_id), link=other)
        act = audit.Act(before.community_id, person.id, "complaint_link", before.id, other.id)
        return commit(portal, Change(file, after, [one], act=act), now, once)

    return attempt(portal, once, work, now)


def _other(portal: Portal, complaint: Complaint, number: str) -> Ref:
    found = store.id_of_number(portal.db, number.strip().upper())
    others = store.get_many(portal.db, portal.keys, [found] if found and found != complaint.id else [])
    if not others or others[0].community_id != complaint.community_id:
        raise Invalid.field("number", "unknown_number", _NO_SUCH_NUMBER)
    other = Ref(id=others[0].id, number=others[0].number)
    if other in complaint.links:
        raise Invalid.field("number", "linked_already", N_("They are linked already."))
    if len(complaint.links) >= MAX_LINKS:
        raise Invalid.field("number", "full", _FULL)
    return other


def call_back(
    portal: Portal, person: Person, complaint_id: str, body: CalledBack, once: Once | None, now: datetime
) -> Filed:
    """Write down that somebody has called back. Raises NotFound, Forbidden, VersionConflict, IllegalTransition."""

    def work() -> ComplaintFile:
        file, roles = access.for_desk(portal, person, complaint_id)
        before = file.complaint
        rules.check_action(before, "call_back", body.version, roles)
        done = CallBack(at=now, satisfied=body.satisfied)
        after = before.model_copy(update={"called_back": done, "version": before.version + 1})
        actor = access.as_staff(person, before.community_id)
        one = row(now, "called_back", actor, text=body.text or None)
        act = audit.Act(before.community_id, person.id, "complaint_call_back", before.id)
        return commit(portal, Change(file, after, [one], act=act), now, once)

    return attempt(portal, once, work, now)


def contact(portal: Portal, person: Person, complaint_id: str, now: datetime) -> Contact:
    """The sender's name and full number; the look itself is written into the audit trail first."""
    file, roles = access.for_desk(portal, person, complaint_id)
    if not roles & rules.OFFICE:
        raise Forbidden
    complaint = file.complaint
    act = audit.Act(complaint.community_id, person.id, "complaint_contact", complaint.id)
    return contacts.shown(portal, complaint.person.id, act, now)
