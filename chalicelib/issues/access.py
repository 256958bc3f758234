"""Who may see which issue: the one place for it. Not there and not yours look the same."""

from chalicelib.accounts.models import DESK_ROLES, Person, Role
from chalicelib.errors import Forbidden, NotFound
from chalicelib.ids import is_id
from chalicelib.issues import store
from chalicelib.issues.models import Actor, Issue, IssueFile
from chalicelib.issues.rules import Relation
from chalicelib.portal import Portal

#: With several roles, the one in whose name a person acts at the desk.
_RANK: tuple[Role, ...] = ("manager", "expert", "senior", "front_line", "technician", "auditor", "designer")


def for_owner(portal: Portal, person: Person, issue_id: str) -> tuple[IssueFile, Relation]:
    """An issue that this person reported or follows; raises NotFound."""
    file = _load(portal, issue_id)
    if file.issue.reporter.id == person.id:
        return file, "reporter"
    if person.id in file.followers:
        return file, "follower"
    raise NotFound


def for_staff(portal: Portal, person: Person, issue_id: str) -> tuple[IssueFile, frozenset[str]]:
    """An issue of a community in which this person has a place at the desk, and their roles there.

    Raises NotFound for another community's issue.
    """
    file = _load(portal, issue_id)
    return file, staff_roles(person, file.issue)


def staff_roles(person: Person, issue: Issue) -> frozenset[str]:
    """The desk roles of a person where the issue is; raises NotFound when there are none."""
    roles = person.roles_in(issue.community_id) & DESK_ROLES
    if not roles:
        raise NotFound
    return roles


def _load(portal: Portal, issue_id: str) -> IssueFile:
    file = store.load(portal.db, portal.keys, issue_id) if is_id(issue_id) else None
    if file is None:
        raise NotFound
    return file


def for_neighbour(portal: Portal, person: Person, issue_id: str) -> tuple[IssueFile, Relation]:
    """An issue that this person reported, follows, or may learn of as a neighbour; raises NotFound.

    Neighbours learn of what is in a public place of a community in which they have a home.
    """
    file = _load(portal, issue_id)
    issue = file.issue
    if issue.reporter.id == person.id:
        return file, "reporter"
    if person.id in file.followers:
        return file, "follower"
    if issue.area == "public" and lives_in(person, issue.community_id):
        return file, "neighbour"
    raise NotFound


def relation(person: Person, issue: Issue) -> Relation:
    """How a person stands to an issue of their own list."""
    return "reporter" if issue.reporter.id == person.id else "follower"


def lives_in(person: Person, community_id: str) -> bool:
    """Whether a person has a home there."""
    return any(unit.community_id == community_id for unit in person.units)


def may_see(person: Person, file: IssueFile) -> bool:
    """Whether a person may see an issue at all, as an owner or as staff."""
    issue = file.issue
    theirs = issue.reporter.id == person.id or person.id in file.followers
    return theirs or bool(person.roles_in(issue.community_id) & DESK_ROLES)


def actor_in(person: Person, issue: Issue) -> Actor:
    """A person as they act on an issue: as its owner, else in the first of their roles there."""
    if issue.reporter.id == person.id:
        return as_owner(person)
    role = role_in(person, issue.community_id)
    return Actor(id=person.id, name=person.name, role=role) if role else as_owner(person)


def as_owner(person: Person) -> Actor:
    """A person as an owner."""
    return Actor(id=person.id, name=person.name, role="owner")


def as_staff(person: Person, issue: Issue) -> Actor:
    """A person as a member of staff; raises Forbidden when they are none there."""
    role = role_in(person, issue.community_id)
    if role is None:
        raise Forbidden
    return Actor(id=person.id, name=person.name, role=role)


def role_in(person: Person, community_id: str) -> Role | None:
    """The role in whose name a person acts at a community's desk; None for those who are no staff there."""
    roles = person.roles_in(community_id)
    return next((role for role in _RANK if role in roles), None)


def communities_of(person: Person, wanted: str | None) -> list[str]:
    """The communities whose queue is asked for; raises NotFound for one that is not theirs."""
    theirs = person.communities()
    if wanted is None or wanted == "":
        return theirs
    if wanted not in theirs:
        raise NotFound
    return [wanted]
