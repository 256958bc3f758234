"""Requests as bytes, so that nothing between the test and the portal makes them well-formed."""

import contextlib
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """What came back; `status` 0 when the portal closed the connection without a word."""

    status: int
    content_type: str
    body: bytes


def send(url: str, raw: bytes) -> Reply:
    """Send bytes, read one answer."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=30) as link:
        with contextlib.suppress(OSError):  # answered before all was sent: the answer is what counts
            link.sendall(raw)
            link.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(link, method=raw.split(b" ", 1)[0].decode("latin-1"))
        try:
            answer.begin()
            body = answer.read()
        except (ConnectionResetError, http.client.HTTPException):
            return Reply(0, "", b"")
        finally:
            answer.close()
    return Reply(answer.status, answer.headers.get("Content-Type", ""), body)


def request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request whose target and headers stand as they are given, in UTF-8."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass") + body


def fits(reply: Reply, path: str) -> bool:
    """Whether an answer may be given to anybody for anything: no fault of ours, and the API's own form."""
    is_api = path.startswith("/api/") and path != "/api/docs"
    if is_api and reply.status >= 400:
        return reply.status < 500 and reply.content_type.startswith("application/problem+json")
    return 200 <= reply.status < 500
