"""A table's stand-in: hands requests on to a real engine and remembers its answers, then gives the same ones by itself.

So every contestant gets equal answers at once, and a write that is measured a thousand times finds the table as it was.
"""

import base64
import http.client
import json
import re
import socketserver
import threading
import zlib
from typing import Any
from urllib.parse import urlsplit

_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT")
Call = tuple[str, dict[str, Any]]


def signature(operation: str, body: dict[str, Any]) -> str:
    """What tells requests apart whoever makes them: keys and values, not the placeholders' names, nor moments."""
    if "RequestItems" in body:
        keys = [sorted(map(str, part["Keys"])) for part in body["RequestItems"].values()]
        return f"{operation} {keys}"
    values = sorted(next(iter(v.values())) for v in body.get("ExpressionAttributeValues", {}).values()
                    if "S" in v and not _MOMENT.match(v["S"]))  # fmt: skip
    more = [body.get(name) for name in ("Key", "IndexName", "Select")]
    return f"{operation} {values if operation == 'Query' else ''} {more}"


class Replay(socketserver.ThreadingTCPServer):
    """The stand-in's server; `calls` are the requests handed on since `record` began."""

    daemon_threads = True

    def __init__(self, engine_url: str, keyring: bytes) -> None:
        """`keyring` is what KMS opens."""
        super().__init__(("127.0.0.1", 0), _Connection)
        self._engine = urlsplit(engine_url).netloc
        self._known: dict[str, bytes] = {}
        self._recording = True
        self._keyring = json.dumps({"KeyId": "k", "Plaintext": base64.b64encode(keyring).decode()}).encode()
        self.calls: list[Call] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def record(self) -> None:
        """Forget the requests so far."""
        self.calls = []

    def stop_recording(self) -> None:
        """From now on only known requests are answered, and the engine is not asked."""
        self._recording = False

    def answer(self, headers: dict[str, str], body: bytes) -> bytes:
        """The whole answer to one request, as it goes over the wire."""
        operation = headers["x-amz-target"].partition(".")[2]
        if operation == "Decrypt":
            return _answer(self._keyring)
        request = json.loads(body)
        known = signature(operation, request)
        if self._recording:
            self.calls.append((operation, request))
            self._known[known] = self._ask(headers, body)
        return self._known[known]

    def _ask(self, headers: dict[str, str], body: bytes) -> bytes:
        engine = http.client.HTTPConnection(self._engine, timeout=30)
        engine.request("POST", "/", body, headers)
        answer = engine.getresponse()
        text = answer.read()
        engine.close()
        if answer.status != 200:
            raise RuntimeError(text.decode())
        return _answer(text)


def _answer(text: bytes) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nServer: Server\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(text)}\r\nConnection: keep-alive\r\nx-amzn-RequestId: {'R' * 52}\r\n"
        f"x-amz-crc32: {zlib.crc32(text)}\r\nDate: Wed, 25 Nov 2026 08:00:00 GMT\r\n\r\n"
    )
    return head.encode() + text


class _Connection(socketserver.StreamRequestHandler):
    server: Replay

    def handle(self) -> None:
        while line := self.rfile.readline():
            if not line.strip():
                continue
            headers = dict(iter(self._header, None))
            body = self.rfile.read(int(headers.get("content-length", 0)))
            self.wfile.write(self.server.answer(headers, body))

    def _header(self) -> tuple[str, str] | None:
        name, _, value = self.rfile.readline().decode("latin-1").partition(":")
        return (name.lower(), value.strip()) if name.strip() else None
