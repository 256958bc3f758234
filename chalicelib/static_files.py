"""The pages' styles, scripts and icons: text files, named by their content so that browsers keep them."""

from functools import cache

from chalice.app import Response

from chalicelib.errors import NotFound
from chalicelib.page_words import ROOT, static_text
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, Call

routes = Routes(__name__, "none")

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_FOREVER = "public, max-age=31536000, immutable"


@cache
def _names() -> frozenset[str]:
    folders = (ROOT / "static", ROOT / "company")
    return frozenset(f.name for folder in folders for f in folder.iterdir() if f.suffix[1:] in _TYPES)


@routes.page("/static/{version}/{name}", PUBLIC, "A style, script or icon")
def static_file(call: Call, version: str, name: str) -> Response:
    """One file; `version` only makes the address change with the content."""
    if name not in _names():
        raise NotFound
    kind = _TYPES[name.rsplit(".", 1)[-1]]
    return Response(static_text(name), {"Content-Type": kind, "Cache-Control": _FOREVER})
