"""Who sees which project: whoever the home is linked to, its designer, managers there."""

from chalicelib.accounts.models import Person
from chalicelib.errors import NotFound
from chalicelib.portal import Portal
from chalicelib.projects import store
from chalicelib.projects.models import Project, ProjectFile


def own(portal: Portal, person: Person, unit_id: str) -> ProjectFile:
    """The project of one of somebody's homes; raises NotFound."""
    file = store.load(portal.db, portal.keys, unit_id) if person.unit(unit_id) else None
    if file is None:
        raise NotFound
    return file


def at_desk(portal: Portal, person: Person, unit_id: str) -> ProjectFile:
    """A project that somebody looks after; raises NotFound."""
    file = store.load(portal.db, portal.keys, unit_id) if len(unit_id) <= 64 else None
    if file is None or not looks_after(person, file.project):
        raise NotFound
    return file


def looks_after(person: Person, project: Project) -> bool:
    """Whether somebody works on a project: its designer, or a manager there."""
    roles = person.roles_in(project.community_id)
    return "manager" in roles or ("designer" in roles and project.designer_id == person.id)
