"""A list's page by plain Jinja2 from source templates."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)


def rendered(rows: list[dict[str, Any]]) -> str:
    """The page of these rows."""
    return _ENVIRONMENT.get_template("list.html").render(rows=rows, title="My issues")
