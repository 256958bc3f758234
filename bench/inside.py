"""Calls of the app in this process, through the local bridge: no network, the same guards, pages and answers."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

os.environ.setdefault("PORTAL_STAGE", "local")  # before the app reads its settings

import app
from bench.client import UnexpectedAnswer
from chalicelib import routes
from chalicelib.portal import Portal
from local.bridge import Bridge

_BRIDGE = Bridge(app.app, routes.fallback)
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """An answer as it would leave: `body` is compressed when it is long, as the gateway does."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """A short body as JSON."""
        return json.loads(_plain(self))


def _plain(reply: Reply) -> bytes:
    import gzip

    return gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body


@dataclass
class Caller:
    """One person's way to the app."""

    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str
    ) -> Reply:
        """One request: JSON below /api, a form elsewhere. Raises UnexpectedAnswer for a status of 400 and more."""
        api = path.startswith("/api/")
        data = _encoded(body, api)
        sent = {"Accept-Encoding": "gzip", **self.headers, **headers}
        if self.token:
            sent |= {"Authorization": f"Bearer {self.token}"} if api else {"Cookie": f"session={self.token}"}
        if data:
            sent["Content-Type"] = "application/json" if api else _FORM
        if key:
            sent["Idempotency-Key"] = key
        told: list[Any] = []
        chunks = _BRIDGE(_environ(method, path, data, sent), lambda *line: told.extend(line[:2]))
        reply = Reply(int(told[0][:3]), {n.lower(): v for n, v in told[1]}, b"".join(chunks))
        if reply.status >= 400:
            raise UnexpectedAnswer(f"{method} {path}: {reply.status} {_plain(reply)[:300]!r}")
        return reply


def _encoded(body: object, api: bool) -> bytes:
    if body is None:
        return b""
    return (json.dumps(body) if api else urlencode(body, doseq=True)).encode()  # type: ignore[arg-type]


def _environ(method: str, path: str, data: bytes, headers: dict[str, str]) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "REQUEST_URI": path, "REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "portal.example",
        "CONTENT_LENGTH": str(len(data)), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(data),
        "HTTP_SEC_FETCH_SITE": "same-origin",
    }  # fmt: skip
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


@contextmanager
def serving(portal: Portal) -> Iterator[None]:
    """Within it, the app works on this portal instead of the process's own."""
    modules: list[Any] = [routes, app]
    kept = [module.portal for module in modules]
    for module in modules:
        module.portal = lambda: portal
    try:
        yield
    finally:
        for module, own in zip(modules, kept, strict=True):
            module.portal = own
