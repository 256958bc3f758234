"""What Lambda would otherwise compile at each cold start: Python to bytecode, templates to Python."""

import hashlib
import importlib.util
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from py_compile import PycInvalidationMode, compile

#: Where Lambda unpacks the zip: what tracebacks name, wherever it was built.
_TASK = Path("/var/task")
_OURS = ("app.py", "chalicelib", "compiled_templates")
#: Compiled files by their source, so that another stage's package need not compile again.
_KEPT = Path(__file__).resolve().parent.parent.parent / "build" / "pyc"


def templates(tree: Path) -> None:
    """Compile the templates to modules, which `page_words` loads when they are there."""
    from chalicelib.page_words import environment

    environment().compile_templates(
        tree / "compiled_templates",
        extensions=["html"],
        zip=None,
        ignore_errors=False,
        log_function=lambda _: None,
    )
    for page in (tree / "templates").rglob(
        "*.html"
    ):  # what messages say is no template of Jinja's, and stays
        page.unlink()


def pyc(tree: Path) -> None:
    """Compile every module; the result is taken without looking whether its source has changed."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    sources = sorted(tree.rglob("*.py"))
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_compiled, sources, [tree] * len(sources), chunksize=32))


def _compiled(source: Path, tree: Path) -> None:
    name = source.relative_to(tree)
    # Our own asserts and texts stay. Libraries go without: a tenth less to read and to keep in memory.
    level = 0 if name.parts[0] in _OURS else 2
    digest = hashlib.sha256(f"{level} {name} ".encode() + source.read_bytes()).hexdigest()
    kept = _KEPT / f"{digest}.pyc"
    if not kept.is_file():
        part = kept.with_suffix(f".{os.getpid()}")
        compile(
            str(source), cfile=str(part), dfile=str(_TASK / name), doraise=True, optimize=level,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )  # fmt: skip
        part.replace(kept)
    target = Path(importlib.util.cache_from_source(str(source)))
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(kept, target)
