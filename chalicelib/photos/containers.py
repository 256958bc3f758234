"""What a picture file is and how much work it asks for, read from its bytes without any decoder."""

import re
from typing import Literal

Kind = Literal["jpeg", "png", "webp", "heic"]

_HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_ANY_HEIF_BRANDS = {b"mif1", b"msf1"}
_MAX_JPEG_SEGMENTS = 4096
_MAX_PNG_CHUNKS = 20_000
# In compressed data a 0xFF is always followed by 0 or a restart marker, neither of which has a length.
_JPEG_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_START_OF_SCAN = b"\xff\xda"
_END_OF_IMAGE = b"\xff\xd9"


def kind_of(data: bytes) -> Kind | None:
    """The kind by magic bytes alone, None when it is none of ours; names and declared types may lie."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return "heic" if _is_heic(data) else None


def _is_heic(data: bytes) -> bool:
    if data[4:8] != b"ftyp":
        return False
    if data[8:12] in _HEVC_BRANDS:
        return True
    box = data[: min(int.from_bytes(data[:4], "big"), 1024)]
    compatible = {box[at : at + 4] for at in range(16, len(box), 4)}
    return data[8:12] in _ANY_HEIF_BRANDS and bool(compatible & _HEVC_BRANDS)


def jpeg_scans(data: bytes) -> int:
    """How many passes over the picture this JPEG asks for; a progressive one has about ten.

    Stops at the end of the first picture. Raises ValueError for more segments than any camera writes:
    they are how a small file keeps a reader busy for hours.
    """
    at, scans = 2, 0
    for _ in range(_MAX_JPEG_SEGMENTS):
        marker = _JPEG_MARKER.search(data, at)
        if marker is None or marker[0] == _END_OF_IMAGE:
            return scans
        scans += marker[0] == _START_OF_SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    raise ValueError("too many JPEG segments")


def check_png_chunks(data: bytes) -> None:
    """Raise ValueError for a PNG of very many chunks; encoders write some 8 KB into each."""
    at = 8
    for _ in range(_MAX_PNG_CHUNKS):
        if at >= len(data):
            return
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    raise ValueError("too many PNG chunks")


def heic_is_complete(data: bytes) -> bool:
    """Whether the box with the pictures ends within the file.

    Needed because libheif leaves tiles that are cut off black, where every other decoder refuses the file.
    """
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if kind == b"mdat":
            return size == 0 or at + size <= len(data)  # 0 means "to the end of the file"
        if size < 8:
            return False
        at += size
    return False
