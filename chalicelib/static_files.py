"""The pages' styles, scripts and pictures, named by their content so that browsers keep them."""

from functools import cache

from chalice.app import Response

from chalicelib.answers import Headers
from chalicelib.assets import ROOT, static, static_bytes
from chalicelib.errors import NotFound
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, Call, url

routes = Routes(__name__, "none")

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "png": "image/png",
}
_FOREVER = "public, max-age=31536000, immutable"


@cache
def names() -> frozenset[str]:
    """All static files; the company's own (its logo, its colours, its icons) go before ours."""
    folders = (ROOT / "static", ROOT / "company")
    return frozenset(f.name for folder in folders for f in folder.iterdir() if f.suffix[1:] in _TYPES)


@routes.page("/static/{version}/{name}", PUBLIC, "A style, script or icon")
def static_file(call: Call, version: str, name: str) -> Response:
    """One file. `version` changes the address with the content; under another version's address it is kept by
    nobody, so that a page never gets a newer script later under its own script's name."""
    if name not in names():
        raise NotFound
    right = static(name) == url(f"/static/{version}/{name}")
    kind = _TYPES[name.rsplit(".", 1)[-1]]
    body = static_bytes(name)
    headers: Headers = {"Content-Type": kind, "Cache-Control": _FOREVER if right else "no-store"}
    return Response(body if kind == "image/png" else body.decode(), headers)
