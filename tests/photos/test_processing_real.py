"""Photos as real phones and cameras made them; their generated twins are in test_processing.py."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from chalicelib.photos.processing import PhotoRejected, process

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "photos"

#: File → the size of its upright full picture, seen to be right by eye.
UPRIGHT = {
    "DSCN0010.jpg": (640, 480),
    "DSCN0042.jpg": (640, 480),
    "HMD_Nokia_8.3_5G.jpg": (1600, 686),
    "IMG_5195.HEIC": (1239, 1600),
    "image01088.jpg": (425, 120),
    "iphone_13_pro_max.HEIC": (1200, 1600),
    "iphone_hdr_YES.jpg": (1600, 1200),
    "landscape_3.jpg": (600, 450),
    "landscape_5.jpg": (600, 450),
    "no_exif.jpg": (322, 466),
    "portrait_6.jpg": (450, 600),
    "portrait_8.jpg": (450, 600),
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real photos is not here")


def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _full(name: str) -> Image.Image:
    return Image.open(io.BytesIO(process(_read(name)).full)).convert("RGB")


def test_every_file_of_the_folder_has_an_expectation() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(UPRIGHT)


@pytest.mark.parametrize("name", UPRIGHT)
def test_a_real_photo_becomes_two_upright_pictures_without_metadata(name: str) -> None:
    photo = process(_read(name))
    assert (photo.width, photo.height) == UPRIGHT[name]
    for data, limit in ((photo.full, 1600), (photo.thumb, 320)):
        image = Image.open(io.BytesIO(data))
        image.load()
        assert image.format == "WEBP"
        assert max(image.size) == min(limit, max(UPRIGHT[name]))
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & image.info.keys()


@pytest.mark.parametrize(
    ("one", "other"), [("landscape_3.jpg", "landscape_5.jpg"), ("portrait_6.jpg", "portrait_8.jpg")]
)
def test_the_same_view_held_differently_ends_the_same(one: str, other: str) -> None:
    difference = ImageChops.difference(_full(one), _full(other))
    width, height = difference.size
    # A number in the middle names the orientation; the left third is the same view.
    assert max(ImageStat.Stat(difference.crop((0, 0, width // 3, height))).rms) < 12


@pytest.mark.parametrize("name", UPRIGHT)
@pytest.mark.parametrize("part", [0.05, 0.5, 0.99])
def test_a_real_photo_that_is_cut_off_is_rejected(name: str, part: float) -> None:
    data = _read(name)
    with pytest.raises(PhotoRejected, match="broken"):
        process(data[: int(len(data) * part)])
