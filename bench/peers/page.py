"""A list's page by plain Jinja2, from source templates that are read once."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

_ZONE = ZoneInfo("Asia/Shanghai")


def _moment(text: str) -> str:
    """A kept moment as a page says it."""
    return f"{datetime.fromisoformat(text).astimezone(_ZONE):%m-%d %H:%M}"


_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, auto_reload=False
)
_pages.filters["moment"] = _moment


def rendered(items: list[dict[str, Any]]) -> str:
    """The page of the issues among these items."""
    issues = [item for item in items if item["PK"].startswith("ISSUE#")]
    return _pages.get_template("list.html").render(items=issues)
