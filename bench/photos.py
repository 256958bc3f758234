"""What taking in a phone's photo costs: processor time against plain Pillow, and how like the original it is.

    python -m bench.photos [--times 5]

Plain Pillow is what one would write first: open, turn upright, shrink to 1600 px, save as WebP, and the same for
320 px. Both are measured in turn in one process, in processor time, so that other load matters little.
"""

import argparse
import io
import math
import time
from collections.abc import Callable
from statistics import median

from PIL import Image, ImageChops, ImageOps, ImageStat

from bench.pictures import phone_photo, scene
from chalicelib.photos.processing import process

_FULL, _THUMB = 1600, 320


def plain(data: bytes, save: bool) -> list[bytes]:
    """The two pictures by the straight way; without `save` only the shrinking."""
    made = []
    for size in (_FULL, _THUMB):
        with Image.open(io.BytesIO(data)) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((size, size))
            out = io.BytesIO()
            if save:
                picture.save(out, "WEBP", quality=80)
            made.append(out.getvalue())
    return made


def cpu_ms(work: Callable[[], object]) -> float:
    """Processor time of one run, of all threads."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Peak signal to noise, in dB; above 40 nobody sees a difference."""
    squares = ImageStat.Stat(ImageChops.difference(one, other)).sum2
    mean = sum(squares) / (3 * one.width * one.height)
    return 10 * math.log10(255**2 / mean) if mean else math.inf


def likeness(data: bytes, picture: Image.Image) -> float:
    """PSNR of what the portal shows against the scene itself, shrunk with the best filter."""
    upright = picture.rotate(-90, expand=True)
    with Image.open(io.BytesIO(process(data).full)) as shown:
        return psnr(shown.convert("RGB"), upright.resize(shown.size, Image.Resampling.LANCZOS))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The cost of one photo.")
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    width, height = 4000, 3000
    picture = scene(width=width, height=height)
    data = phone_photo(picture, quality=90)
    runs = [
        (cpu_ms(lambda: process(data)), cpu_ms(lambda: plain(data, True)), cpu_ms(lambda: plain(data, False)))
        for _ in range(times)
    ]
    ours, saved, shrunk = (median(column) for column in zip(*runs, strict=True))
    print(f"a JPEG of {width} x {height} pixels, {len(data) / 1e6:.1f} MB; processor time, median of {times}")
    print(f"the portal: full and thumb, ready to keep      {ours:7.0f} ms")
    print(f"plain Pillow: the same with its own settings   {saved:7.0f} ms   the portal {ours / saved:.2f} x")
    print(
        f"plain Pillow: without saving                   {shrunk:7.0f} ms   the portal {ours / shrunk:.2f} x"
    )
    print(f"PSNR of the full picture against the scene     {likeness(data, picture):7.1f} dB")


if __name__ == "__main__":
    main()
