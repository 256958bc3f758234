"""A provider's HTTP server on this machine: answers as told, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


@dataclass
class Server:
    """Answers come from `answers`, the last one again and again; with None it says nothing and hangs up."""

    url: str = ""
    answers: list[tuple[int, Any] | None] = field(default_factory=lambda: [(200, {})])
    asked: list[Asked] = field(default_factory=list)
    #: Set to let a slow answer go.
    slow: threading.Event | None = None


@contextmanager
def serving() -> Iterator[Server]:
    """A server while the block runs."""
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.asked.append(Asked(self.path, headers, body))
            answer = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            if told.slow:
                told.slow.wait(10)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        if told.slow:
            told.slow.set()
        server.shutdown()
        server.server_close()
        thread.join()
