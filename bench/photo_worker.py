"""One contestant of `bench/photo.py` in a process of its own: takes in a photo for each line of standard input.

python -m bench.photo_worker pillow photo.jpg folder
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SIZES = (1600, 320)
Taken = tuple[bytes, Any]


def portal() -> Callable[[bytes], Taken]:
    """The portal's own way; gives back the saved picture and the one before saving."""
    from chalicelib.photos import processing

    return lambda data: (processing.process(data).full, lambda: processing._open_jpeg(data))


def pillow() -> Callable[[bytes], Taken]:
    """What one would write first."""
    from PIL import Image, ImageOps

    def shrunk(data: bytes, size: int) -> Any:
        with Image.open(io.BytesIO(data)) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((size, size))
            return picture

    def take(data: bytes) -> Taken:
        made = []
        for size in _SIZES:
            out = io.BytesIO()
            shrunk(data, size).save(out, "WEBP", quality=80)
            made.append(out.getvalue())
        return made[0], lambda: shrunk(data, _SIZES[0])

    return take


def pyvips() -> Callable[[bytes], Taken]:
    """libvips by its Python binding."""
    import pyvips as vips

    def take(data: bytes) -> Taken:
        made = [
            vips.Image.thumbnail_buffer(data, s, height=s, size="down").webpsave_buffer(Q=80) for s in _SIZES
        ]
        return made[0], None

    return take


def peak_mb() -> float:
    """The most memory that this program held (Linux). `getrusage` would count what its parent held before."""
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    """Take the photo in, once a line; leave the last pictures behind."""
    name, photo, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    take = {"portal": portal, "pillow": pillow, "pyvips": pyvips}[name]()
    data = photo.read_bytes()
    saved: bytes = b""
    raw: Any = None
    for _ in sys.stdin:
        started = time.process_time()
        saved, raw = take(data)
        took = (time.process_time() - started) * 1000
        print(json.dumps({"ms": took, "mb": peak_mb()}), flush=True)
    (folder / f"{name}.webp").write_bytes(saved)
    if raw is not None:
        raw().save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
