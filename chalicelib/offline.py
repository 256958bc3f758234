"""The portal as an app on the phone: its manifest, its service worker, and the page for what was never seen."""

import hashlib
import json
from functools import cache
from typing import Any

from chalice.app import Response

from chalicelib import i18n, static_files
from chalicelib.answers import Headers, page
from chalicelib.assets import brand_colour, static, static_bytes
from chalicelib.company import company
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.routes import Routes
from chalicelib.settings import settings
from chalicelib.web import PUBLIC, Call, url

routes = Routes(__name__, "none")

#: The page's ground, as in portal.css, for the moment before the first page is there.
_GROUND = "#f4f5f2"


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    return {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@routes.page("/manifest.webmanifest", PUBLIC, "What the phone needs to put the portal on its first screen")
def manifest(call: Call) -> Response:
    """Name, colours and icons, in the language of the page that asks."""
    locale = i18n.pick_locale(call.query.get("locale"), None, call.header("accept-language"))
    name = company().name.in_(locale)
    body: dict[str, Any] = {
        "id": url("/"),
        "name": name,
        "short_name": name[:12],
        "lang": locale,
        "start_url": url("/"),
        "scope": url("/"),
        "display": "standalone",
        "theme_color": brand_colour(),
        "background_color": _GROUND,
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("icon-maskable.png", 512, "maskable"),
        ],
    }
    headers: Headers = {
        "Content-Type": "application/manifest+json; charset=utf-8",
        "Cache-Control": "no-cache",
    }
    return Response(json.dumps(body, ensure_ascii=False), headers)


@cache
def _worker() -> str:
    """The service worker with what it must know; it changes with any static file, so that phones notice."""
    names = sorted(static_files.names())
    files = [static(name) for name in names if name.endswith((".css", ".js", ".svg")) and name != "sw.js"]
    version = hashlib.sha256(" ".join(static(name) for name in names).encode()).hexdigest()[:12]
    setup = {"version": version, "base": settings().base_path, "files": files, "offline": url("/offline")}
    return f"self.setup = {json.dumps(setup)};\n{static_bytes('sw.js').decode()}"


@routes.page("/sw.js", PUBLIC, "The service worker")
def worker(call: Call) -> Response:
    """The script that answers for the network where there is none."""
    headers: Headers = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"}
    return Response(_worker(), headers)


@routes.page("/offline", PUBLIC, "What is shown without a network instead of a page never seen")
def offline(call: Call) -> Response:
    """Nobody's page, in the caller's language: the phone keeps it for whoever comes, so nothing in it is anybody's."""
    _ = call.maybe_person
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    return page(call, "offline.html", {"me": None, "unread": 0})
