"""Previews to look around in, and the photos that they are made of."""

import io

import pytest
from PIL import Image

from chalicelib.errors import NotFound, PortalError
from chalicelib.photos import intake, processing
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.portal import Portal
from chalicelib.previews import service
from chalicelib.previews.models import AddPreview
from tests.decoration.factories import make_preview
from tests.factories import NOW, People
from tests.factories_photos import make_photo, make_picture


@pytest.mark.parametrize(
    ("size", "wide"),
    [((5000, 2500), (4096, 2048)), ((2400, 1200), (2400, 1200)), ((1600, 800), None), ((2400, 1201), None)],
)
def test_a_picture_twice_as_wide_as_high_is_kept_large_too(
    size: tuple[int, int], wide: tuple[int, int] | None
) -> None:
    done = processing.process(make_photo(picture=make_picture(size=size)))
    assert max(done.width, done.height) == 1600
    found = Image.open(io.BytesIO(done.wide)).size if done.wide else None
    assert found == wide


def _sent(portal: Portal, photo_id: str, size: tuple[int, int]) -> None:
    """A phone has uploaded the picture."""
    data = make_photo(picture=make_picture(size=size))
    portal.storage.write(photo_store.upload_object(photo_id), data, "image/jpeg", "")
    assert intake.take_in(portal, photo_store.upload_object(photo_id), len(data), NOW) == "ready"


def test_owners_look_around_once_the_picture_is_prepared(portal: Portal, people: People) -> None:
    make_preview(portal=portal, by=people.designer)
    (before,) = service.listed(portal, people.owner, "maple", None, NOW)
    assert (before.flat, before.around) == (None, None)
    photo_id = next(
        row["id"] for row in portal.db.query_all("PREVIEWS#maple") if row["SK"].startswith("PHOTO#")
    )
    _sent(portal, photo_id, (2400, 1200))
    (after,) = service.listed(portal, people.owner, "maple", None, NOW)
    assert after.around
    assert f"photos/{photo_id}/wide.webp" in after.around
    with pytest.raises(NotFound):
        service.listed(portal, people.cedar_owner, "maple", None, NOW)


def test_a_usual_photo_is_shown_flat(portal: Portal, people: People) -> None:
    photo_id = photos.start_plain(portal, people.designer, NOW)
    _sent(portal, photo_id, (640, 480))
    body = AddPreview(community_id="maple", name="客厅", photo_id=photo_id)
    service.add(portal, people.designer, body, None, NOW)
    (one,) = service.listed(portal, people.owner, "maple", None, NOW)
    assert one.flat
    assert one.around is None


def test_a_photo_belongs_to_one_thing_alone(portal: Portal, people: People) -> None:
    photo_id = photos.start_plain(portal, people.designer, NOW)
    body = AddPreview(community_id="maple", name="客厅", photo_id=photo_id)
    service.add(portal, people.designer, body, None, NOW)
    with pytest.raises(PortalError):
        service.add(portal, people.designer, body, None, NOW)


def test_taking_a_preview_away_takes_its_pictures_along(portal: Portal, people: People) -> None:
    photo_id = photos.start_plain(portal, people.designer, NOW)
    _sent(portal, photo_id, (2400, 1200))
    body = AddPreview(community_id="maple", name="客厅", photo_id=photo_id)
    preview_id = service.add(portal, people.designer, body, None, NOW)
    with pytest.raises(NotFound):
        service.remove(portal, people.cedar_manager, "maple", preview_id, NOW)
    service.remove(portal, people.manager, "maple", preview_id, NOW)
    assert portal.db.query_all("PREVIEWS#maple") == []
    assert photo_store.get(portal.db, photo_id) is None
    assert portal.storage.list(f"photos/{photo_id}/", 10) == ()
