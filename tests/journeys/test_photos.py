"""Photos through the running portal: every real one, their made twins, and files that are no photos."""

from pathlib import Path

import httpx
import pytest

from tests.factories_photos import CORNERS, make_photo, make_picture, make_png
from tests.journeys.pictures import FOLDER, REAL, fetched, upload
from tests.journeys.running import OWNER, Running
from tests.photos.test_processing_real import UPRIGHT

TYPES = {".jpg": "image/jpeg", ".heic": "image/heic"}


@pytest.fixture(scope="module")
def owner(running: Running) -> httpx.Client:
    """An owner's app."""
    return running.api(OWNER)


@pytest.mark.skipif(not REAL, reason="the folder of real photos is not here")
def test_every_real_photo_comes_out_upright_and_without_metadata(owner: httpx.Client) -> None:
    for name, size in UPRIGHT.items():
        path = FOLDER / name
        photo = upload(owner, path.read_bytes(), TYPES[path.suffix.lower()])
        assert photo["status"] == "ready", (name, photo)
        assert fetched(photo["urls"]["full"]).size == size, name
        assert max(fetched(photo["urls"]["thumb"]).size) <= 320, name


@pytest.mark.parametrize(("kind", "orientation"), [("JPEG", 6), ("JPEG", 3), ("WEBP", 8), ("HEIC", 6)])
def test_a_made_photo_comes_out_upright_and_without_metadata(
    owner: httpx.Client, kind: str, orientation: int
) -> None:
    data = make_photo(picture=make_picture(size=(640, 480)), kind=kind, orientation=orientation)
    photo = upload(owner, data, f"image/{kind.lower()}")
    assert photo["status"] == "ready", photo
    picture = fetched(photo["urls"]["full"]).convert("RGB")
    assert picture.size == (640, 480)
    for place, colour in zip([(80, 60), (560, 60), (80, 420), (560, 420)], CORNERS, strict=True):
        seen = picture.getpixel(place)
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 40 for a, b in zip(seen, colour, strict=True)), (place, seen, colour)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (make_photo()[:400], "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_photo"),
        (make_png(size=(30_000, 30_000)), "too_large_pixels"),
    ],
    ids=["cut off", "an SVG", "a bomb"],
)
def test_what_is_no_usable_photo_is_rejected_with_a_reason(
    owner: httpx.Client, data: bytes, reason: str
) -> None:
    photo = upload(owner, data, "image/jpeg")
    assert (photo["status"], photo["reason"]) == ("rejected", reason)
    assert photo["urls"] is None


@pytest.mark.skipif(not REAL, reason="the folder of real photos is not here")
def test_a_real_photo_that_was_cut_off_on_the_way_is_rejected(owner: httpx.Client) -> None:
    data = Path(FOLDER / "portrait_6.jpg").read_bytes()
    assert upload(owner, data[: len(data) // 2], "image/jpeg")["status"] == "rejected"
