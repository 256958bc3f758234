"""A whole local portal as a process of its own, on a free port: started, stopped, killed, started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class LivePortal:
    """The portal of one data folder; the address stays the same over restarts."""

    data: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @classmethod
    def in_folder(cls, data: Path) -> "LivePortal":
        """A portal on a port that is free now; not started yet."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return cls(data, probe.getsockname()[1])

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, limit_s: float = 60) -> None:
        """Start it; returns when it answers, raises RuntimeError with its last words when it does not."""
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.data / "run.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.run"],
                cwd=ROOT,
                env=os.environ | {"DATA": str(self.data), "PORT": str(self.port), "HOST": "127.0.0.1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + limit_s
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the portal does not start:\n{(self.data / 'run.log').read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """End the supervisor, the engine, the web server, the pump and its workers with `kill -9`, at once."""
        assert self._process is not None, "it was started"
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def family(self) -> list[int]:
        """All of its processes, the supervisor first."""
        assert self._process is not None, "it was started"
        return [self._process.pid, *_descendants(self._process.pid)]

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def _descendants(pid: int) -> list[int]:
    """All processes below this one (Linux)."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = path.read_text(errors="replace").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
