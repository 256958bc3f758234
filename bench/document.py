"""Sections of the documents that a measurement writes: between two markers, so that the rest stays by hand."""

import re
from pathlib import Path

OPERATIONS = Path(__file__).resolve().parent.parent / "docs" / "operations.md"


def markers(name: str) -> tuple[str, str]:
    """What stands before and after a section that `bench.<name>` writes."""
    return f"<!-- written by bench.{name} -->", f"<!-- end of bench.{name} -->"


def write(name: str, text: str, path: Path = OPERATIONS) -> None:
    """Put a section in its place; raises ValueError when the document has no place for it."""
    before, after = markers(name)
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(before)}.*?{re.escape(after)}", re.S)
    if not pattern.search(old):
        raise ValueError(f"{path.name} has no place for bench.{name}")
    path.write_text(pattern.sub(lambda _: f"{before}\n{text.strip()}\n{after}", old), encoding="utf-8")


def read(name: str, path: Path = OPERATIONS) -> str:
    """What stands in a section now."""
    before, after = markers(name)
    return path.read_text(encoding="utf-8").split(before)[1].split(after)[0]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first stand right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
