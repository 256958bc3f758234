"""A portal whose table fails when a test says so: between its web server and the engine stands a proxy."""

import http.client
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from local.engines import ROOT, EngineProcess, start
from local.options import Options, child_environment
from local.setup import set_up
from tests.journeys.running import Running, answers, free_port, wait_for


class Proxy(ThreadingHTTPServer):
    """Hands requests on to the engine, but answers those to the table with an error while `failing`."""

    daemon_threads = True

    def __init__(self, engine_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.engine = urlsplit(engine_url).netloc
        self.failing = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.failing and "X-Amz-Target" in self.headers:
            return self._answer(500, {}, b'{"__type":"InternalServerError"}')
        engine = http.client.HTTPConnection(self.server.engine, timeout=20)
        engine.request(self.command, self.path, body, dict(self.headers))
        answer = engine.getresponse()
        self._answer(answer.status, dict(answer.getheaders()), answer.read())
        engine.close()
        return None

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Faulty:
    """The portal, and whether its table fails."""

    portal: Running
    proxy: Proxy

    def fails(self, failing: bool) -> None:
        """From now on."""
        self.proxy.failing = failing


@contextmanager
def faulty_portal(data: Path) -> Iterator[Faulty]:
    """A portal with demo data behind such a proxy; no message is delivered and no photo processed."""
    engine = start(data)
    proxy = Proxy(engine.url)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    (data / "keys").mkdir()
    try:
        with _web(data, engine, f"http://127.0.0.1:{proxy.server_port}") as portal:
            yield Faulty(portal, proxy)
    finally:
        proxy.shutdown()
        proxy.server_close()
        engine.stop()


@contextmanager
def _web(data: Path, engine: EngineProcess, proxy_url: str) -> Iterator[Running]:
    set_up(engine, "portal", "portal-media")
    options = Options(host="127.0.0.1", port=free_port(), data=data / "web", engine="aws")
    inner = child_environment(options, engine)
    environment = os.environ | inner | {"AWS_ENDPOINT_URL": proxy_url, "CODE_RESEND_SECONDS": "1"}
    environment |= {"PORT": str(options.port), "DATA": str(options.data), "ENGINE": "aws"}
    (options.data / "keys").mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "local.first_start"], cwd=ROOT, env=environment, check=True)
    with subprocess.Popen([sys.executable, "-m", "local.run"], cwd=ROOT, env=environment) as web:
        portal = Running(options.address)
        wait_for(lambda: answers(portal.url), 30, "the portal behind the proxy")
        yield portal
        portal.close()
        web.terminate()
