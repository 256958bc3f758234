"""Made-up photos and stores for tests; everything by keyword."""

import io
import struct
import zlib
from functools import cache
from typing import Any

import pillow_heif
from botocore.session import Session
from PIL import Image, ImageCms

from chalicelib.storage import Storage

BUCKET = "portal-media"


def make_storage(
    *,
    endpoint_url: str | None = "http://store.example",
    region: str = "us-east-1",
    access_key: str = "AKIDEXAMPLE",
    secret_key: str = "secret",
    token: str | None = None,
) -> Storage:
    """A store that nothing answers for unless `endpoint_url` is a running engine's."""
    session = _session(access_key, secret_key, token)
    return Storage(BUCKET, region=region, endpoint_url=endpoint_url, session=session)


@cache
def _session(access_key: str, secret_key: str, token: str | None) -> Session:
    """One for each pair of keys: a new one reads botocore's descriptions of S3 again, 0.1 s for its first client."""
    session = Session()
    session.set_credentials(access_key, secret_key, token)
    return session


#: The corners of make_picture: top left, top right, bottom left, bottom right.
CORNERS = ((220, 30, 30), (30, 180, 30), (30, 30, 220), (240, 240, 240))

_INTO_STORAGE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def make_picture(*, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Four differently coloured quarters, so that a turned or mirrored picture shows."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata(CORNERS)
    return picture.resize(size, Image.Resampling.NEAREST).convert(mode)


def make_exif(*, orientation: int = 1, gps: bool = True) -> bytes:
    """What a phone writes: its maker, how it was held, and where it was."""
    exif = Image.Exif()
    exif[0x010F] = "Example Phones"
    exif[0x0112] = orientation
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0), 3: "E", 4: (121.0, 28.0, 1.0)})
    return exif.tobytes()


def make_photo(
    *, picture: Image.Image | None = None, kind: str = "JPEG", orientation: int = 1, **options: Any
) -> bytes:
    """A photo file with EXIF and GPS whose upright view is `picture`, stored as a turned phone does."""
    upright = picture or make_picture()
    stored = upright.transpose(_INTO_STORAGE[orientation]) if orientation > 1 else upright
    exif = make_exif(orientation=orientation)
    out = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(stored).save(out, exif=exif, **options)
    else:
        stored.save(out, kind, exif=exif, **options)
    return out.getvalue()


def make_swapped_profile() -> bytes:
    """An ICC profile in which what is stored as red is green, and the other way round."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")


def make_png_chunk(*, kind: bytes, content: bytes) -> bytes:
    """One chunk as it stands in a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def make_png(*, size: tuple[int, int] = (64, 48), extra: bytes = b"") -> bytes:
    """A PNG whose header claims `size`, whatever the pixels are, with `extra` bytes before them."""
    header = make_png_chunk(kind=b"IHDR", content=struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    pixels = make_png_chunk(kind=b"IDAT", content=zlib.compress(bytes(48 * (64 * 3 + 1))))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + make_png_chunk(kind=b"IEND", content=b"")
