"""From an uploaded file to the two pictures that people see. Pure: bytes in, bytes out.

Decoders get only what passed the cheap checks: bytes, kind by magic bytes, pixels by the header. Pillow's
plugins are opened directly, so that a file is never tried against formats that nobody may send.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageFile

from chalicelib.photos import colours, containers
from chalicelib.photos.limits import MAX_BYTES, MAX_PIXELS

# Each pass of a progressive JPEG visits every pixel; a few bytes can ask for one more pass.
MAX_SCANNED_PIXELS = 1_000_000_000
FULL_PX = 1600
THUMB_PX = 320
#: A picture that shows all around is looked at a quarter at a time: so wide, a quarter is 1024 px.
WIDE_PX = 4096
FULL_QUALITY = 82
THUMB_QUALITY = 75
# libwebp's effort, 0-6. 2 takes less than half the time of the default 4. At the same quality it loses up to 0.5 dB
# more: two steps of quality make up for that, with files a tenth larger.
WEBP_EFFORT = 2

Reason = Literal["too_large_bytes", "too_large_pixels", "not_a_photo", "broken"]

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PhotoRejected(Exception):
    """The file can't become a photo; `reason` is the word for why."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class ProcessedPhoto:
    """WebP files without metadata; `width` and `height` are those of `full`, in pixels, upright. `wide` is there of
    photos that show all around."""

    full: bytes
    thumb: bytes
    width: int
    height: int
    wide: bytes | None = None


def process(data: bytes) -> ProcessedPhoto:
    """Check, decode in full, turn upright and shrink to 1600 px and 320 px, never enlarging; to 4096 px, too, what
    shows all around.

    Takes JPEG, PNG, WebP and HEIC, of an animation the first frame. Raises PhotoRejected, and nothing else.
    """
    if len(data) > MAX_BYTES:
        raise PhotoRejected("too_large_bytes")
    kind = containers.kind_of(data)
    if kind is None:
        raise PhotoRejected("not_a_photo")
    try:
        return _encoded(_OPENERS[kind](data))
    except PhotoRejected:
        raise
    except Image.DecompressionBombError:
        raise PhotoRejected("too_large_pixels") from None
    except Exception as error:  # decoders raise nearly anything on bytes made to hurt them
        raise PhotoRejected("broken") from error


def _encoded(image: Image.Image) -> ProcessedPhoto:
    wide = _webp(image, FULL_QUALITY) if image.width > FULL_PX else None
    full = image.resize(_fitted(image.size, FULL_PX), Image.Resampling.LANCZOS) if wide else image
    thumb = full.resize(_fitted(full.size, THUMB_PX), Image.Resampling.LANCZOS)
    return ProcessedPhoto(
        _webp(full, FULL_QUALITY), _webp(thumb, THUMB_QUALITY), full.width, full.height, wide
    )


def _limit(size: tuple[int, int]) -> int:
    """The longer side to keep. An equirectangular picture, all around and from top to bottom, is twice as wide as it
    is high, which no camera's usual photo is; panoramas that show less are longer."""
    return WIDE_PX if size[0] == 2 * size[1] else FULL_PX


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=WEBP_EFFORT)  # writes only metadata that it is handed
    return out.getvalue()


def _open_jpeg(data: bytes) -> Image.Image:
    from PIL.JpegImagePlugin import JpegImageFile  # costs start-up time that other requests need not pay

    scans = containers.jpeg_scans(data)
    # The plain plugin reads the first picture of several (HDR gain maps, panoramas), which is the photo.
    image = JpegImageFile(io.BytesIO(data))
    _check_pixels(image.size)
    if scans * image.width * image.height > MAX_SCANNED_PIXELS:
        raise PhotoRejected("broken")
    # Lets the decoder drop resolution nobody will see; the rest of the way is done by resize.
    image.draft(None, _fitted(image.size, _limit(image.size)))
    return _finished(image, _orientation(image))


def _open_png(data: bytes) -> Image.Image:
    from PIL.PngImagePlugin import PngImageFile

    containers.check_png_chunks(data)
    return _checked(PngImageFile(io.BytesIO(data)))


def _open_webp(data: bytes) -> Image.Image:
    from PIL.WebPImagePlugin import WebPImageFile

    return _checked(WebPImageFile(io.BytesIO(data)))


def _open_heic(data: bytes) -> Image.Image:
    import pillow_heif

    if not containers.heic_is_complete(data):
        raise PhotoRejected("broken")
    # Not needed, and the less a hostile file can make the library read, the better.
    pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
    heif = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    _check_pixels(heif.size)
    # libheif applies the container's own rotation; the EXIF orientation only repeats it.
    return _finished(heif.to_pillow(), orientation=1)


_OPENERS: dict[containers.Kind, Callable[[bytes], Image.Image]] = {
    "jpeg": _open_jpeg,
    "png": _open_png,
    "webp": _open_webp,
    "heic": _open_heic,
}


def _checked(image: ImageFile.ImageFile) -> Image.Image:
    _check_pixels(image.size)
    return _finished(image, _orientation(image))


def _check_pixels(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise PhotoRejected("too_large_pixels")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # a photo with garbled EXIF is still a photo
        return 1


def _finished(image: Image.Image, orientation: int) -> Image.Image:
    """Decode, shrink, convert and turn, in this order: each later step then has fewer pixels to work on."""
    profile = image.info.get("icc_profile")
    image.load()
    mixable = colours.mixable(image)
    small = mixable.resize(_fitted(mixable.size, _limit(mixable.size)), Image.Resampling.LANCZOS)
    rgb = colours.plain(small, profile)
    return rgb.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else rgb


def _fitted(size: tuple[int, int], limit: int) -> tuple[int, int]:
    """The size, in the same proportions, whose longer side is at most `limit` pixels."""
    scale = min(1.0, limit / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
