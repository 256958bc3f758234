"""The responsibility matrix: which departments answer for what in a community, kept by its managers."""

from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.complaints.bodies import SetMatrix
from chalicelib.complaints.models import Matrix
from chalicelib.complaints.policy import CATEGORIES
from chalicelib.conditions import Attr
from chalicelib.db import K, Put
from chalicelib.errors import Forbidden, VersionConflict
from chalicelib.portal import Portal

MANAGER = frozenset({"manager"})
_DEFAULT = {name: list(category.departments) for name, category in CATEGORIES.items()}


def _key(community_id: str) -> K:
    return K(f"COMMUNITY#{community_id}", "DEPARTMENTS")


def get(portal: Portal, community_id: str) -> Matrix:
    """What holds in a community: the defaults until a manager changes them."""
    item = portal.db.get(_key(community_id))
    if item is None:
        return Matrix.model_validate(_DEFAULT)
    return Matrix(**item["departments"], version=item["version"])


def save(portal: Portal, person: Person, body: SetMatrix, now: datetime) -> Matrix:
    """Change it, unless somebody else did since it was read. Raises Forbidden or VersionConflict.

    Sent twice, the second time finds it as it was wanted."""
    if body.community_id not in person.communities(MANAGER):
        raise Forbidden
    wanted = {name: list(dict.fromkeys(body.of(category.id))) for name, category in CATEGORIES.items()}
    before = get(portal, body.community_id)
    if before.version and {name: before.of(one.id) for name, one in CATEGORIES.items()} == wanted:
        return before
    if before.version != body.version:
        raise VersionConflict
    after = Matrix(**wanted, version=before.version + 1)
    key = _key(body.community_id)
    seen = Attr("version").eq(before.version) if before.version else Attr("PK").not_exists()
    item = {"PK": key.pk, "SK": key.sk, "departments": wanted, "version": after.version}
    act = audit.Act(body.community_id, person.id, "complaint_departments", body.community_id)
    portal.db.write(Put(item, condition=seen, error=VersionConflict()), audit.add(act, now))
    return after
