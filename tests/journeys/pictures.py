"""Photo files for the journeys: real ones where they are, else made ones; and what came out of them."""

import io
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from local.engines import ROOT
from tests.factories_photos import make_photo, make_picture
from tests.journeys.running import wait_for
from tests.plain import NO_TLS

FOLDER = ROOT.parent / "shared" / "photos"
REAL = sorted(FOLDER.iterdir()) if FOLDER.is_dir() else []


def made_photos(folder: Path) -> list[Path]:
    """Two photos with EXIF and GPS, one of them held sideways."""
    files = []
    for name, orientation in (("upright.jpg", 1), ("sideways.jpg", 6)):
        picture = make_picture(size=(1200, 900))
        files.append(folder / name)
        files[-1].write_bytes(make_photo(picture=picture, orientation=orientation))
    return files


def phone_photos(folder: Path) -> list[Path]:
    """Two photos as phones make them: an iPhone's HEIC and a turned JPEG; made ones where there are none."""
    if not REAL:
        return made_photos(folder)
    return [FOLDER / "IMG_5195.HEIC", FOLDER / "portrait_6.jpg"]


def fetched(url: str) -> Image.Image:
    """A picture as anybody with its link gets it: a WebP; fails when it carries anything besides."""
    answer = httpx.get(url, verify=NO_TLS).raise_for_status()
    assert answer.headers["content-type"] == "image/webp"
    image = Image.open(io.BytesIO(answer.content))
    image.load()
    assert image.format == "WEBP"
    assert not image.getexif()
    assert not {"exif", "xmp", "icc_profile"} & image.info.keys()
    assert not any(mark in answer.content for mark in (b"EXIF", b"XMP ", b"ICCP", b"Exif\x00\x00"))
    return image


def begin(api: httpx.Client, size: int, content_type: str) -> dict[str, Any]:
    """Begin an upload as an app does."""
    return dict(api.post("photos", json={"content_type": content_type, "size_bytes": size}).json())


def finish(api: httpx.Client, begun: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Send the file of a begun upload, and wait for what becomes of it."""
    form = begun["upload"]
    httpx.post(
        form["url"], data=form["fields"], files={"file": ("photo", data)}, verify=NO_TLS
    ).raise_for_status()

    def settled() -> dict[str, Any] | None:
        photo: dict[str, Any] = api.get(f"photos/{begun['photo_id']}").json()
        return photo if photo["status"] != "pending" else None

    return wait_for(settled, 60, "the photo")


def upload(api: httpx.Client, data: bytes, content_type: str) -> dict[str, Any]:
    """Send a photo as an app does, and wait for what becomes of it."""
    return finish(api, begin(api, len(data), content_type), data)
