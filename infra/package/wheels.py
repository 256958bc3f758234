"""The libraries of requirements.txt as Lambda's machine loads them, kept per content of that file.

Chalice's own way of fetching them goes on with a warning where a wheel's label does not fit, and the package then
lacks a library. Here every pin must have a wheel, and every binary in it must load on Lambda.
"""

import contextlib
import hashlib
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

#: Lambda's python3.11 runs on Amazon Linux 2: glibc 2.26, and the C++ library of gcc 7.3.
PYTHON = "3.11"
NEWEST = {b"GLIBC": (2, 26), b"GLIBCXX": (3, 4, 24), b"CXXABI": (1, 3, 11)}
_SYMBOL = re.compile(rb"\0(GLIBCXX|GLIBC|CXXABI)_([0-9.]+)(?=\0)")
# A label is the next higher of a few rounded steps, so one above 2.26 may load all the same: `unloadable` judges.
_LABELS = [
    *(f"manylinux_2_{minor}" for minor in range(26, 16, -1)),
    "manylinux2014",
    "manylinux_2_27",
    "manylinux_2_28",
]


class Unloadable(Exception):
    """A library that Lambda's machine could not load; names the file and what it asks for."""


def fetched(requirements: Path, kept_in: Path) -> Path:
    """The folder with all libraries of a requirements file; fetched once per content of the file.

    Raises CalledProcessError when a pin has no wheel, Unloadable when one would not load on Lambda.
    """
    digest = hashlib.sha256(requirements.read_bytes() + "".join(_LABELS).encode()).hexdigest()[:16]
    folder = kept_in / digest
    if folder.is_dir():
        return folder
    kept_in.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept_in) as scratch:
        fresh = Path(scratch) / "libraries"
        _install(requirements, fresh)
        if found := unloadable(fresh):
            raise Unloadable("; ".join(found))
        with contextlib.suppress(OSError):  # somebody who builds at the same time was quicker
            fresh.rename(folder)
    return folder


def _install(requirements: Path, into: Path) -> None:
    platforms = [part for label in _LABELS for part in ("--platform", f"{label}_x86_64")]
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq",
            "--no-deps", "--no-compile", "--only-binary=:all:", "--python-version", PYTHON,
            "--implementation", "cp", "--abi", "cp311", *platforms,
            "--target", str(into), "-r", str(requirements),
        ],
        check=True,
    )  # fmt: skip


def unloadable(folder: Path) -> list[str]:
    """What the binaries below a folder ask for that Lambda's machine does not have."""
    found = []
    for file in sorted(folder.rglob("*.so*")):
        asked = {(kind, _numbers(version)) for kind, version in _SYMBOL.findall(file.read_bytes())}
        too_new = sorted(kind.decode() for kind, version in asked if version > NEWEST[kind])
        found += [f"{file.relative_to(folder)} needs a newer {kind}" for kind in dict.fromkeys(too_new)]
    return found


def _numbers(version: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(b".") if part)
