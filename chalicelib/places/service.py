"""What people do with public places: managers keep the list, everybody else finds a place by code or name."""

import re
import secrets
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.errors import N_, Invalid, NotFound, VersionConflict
from chalicelib.places import rules, store
from chalicelib.places.models import ChangePlace, NewPlace, Place
from chalicelib.portal import Portal

MANAGER = frozenset({"manager"})
_GONE = N_("This place is not on our list any more. Say in your own words where it is.")
_NO_NAME = N_("Give the place a name with letters or digits.")


def add(portal: Portal, actor_id: str, community_id: str, wanted: list[NewPlace], now: datetime) -> int:
    """Put places on a community's list; gives back how many are new. One whose name is there already stays as
    it is, so the same list may be sent again."""
    added = 0
    for new in wanted:
        place = Place(id=_code(), community_id=community_id, name=new.name, building=new.building)
        act = audit.Act(community_id, actor_id, "place_added", place.id)
        try:
            portal.db.write(*store.add(place), audit.add(act, now))
        except store.NameTaken:
            continue
        added += 1
    return added


def _code() -> str:
    """Drawn at random: a code tells neither how many places there are, nor which come before and after."""
    return "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(rules.CODE_LENGTH))


def change(portal: Portal, person: Person, place_id: str, body: ChangePlace, now: datetime) -> Place:
    """Rename, retire or bring back a place. Raises NotFound, Invalid, VersionConflict or NameTaken.

    Sent twice, the second time finds it as it was wanted and changes nothing.
    """
    before = store.find(portal.db, place_id) if rules.is_code(place_id) else None
    if before is None or before.community_id not in person.communities(MANAGER):
        raise NotFound
    if not rules.normalised(body.name):
        raise Invalid.field("name", "missing", _NO_NAME)
    retired = before.retired if body.act == "save" else body.act == "retire"
    wanted = {"name": body.name, "building": body.building[:30], "retired": retired}
    after = before.model_copy(update=wanted)
    if after == before:
        return before
    if before.version != body.version:
        raise VersionConflict
    after = after.model_copy(update={"version": before.version + 1})
    act = audit.Act(before.community_id, person.id, "place_changed", before.id, body.act)
    portal.db.write(*store.change(before, after), audit.add(act, now))
    return after


def at(portal: Portal, code: str) -> Place | None:
    """The place in use that a poster's code stands for."""
    place = store.find(portal.db, code) if rules.is_code(code) else None
    return None if place is None or place.retired else place


def reported(portal: Portal, community_id: str, place_id: str) -> Place:
    """The place that a report names; raises Invalid when the community has it no longer, or never had it."""
    place = store.get(portal.db, community_id, place_id) if rules.is_code(place_id) else None
    if place is None or place.retired:
        raise Invalid.field("place_id", "unknown_place", _GONE)
    return place


def named(portal: Portal, community_id: str, location: str) -> str | None:
    """The id of the place whose name somebody has written, give or take spaces and width: one round trip."""
    return store.id_of_name(portal.db, community_id, location)


def in_use(portal: Portal, community_id: str) -> list[Place]:
    """A community's places, by building and name, digits by their value: "2 号楼" before "10 号楼"."""
    return sorted((p for p in store.all_of(portal.db, community_id) if not p.retired), key=by_name)


def by_name(place: Place) -> list[tuple[int, str]]:
    """Sorts places as people would."""
    parts = re.findall(r"\d+|\D+", f"{place.building} {place.name}")
    return [(int(part[:9]), "") if part[0].isascii() and part.isdigit() else (10**9, part) for part in parts]
