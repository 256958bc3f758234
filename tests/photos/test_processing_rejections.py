"""What is not taken, why, and that saying so costs little."""

import io
import time

import pillow_heif
import pytest
from PIL import Image

from chalicelib.photos.limits import MAX_BYTES
from chalicelib.photos.processing import PhotoRejected, process
from tests.factories_photos import make_photo, make_picture, make_png

KINDS = ["JPEG", "PNG", "WEBP", "HEIC"]


def _reason(data: bytes) -> str:
    with pytest.raises(PhotoRejected) as caught:
        process(data)
    return caught.value.reason


def _detailed(kind: str) -> bytes:
    picture = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    return make_photo(kind=kind, picture=picture)


def test_a_file_above_20_mb_is_too_large() -> None:
    assert _reason(make_photo() + bytes(MAX_BYTES)) == "too_large_bytes"


def test_a_file_of_exactly_20_mb_is_taken() -> None:
    photo = make_photo()
    assert process(photo + bytes(MAX_BYTES - len(photo))).width == 64


GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        GIF,
        GIF + b"\xff\xd8\xff\xe0",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7\n\xff\xd8\xff\xe0",
        b"<!doctype html><img src=x>",
        b"PK\x03\x04" + b"\xff\xd8\xff" * 10,
        b"II*\x00\x08\x00\x00\x00",
        b"BM" + bytes(60),
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1miafMA1B",
        b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
        b" " + b"\xff\xd8\xff\xe0" * 4,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_file_that_is_no_photo_is_rejected_whatever_it_is_called(data: bytes) -> None:
    assert _reason(data) == "not_a_photo"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_broken(kind: str, part: float) -> None:
    whole = _detailed(kind)
    assert process(whole).width == 400
    assert _reason(whole[: int(len(whole) * part)]) == "broken"


def test_a_tiled_heic_that_is_cut_off_is_broken() -> None:
    out = io.BytesIO()
    # Without EXIF, because that is last in generated files and its loss alone would be noticed.
    pillow_heif.from_pillow(make_picture(size=(600, 500))).save(out, tile_size=128)
    whole = out.getvalue()
    assert process(whole).width == 600
    for end in (len(whole) - 1, (whole.index(b"mdat") + len(whole)) // 2, whole.index(b"mdat") - 4):
        assert _reason(whole[:end]) == "broken"


@pytest.mark.parametrize(
    "head",
    [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\x00\x00\x00\x18ftypheic"],
)
def test_a_beginning_without_a_picture_is_broken(head: bytes) -> None:
    assert _reason(head) == "broken"
    assert _reason(head + bytes(1000)) == "broken"


def _claiming(kind: str, width: int, height: int) -> bytes:
    """A small file whose header claims other dimensions."""
    if kind == "PNG":
        return make_png(size=(width, height))
    if kind == "WEBP":
        return _webp_claiming(width, height)
    data = bytearray(make_photo(kind=kind, picture=make_picture(size=(640, 512))))
    if kind == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    else:
        at = data.index(b"ispe") + 8
        data[at : at + 8] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(data)


def _webp_claiming(width: int, height: int) -> bytes:
    out = io.BytesIO()
    make_picture().save(out, "WEBP", lossless=True)
    data = bytearray(out.getvalue())
    bits = int.from_bytes(data[21:25], "little") >> 28 << 28 | (height - 1) << 14 | (width - 1)
    data[21:25] = bits.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(7072, 7071), (16_000, 16_000), (16_000, 3_126)])
def test_more_than_50_megapixels_are_too_large_by_the_header_alone(kind: str, size: tuple[int, int]) -> None:
    started = time.process_time()
    assert _reason(_claiming(kind, *size)) == "too_large_pixels"
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIC"])
def test_absurd_dimensions_are_too_large(kind: str) -> None:
    assert _reason(_claiming(kind, 65_000, 65_000)) == "too_large_pixels"


def test_just_under_50_megapixels_is_taken() -> None:
    photo = process(make_photo(picture=Image.new("RGB", (8000, 6249), "green")))
    assert photo.width == 1600


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIC"])
@pytest.mark.parametrize("size", [(0, 0), (0, 48), (64, 0)])
def test_a_picture_without_extent_is_broken(kind: str, size: tuple[int, int]) -> None:
    assert _reason(_claiming(kind, *size)) == "broken"
