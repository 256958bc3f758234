"""What is done to the tree before it is zipped, one named trick at a time; each can be left out."""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from chalicelib.features import ROUTES_FILE
from infra.package import botocore_data, compiled, libraries
from infra.package.authorities import authorities

Step = Callable[[Path], None]


def leftovers(tree: Path) -> None:
    """Drop what the build and the installers leave behind, and notes that nobody reads on Lambda."""
    for folder in [*tree.rglob("__pycache__"), tree / "bin", tree / "share"]:
        shutil.rmtree(folder, ignore_errors=True)
    for notes in [*(tree / "templates").rglob("*.md"), *tree.rglob("*.pyi"), *tree.rglob("py.typed")]:
        notes.unlink()
    # Licences stay: the package hands these libraries on. The rest of the metadata is for installers.
    for file in tree.glob("*.dist-info/*"):
        if file.name in (
            "RECORD",
            "WHEEL",
            "INSTALLER",
            "REQUESTED",
            "direct_url.json",
            "entry_points.txt",
            "METADATA",
        ):
            file.unlink()


def catalogues(tree: Path) -> None:
    """Keep the compiled catalogues only."""
    for source in (tree / "locale").rglob("*.po"):
        source.unlink()


#: What libraries bring along and no deployed code imports, as patterns.
_UNUSED = (
    "cffi", "pycparser",  # cryptography needs only cffi's binary
    "phonenumbers/shortdata/region_*", "phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata",
    "icalendar/tests", "dateutil/zoneinfo", "pydantic/v1", "pydantic/mypy.py", "boto3/examples",
    # Pillow's kinds of pictures and fonts that nobody may send or that nothing draws with, and what only they load.
    "PIL/_avif*", "PIL/_imagingft*", "PIL/_imagingtk*", "pillow.libs/libavif*", "pillow.libs/libfreetype*",
    "pillow.libs/libharfbuzz*", "pillow.libs/libbrotli*", "pillow.libs/libpng*",
)  # fmt: skip


def unused(tree: Path) -> None:
    """Drop modules that no deployed code imports."""
    for path in [path for pattern in _UNUSED for path in tree.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def routes(tree: Path) -> None:
    """Write down which feature answers what, so that Lambda loads only that one."""
    from app import features  # all are loaded here

    (tree / ROUTES_FILE.name).write_text(json.dumps(features.answers, indent=1, sort_keys=True))


#: Name → step, in the order in which they are taken.
STEPS: dict[str, Step] = {
    "leftovers": leftovers,
    "catalogues": catalogues,
    "unused": unused,
    "botocore_data": botocore_data.trim,
    "docs": libraries.botocore_docs,
    "plugins": libraries.pydantic_plugins,
    "schema_types": libraries.schema_types,
    "authorities": authorities,
    "routes": routes,
    "templates": compiled.templates,
    "pyc": compiled.pyc,
}


def run_steps(tree: Path, without: Collection[str] = ()) -> None:
    """Take all steps but the named ones."""
    for name, work in STEPS.items():
        if name not in without:
            work(tree)
