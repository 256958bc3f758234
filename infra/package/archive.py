"""A tree as a zip whose bytes depend on nothing but the tree: names in order, one time, one mode."""

import zipfile
from pathlib import Path

#: The first moment that a zip can say.
_WHEN = (1980, 1, 1, 0, 0, 0)


def write_zip(tree: Path, target: Path) -> None:
    """Zip all files of a tree; the target appears whole or not at all."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(file for file in tree.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(tree).as_posix(), _WHEN)
            entry.external_attr = (0o755 if file.suffix == ".so" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=9)
    part.replace(target)
