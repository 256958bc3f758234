"""Small WSGI answers and readers that the bridge, the media proxy and the /dev pages share."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass
class Answer:
    """A whole answer; header values may be any text."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def send(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Give it to the server; a HEAD request gets the headers of a GET and no body."""
        headers = [(name, _wire(value)) for name, value in self.headers if name.lower() != "content-length"]
        if self.status not in (204, 304):
            headers.append(("Content-Length", str(len(self.body))))
        start_response(f"{self.status} {_phrase(self.status)}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" or self.status in (204, 304) else [self.body]


def problem(status: int, detail: str, request_id: str = "-") -> Answer:
    """An RFC 9457 answer, for what never reaches the app."""
    title = _phrase(status)
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return Answer(status, [("Content-Type", "application/problem+json")], json.dumps(document).encode())


def raw_target(environ: Environ) -> tuple[str, str]:
    """The path and the query as they came over the wire, still percent-encoded."""
    target = environ.get("REQUEST_URI") or "/"
    if not target.startswith("/"):
        parts = urlsplit(target)
        return parts.path or "/", parts.query
    path, _, query = target.partition("?")
    return path, query


def request_headers(environ: Environ) -> dict[str, str]:
    """The request's headers under their usual names."""
    headers = {_header_name(key[5:]): value for key, value in environ.items() if key.startswith("HTTP_")}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def _header_name(key: str) -> str:
    return key.replace("_", "-").title()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


def _wire(value: str) -> str:
    """Text as WSGI wants it; CR and LF could split an answer in two and are refused by the server."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode().decode("latin-1")
    return value
