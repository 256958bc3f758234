"""Previews of plans: looked at by those who live or work somewhere, put there by designers and managers."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.managing import managed
from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.consultations.plans import CALENDAR_ROLES
from chalicelib.db import Item, Op
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.ids import new_id
from chalicelib.once import Once, settled
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.portal import Portal
from chalicelib.previews import store
from chalicelib.previews.models import MOST_PREVIEWS, AddPreview, Preview, PreviewView

_FULL = N_("There are too many previews. Take some away first.")


def view(portal: Portal, one: Preview, row: Item | None, origin: str | None, now: datetime) -> PreviewView:
    """A preview with links to its pictures."""
    shown = photos.view(portal, row, origin, now).urls if row else None
    return PreviewView(
        id=one.id, name=one.name, words=one.words, thumb=shown.thumb if shown else None,
        flat=shown.full if shown else None, around=photos.view_around(portal, row, origin, now) if row else None,
    )  # fmt: skip


def listed(
    portal: Portal, person: Person, community_id: str, origin: str | None, now: datetime
) -> list[PreviewView]:
    """A community's previews, for those who live or work there; raises NotFound. One round trip."""
    if community_id not in {u.community_id for u in person.units} | {g.community_id for g in person.grants}:
        raise NotFound
    return [view(portal, one, row, origin, now) for one, row in store.listed(portal.db, community_id)]


def add(portal: Portal, person: Person, body: AddPreview, once: Once | None, now: datetime) -> str:
    """Show a plan's picture; gives back its id. Raises NotFound, and Invalid for a photo that can't be used."""
    managed(person, body.community_id, CALENDAR_ROLES)

    def work() -> str:
        if len(store.listed(portal.db, body.community_id)) >= MOST_PREVIEWS:
            raise Invalid.field("name", "too_many", _FULL)
        (photo,) = photos.free_photos(portal, person, [body.photo_id])
        one = Preview(id=new_id(now), by=person.id, at=now, **body.model_dump(exclude={"community_id"}))
        kept: list[Op] = [once.put({"id": one.id}, now)] if once else []
        portal.db.write(
            *kept,
            store.add(body.community_id, one),
            *photo_store.attach_to(photo, store.previews_pk(body.community_id)),
            audit.add(audit.Act(body.community_id, person.id, "preview", one.id, "added"), now),
        )
        return one.id

    def again(kept: dict[str, Any]) -> tuple[str, datetime]:
        return str(kept["id"]), now

    return settled(portal.db, once, work, again, now)[0]


def remove(portal: Portal, person: Person, community_id: str, preview_id: str, now: datetime) -> None:
    """Take a preview away, with its pictures. Raises NotFound."""
    managed(person, community_id, CALENDAR_ROLES)
    found = next((pair for pair in store.listed(portal.db, community_id) if pair[0].id == preview_id), None)
    if found is None:
        raise NotFound
    one, _ = found
    photo = photo_store.get(portal.db, one.photo_id)
    gone = photo_store.forget(photo, photo_store.PhotoChanged()) if photo else []
    # Pictures first: should the record stay behind, another try removes it; the other way round none would.
    photos.remove_objects(portal, one.photo_id)
    act = audit.Act(community_id, person.id, "preview", preview_id, "removed")
    portal.db.write(store.remove(community_id, preview_id), *gone, audit.add(act, now))
