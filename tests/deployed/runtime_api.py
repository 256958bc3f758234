"""Lambda on this machine: a function's process under `awslambdaric`, and the Runtime API that it asks for events.

The process sees what Lambda gives it: the unpacked package, the runtime client, the standard library, and the
environment of the template. Nothing of this project's own environment reaches it.
"""

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.engines import ROOT

_PYTHON = ROOT / ".venv-lambda" / "bin" / "python"
_SITE = ROOT / ".venv-lambda" / "lib" / "python3.11" / "site-packages"
#: What Lambda's own folder holds besides Python; not pip, and not a second botocore.
_RUNTIME = (
    "awslambdaric",
    "simplejson",
    "snapshot_restore_py.py",
    "runtime_client.cpython-311-x86_64-linux-gnu.so",
)
_START = (
    "import sys; sys.path[:0] = sys.argv[1:3]; sys.argv[1:] = sys.argv[3:];"
    "from awslambdaric.__main__ import main; main(sys.argv)"
)
_API = "/2018-06-01/runtime/"


class Failed(Exception):
    """The function answered with an error: its type, message and trace."""

    @property
    def kind(self) -> str:
        """The exception's name, as Lambda reports it."""
        return str(self.args[0].get("errorType"))


def make_runtime(folder: Path) -> Path:
    """A folder with the runtime client and nothing else."""
    folder.mkdir()
    for name in _RUNTIME:
        (folder / name).symlink_to(_SITE / name)
    return folder


@dataclass
class _Invocation:
    event: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: "queue.Queue[tuple[bool, bytes]]" = field(default_factory=lambda: queue.Queue(1))


@dataclass
class Function:
    """One function. It begins when it is first invoked, and takes one event at a time."""

    name: str
    handler: str
    timeout_s: int
    memory_mb: int
    environment: Mapping[str, str]
    package: Path
    runtime: Path
    log: Path

    def __post_init__(self) -> None:
        self._waiting: queue.Queue[_Invocation] = queue.Queue()
        self._running: dict[str, _Invocation] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin the process, as Lambda does for a first event."""
        command = [
            str(_PYTHON),
            "-I",
            "-S",
            "-B",
            "-c",
            _START,
            str(self.package),
            str(self.runtime),
            self.handler,
        ]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.package,
                env=self._environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            **self.environment,
            "_HANDLER": self.handler,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "LAMBDA_TASK_ROOT": str(self.package),
            "LAMBDA_RUNTIME_DIR": str(self.runtime),
        }

    def invoke(self, event: Any) -> Any:
        """The handler's answer to one event; raises Failed when it raised, TimeoutError after its timeout."""
        with self._lock:
            if self.process is None:
                self.start()
            invocation = _Invocation(json.dumps(event).encode())
            self._running[invocation.id] = invocation
            self._waiting.put(invocation)
            end = time.monotonic() + self.timeout_s
            while True:
                try:
                    good, body = invocation.answer.get(timeout=0.25)
                    break
                except queue.Empty:
                    assert self.process is None or self.process.poll() is None, self.said()
                    if time.monotonic() > end:
                        raise TimeoutError(self.name) from None
            del self._running[invocation.id]
        if not good:
            raise Failed(json.loads(body))
        return json.loads(body)

    def said(self) -> str:
        """What it has written to its log."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def stop(self) -> None:
        """End the process and the Runtime API."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._server.shutdown()
        self._server.server_close()

    def next(self) -> _Invocation:
        """The next event; waits for one."""
        return self._waiting.get()

    def finish(self, invocation_id: str, good: bool, body: bytes) -> None:
        """Hand an answer, or an error, to whoever invoked."""
        self._running[invocation_id].answer.put((good, body))

    def failed_to_start(self, body: bytes) -> None:
        """The handler could not be loaded: whoever waits is told."""
        for invocation in list(self._running.values()):
            invocation.answer.put((False, body))

    def deadline(self) -> int:
        """Until when the event must be answered, in milliseconds since 1970."""
        return int((time.time() + self.timeout_s) * 1000)


def _handler(function: Function) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what went wrong by themselves."""

        def do_GET(self) -> None:
            assert self.path == f"{_API}invocation/next", self.path
            invocation = function.next()
            arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function.name}"
            headers = {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Invoked-Function-Arn": arn,
                "Lambda-Runtime-Deadline-Ms": str(function.deadline()),
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            }
            self._answer(200, invocation.event, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self._chunks()
            *_, subject, verb = self.path.removeprefix(_API).split("/")
            if subject == "init":
                function.failed_to_start(body)
            else:
                function.finish(subject, verb == "response", body)
            self._answer(202, b'{"status":"OK"}', {})

        def _chunks(self) -> bytes:
            parts = []
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                while size := int(self.rfile.readline(), 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
            return b"".join(parts)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
