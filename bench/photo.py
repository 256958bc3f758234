"""What taking in a phone's photo costs, in processor time and memory, against plain Pillow and pyvips.

python -m bench.photo [--pairs 15] [--folder DIR]
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from PIL import Image, ImageChops, ImageStat

from bench.pictures import phone_photo, scene
from chalicelib.photos.processing import FULL_QUALITY

ROOT = Path(__file__).resolve().parent.parent
CONTESTANTS = {
    "portal": sys.executable,
    "pillow": sys.executable,
    "pyvips": str(ROOT / ".venv-bench" / "bin" / "python"),
}
#: Of plain Pillow's processor time, and peak signal to noise.
GOAL_CPU, GOAL_DB = 0.6, 42
ABOUT = """
Each takes in one JPEG of a phone (12 megapixels, upright only by EXIF), turns it upright, shrinks it to 1600 and 320 px
and saves both as WebP. **The portal** also counts scans, bytes and pixels before it decodes, keeps the colours of other
profiles, and writes no metadata. **Plain Pillow** is what one would write first: open, `exif_transpose`, `thumbnail`,
save, for each size. **pyvips**: `thumbnail_buffer` and `webpsave_buffer` for each. Processor time of all threads, in
turn in one run; memory is the most that a process of its own ever held.

PSNR takes plain Pillow's 1600 px picture before it is saved as what is right. *Pixels* is the portal's before it is
saved: what shrinking and turning in another order change. *Our file* and *its file* are what each has saved, read
again: with the noise that WebP makes of any picture. Saving is not the same: plain Pillow saves with quality 80 and
libwebp's usual effort, the portal with less effort and quality {quality}. So a file of ours is to be no worse than its
by more than {slack} dB. (Two saved files compared with each other differ by both their noises, which says little about
either.)
"""
#: How much worse our saved file may be than plain Pillow's, in dB: a twentieth more noise.
SLACK_DB = 0.25


@dataclass
class Worker:
    """A contestant's process; it works on one photo."""

    name: str
    process: "subprocess.Popen[str]"
    ms: list[float] = field(default_factory=list)
    mb: float = 0

    @classmethod
    def start(cls, name: str, photo: Path, out: Path) -> "Worker":
        """Start it; `out` is where it leaves its pictures."""
        command = [CONTESTANTS[name], "-m", "bench.photo_worker", name, str(photo), str(out)]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PORTAL_STAGE": "local"}
        pipe = subprocess.PIPE
        started = subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdin=pipe, stdout=pipe)
        return cls(name, started)

    def run(self, keep: bool) -> None:
        """Let it take in the photo once."""
        assert self.process.stdin is not None, "opened at its start"
        assert self.process.stdout is not None, "opened at its start"
        print(file=self.process.stdin, flush=True)
        said = json.loads(self.process.stdout.readline())
        self.mb = said["mb"]
        if keep:
            self.ms.append(said["ms"])

    def stop(self) -> None:
        """End it."""
        self.process.communicate(timeout=10)


def psnr(one: Path, other: Path) -> float:
    """Peak signal to noise of two pictures of one size, in dB; above 40 nobody sees a difference."""
    with Image.open(one) as first, Image.open(other) as second:
        squares = ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second.convert("RGB"))).sum2
        mean = sum(squares) / (3 * first.width * first.height)
    return 10 * math.log10(255**2 / mean) if mean else math.inf


@dataclass(frozen=True)
class Likeness:
    """How like pictures are to plain Pillow's before it is saved, in dB: ours before saving, our file, and its own."""

    pixels: float
    ours: float
    its: float

    @classmethod
    def of(cls, folder: Path) -> "Likeness":
        """Of what the contestants have left there."""
        right = folder / "pillow.png"
        return cls(*(psnr(right, folder / name) for name in ("portal.png", "portal.webp", "pillow.webp")))

    @property
    def is_good(self) -> bool:
        """Whether nobody sees a difference, and saving costs no more than with plain Pillow."""
        return self.pixels >= GOAL_DB and self.ours >= self.its - SLACK_DB


def measure(photo: Path, pairs: int, folder: Path) -> tuple[list[Worker], Likeness]:
    """The contestants, and how like the portal's picture is to plain Pillow's."""
    workers = [Worker.start(name, photo, folder) for name in CONTESTANTS]
    try:
        for pair in range(-1, pairs):  # the first warms up
            for worker in workers:
                worker.run(keep=pair >= 0)
    finally:
        for worker in workers:
            worker.stop()
    return workers, Likeness.of(folder)


def row(name: str, workers: list[Worker], likeness: Likeness) -> str:
    """One line of the table."""
    ours, *others = workers
    cells = [f"{median(ours.ms):.0f} ms, {ours.mb:.0f} MB"]
    for other in others:
        cpu = median(a / b for a, b in zip(ours.ms, other.ms, strict=True))
        cells.append(
            f"{cpu:.2f} × CPU ({median(other.ms):.0f} ms), {ours.mb / other.mb:.2f} × memory ({other.mb:.0f} MB)"
        )
    quicker = median(a / b for a, b in zip(ours.ms, others[0].ms, strict=True)) <= GOAL_CPU
    cells += [f"{value:.1f} dB" for value in (likeness.pixels, likeness.ours, likeness.its)]
    return f"| {name} | {' | '.join(cells)} | {'met' if quicker and likeness.is_good else 'missed'} |"


def photos(folder: Path | None, scratch: Path) -> list[Path]:
    """A generated photo, and up to three large JPEGs of a folder of real ones."""
    made = scratch / "generated.jpg"
    made.write_bytes(phone_photo(scene(width=4000, height=3000), quality=90))
    real = sorted(folder.glob("*.jp*g")) if folder else []
    return [made, *[path for path in real if path.stat().st_size > 1_000_000][:3]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The cost of one photo.")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--folder", type=Path, help="a folder of real photos to try as well")
    given = parser.parse_args()
    print(f"## Photos\n{ABOUT.format(slack=SLACK_DB, quality=FULL_QUALITY)}")
    print(
        f"Goals: processor time ≤ {GOAL_CPU} × plain Pillow, pixels ≥ {GOAL_DB} dB, our file as said above.\n"
    )
    print(
        "| photo | the portal | against plain Pillow | against pyvips | pixels | our file | its file | goals |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for path in photos(given.folder, Path(name)):
            kind = "generated" if path.parent == Path(name) else "real"
            print(row(f"{kind}, {path.stat().st_size / 1e6:.1f} MB", *measure(path, given.pairs, Path(name))))


if __name__ == "__main__":
    main()
