"""Who may see which complaint: the person who sent it, and the office of its community; auditors read. Not there and
not yours look the same."""

from chalicelib.accounts.models import Person
from chalicelib.complaints import store
from chalicelib.complaints.models import Complaint, ComplaintFile
from chalicelib.complaints.rules import OFFICE
from chalicelib.errors import NotFound
from chalicelib.ids import is_id
from chalicelib.issues.access import role_in
from chalicelib.issues.models import Actor
from chalicelib.portal import Portal

#: Technicians are not among them: complaints are often about somebody's work.
READERS = OFFICE | {"auditor"}


def for_person(portal: Portal, person: Person, complaint_id: str) -> ComplaintFile:
    """One that this person has sent; raises NotFound."""
    file = _load(portal, complaint_id)
    if file.complaint.person.id != person.id:
        raise NotFound
    return file


def for_desk(portal: Portal, person: Person, complaint_id: str) -> tuple[ComplaintFile, frozenset[str]]:
    """One of a community in whose office this person works, and their roles there; raises NotFound."""
    file = _load(portal, complaint_id)
    return file, roles_at(person, file.complaint)


def roles_at(person: Person, complaint: Complaint) -> frozenset[str]:
    """The roles of a person where a complaint is; raises NotFound when none of them may read it."""
    roles = person.roles_in(complaint.community_id) & READERS
    if not roles:
        raise NotFound
    return roles


def may_see(portal: Portal, person: Person, complaint_id: str) -> bool:
    """Whether a person may see one at all."""
    file = store.load(portal.db, portal.keys, complaint_id)
    if file is None:
        return False
    mine = file.complaint.person.id == person.id
    return mine or bool(person.roles_in(file.complaint.community_id) & READERS)


def _load(portal: Portal, complaint_id: str) -> ComplaintFile:
    file = store.load(portal.db, portal.keys, complaint_id) if is_id(complaint_id) else None
    if file is None:
        raise NotFound
    return file


def communities_of(person: Person, wanted: str | None, roles: frozenset[str] = READERS) -> list[str]:
    """The communities whose complaints somebody may read, or the one asked for; raises NotFound for another."""
    theirs = person.communities(roles)
    if not theirs or (wanted and wanted not in theirs):
        raise NotFound
    return [wanted] if wanted else theirs


def as_sender(person: Person, complaint_origin: str, community_id: str) -> Actor:
    """A person as the one who sends something: an owner, or a member of staff with a suggestion."""
    if complaint_origin == "owner":
        return Actor(id=person.id, name=person.name, role="owner")
    return as_staff(person, community_id)


def as_staff(person: Person, community_id: str) -> Actor:
    """A person in the first of their roles in a community."""
    role = role_in(person, community_id)
    return Actor.model_validate({"id": person.id, "name": person.name, "role": role})
