"""Which of somebody's communities is meant."""

from chalicelib.accounts.models import Person
from chalicelib.errors import NotFound

_MANAGER = frozenset({"manager"})


def managed(person: Person, wanted: str | None, roles: frozenset[str] = _MANAGER) -> str:
    """The community that somebody manages: the one asked for, else their first. `roles` are those that do for it.
    Raises NotFound for another's, and where there is none."""
    theirs = person.communities(roles)
    if not theirs or (wanted and wanted not in theirs):
        raise NotFound
    return wanted or theirs[0]
