"""What libraries load for texts, types and extensions that nothing on Lambda reads, put aside."""

import ast
import shutil
from pathlib import Path

_NO_DOCS = '''"""Writes no documentation: the real one imports 20 modules for texts that nobody reads on Lambda."""


def nothing(*args, **kwargs):
    return None


class _None:
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return nothing


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = nothing
AutoPopulatedParam = AppendParamDocumentation = DocumentModifiedShape = HideParamFromOperations = _None
'''


def botocore_docs(tree: Path) -> None:
    """Put empty writers of documentation in place of botocore's; boto3, where it is there, insists on the real ones."""
    if (tree / "boto3").is_dir():
        return
    folder = tree / "botocore" / "docs"
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for name in ("docstring.py", "utils.py"):
        (folder / name).write_text(_NO_DOCS)


_NO_PLUGINS = '''"""Knows no plugins: the real one imports 40 modules to look for some among installed packages."""


def get_plugins():
    return ()
'''


def pydantic_plugins(tree: Path) -> None:
    """Put a list of no plugins in place of pydantic's search for them: a fourteenth of a cold start."""
    loader = tree / "pydantic" / "plugin" / "_loader.py"
    if "def get_plugins()" not in loader.read_text():
        raise RuntimeError(f"{loader} is no longer what it was: look anew at what it loads")
    loader.write_text(_NO_PLUGINS)


def schema_types(tree: Path) -> None:
    """Empty the classes that describe pydantic's schemas to type checkers: a twentieth of a cold start.

    Only names of fields in `TypedDict`s go; lines keep their numbers.
    """
    file = tree / "pydantic_core" / "core_schema.py"
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and "TypedDict" in map(ast.unparse, node.bases):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            for number in [n for part in fields for n in range(part.lineno, (part.end_lineno or 0) + 1)]:
                lines[number - 1] = "\n"
            if fields:
                lines[fields[0].lineno - 1] = "    pass\n"
    file.write_text("".join(lines))
