"""What pages draw on: static files by their content, icons, the company's colour."""

import hashlib
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

ROOT = Path(__file__).resolve().parent.parent


@cache
def static(name: str) -> str:
    """The address of a static file, with its content's hash so that it can be cached for ever."""
    from chalicelib.web import url

    digest = hashlib.sha256(static_bytes(name)).hexdigest()[:10]
    return url(f"/static/{digest}/{name}")


@cache
def icon(name: str, looks: str = "") -> Markup:
    """A sign from the sheet of icons, with classes for its looks: made once, though a page shows a hundred."""
    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(f"icon {looks}".rstrip(), static("icons.svg"), name)


@cache
def static_bytes(name: str) -> bytes:
    """What a static file holds; the company's own (its logo, its colours, its icons) go before ours."""
    own = ROOT / "company" / name
    return (own if own.is_file() else ROOT / "static" / name).read_bytes()


@cache
def brand_colour() -> str:
    """The company's colour on light pages, for the phone's own frame around ours."""
    found = re.search(r"--brand-light:\s*(#[0-9a-fA-F]{6})", static_bytes("brand.css").decode())
    return found[1] if found else "#0b6b5d"
