"""Stands between the functions and the engine: writes down what each function asks for, and refuses what its policy
does not grant where the engine does not look."""

import http.client
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.deployed.iam import Ask, Sent, allows, asks
from tests.deployed.policies import Policy

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """A function's request, what had to be granted for it, in which step of the journey, and how it ended."""

    function: str
    step: str
    sent: Sent
    asks: tuple[Ask, ...]
    status: int


@dataclass
class Wire:
    """The engine's address for functions and phones alike: both go through the same checks."""

    engine_url: str
    stream_arn: str
    key_arn: str
    policies: Mapping[str, Policy]
    #: Function by access key.
    keys: Mapping[str, str]
    step: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    refused: list[Exchange] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    #: Objects that phones have sent, by key and size, until somebody takes them.
    uploads: list[tuple[str, int]] = field(default_factory=list)
    #: Functions for which the table is away at the moment.
    away: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                if self.headers.get("Expect", "").lower() == "100-continue":
                    self.send_response_only(100)
                    self.end_headers()
                    self.wfile.flush()
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, lines, answer = wire.pass_on(Sent(self.command, self.path, headers, body))
                self.send_response_only(status)
                for name, value in lines:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                self.wfile.flush()

        return Handler

    def pass_on(self, sent: Sent) -> tuple[int, list[tuple[str, str]], bytes]:
        """Judge a request, forward it, and write it down."""
        function = self.keys.get(sent.access_key)
        if function is None:
            return 403, [], b"a key that no function has"
        if function in self.away:
            return 500, [], b'{"__type":"InternalServerError"}'
        needed = asks(sent, self.stream_arn, self.key_arn)
        allowed = all(allows(self.policies[function], ask) for ask in needed)
        status, lines, answer = self._forward(sent) if allowed else _denied(sent)
        if status == 404 and sent.service == "s3" and sent.method in ("GET", "HEAD"):
            # Only those who may list a bucket are told that an object is missing; for others it is forbidden.
            listing = Ask("s3:ListBucket", needed[0].resource.split("/")[0])
            if not allows(self.policies[function], listing):
                status, lines, answer = _denied(sent)
            needed.append(listing)
        exchange = Exchange(function, self.step, sent, tuple(needed), status)
        self.exchanges.append(exchange)
        if status == 403 or b"AccessDenied" in answer or b"AuthorizationError" in answer:
            self.refused.append(exchange)
        elif status < 300:
            self._note(sent)
        return status, lines, answer

    def _note(self, sent: Sent) -> None:
        if form := sent.form:
            size = (
                sent.body.index(
                    b"\r\n--", start := sent.body.index(b"\r\n\r\n", sent.body.index(b"filename="))
                )
                - start
                - 4
            )
            self.uploads.append((form["key"], size))
        elif sent.service == "sns":
            told = {name: values[0] for name, values in parse_qs(sent.body.decode()).items()}
            self.texts.append((told["PhoneNumber"], told["Message"]))

    def _forward(self, sent: Sent) -> tuple[int, list[tuple[str, str]], bytes]:
        engine = urlsplit(self.engine_url)
        connection = http.client.HTTPConnection(engine.hostname or "", engine.port, timeout=30)
        with closing(connection):
            headers = {
                name: value for name, value in sent.headers.items() if name not in ("expect", "connection")
            }
            connection.request(sent.method, sent.target, sent.body, headers)
            answer = connection.getresponse()
            lines = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
            return answer.status, lines, answer.read()


def _denied(sent: Sent) -> tuple[int, list[tuple[str, str]], bytes]:
    """A refusal in the form of the service that was asked."""
    if sent.service in ("s3", "sns"):
        xml: Any = "<Error><Code>AccessDenied</Code><Message>by the test's own evaluation</Message></Error>"
        return 403, [("Content-Type", "application/xml")], xml.encode()
    told = b'{"__type":"AccessDeniedException","message":"by the test\'s own evaluation"}'
    return 400, [("Content-Type", "application/x-amz-json-1.0")], told
