"""Files made to hurt: they cost little, and nothing but a rejection comes out."""

import io
import random
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.photos.limits import MAX_BYTES
from chalicelib.photos.processing import PhotoRejected, process
from tests.factories_photos import make_photo, make_png, make_png_chunk

ROOT = Path(__file__).resolve().parents[2]
KINDS = ["JPEG", "PNG", "WEBP", "HEIC"]


def _reason(data: bytes) -> str:
    with pytest.raises(PhotoRejected) as caught:
        process(data)
    return caught.value.reason


def _jpeg_with_scans(count: int) -> bytes:
    data = make_photo(picture=Image.new("RGB", (3000, 3000)), progressive=True)
    last = data.rindex(b"\xff\xc4", 0, data.rindex(b"\xff\xda"))
    return data[:-2] + data[last:-2] * count + b"\xff\xd9"


def _heic_hiding_its_size() -> bytes:
    data = bytearray(make_photo(kind="HEIC", picture=Image.new("RGB", (2560, 2560))))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = (100).to_bytes(4, "big") * 2
    return bytes(data)


def _text_bomb(kind: bytes) -> bytes:
    return make_png_chunk(kind=kind, content=b"name\0\0" + zlib.compress(bytes(200_000_000), 9))


BOMBS: dict[str, Callable[[], bytes]] = {
    "text in a PNG": lambda: make_png(extra=_text_bomb(b"zTXt")),
    "profile in a PNG": lambda: make_png(extra=_text_bomb(b"iCCP")),
    "chunk that claims 2 GB": lambda: make_png(extra=b"\x7f\xff\xff\xffzTXt" + bytes(1000)),
    "very many chunks": lambda: make_png(extra=make_png_chunk(kind=b"abCd", content=b"") * 400_000),
    "very many segments": lambda: make_photo()[:2] + b"\xff\xe5\x00\x02" * 2_000_000 + make_photo()[2:],
    "very many passes": lambda: _jpeg_with_scans(1000),
    "size hidden in a HEIC": lambda: _heic_hiding_its_size(),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_broken_quickly(bomb: str) -> None:
    data = BOMBS[bomb]()
    assert len(data) < MAX_BYTES
    started = time.process_time()
    assert _reason(data) == "broken"
    assert time.process_time() - started < 1


MEASURE = """
import resource, sys
from chalicelib.photos.processing import PhotoRejected, process
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    process(data)
except PhotoRejected:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("bomb", [*BOMBS, "absurd dimensions"])
def test_a_bomb_takes_little_memory(bomb: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    file.write_bytes(BOMBS[bomb]() if bomb in BOMBS else make_png(size=(60_000, 60_000)))
    run = subprocess.run([sys.executable, "-c", MEASURE, file], cwd=ROOT, capture_output=True, check=True)
    assert int(run.stdout) < 100, "megabytes"


@pytest.mark.filterwarnings("ignore")
@given(data=st.binary(max_size=3000), head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
@settings(deadline=None, max_examples=200)
def test_random_bytes_never_raise_anything_but_a_rejection(head: bytes, data: bytes) -> None:
    with pytest.raises(PhotoRejected):
        process(head + data)


WHOLE = {kind: make_photo(kind=kind) for kind in KINDS}


@pytest.mark.filterwarnings("ignore")
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**32),
    changes=st.integers(1, 12),
    cut=st.integers(0, 40),
)
@settings(deadline=None, max_examples=400)
def test_a_damaged_photo_is_shown_or_rejected_but_never_a_crash(
    kind: str, seed: int, changes: int, cut: int
) -> None:
    dice, data = random.Random(seed), bytearray(WHOLE[kind])
    for _ in range(changes):
        data[dice.randrange(len(data))] = dice.randrange(256)
    with suppress(PhotoRejected):
        photo = process(bytes(data[: len(data) - cut]))
        Image.open(io.BytesIO(photo.full)).load()
