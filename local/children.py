"""The portal's processes under their supervisor: started, watched, started again, ended."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from local.engines import ROOT

_TOO_OFTEN = 5
_WITHIN_SECONDS = 60.0


class KeepsCrashingError(Exception):
    """A process ended too often in a short time."""


@dataclass
class Child:
    """One process, by the module it runs."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    log: Path
    descriptors: tuple[int, ...] = ()
    _process: "subprocess.Popen[bytes] | None" = None
    _ends: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it unless it runs, in a session of its own: Ctrl-C is the supervisor's business."""
        if self._process is not None and self._process.poll() is None:
            return
        with open(self.log, "ab" if self._process else "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=ROOT,
                env=os.environ | self.environment,
                pass_fds=self.descriptors,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def keep_running(self) -> None:
        """Start it again if it has ended; raises KeepsCrashingError when that happens too often."""
        if self._process is None or self._process.poll() is None:
            return
        now = time.monotonic()
        self._ends = [end for end in self._ends if now - end < _WITHIN_SECONDS] + [now]
        if len(self._ends) >= _TOO_OFTEN:
            raise KeepsCrashingError(f"{self.last_words()}\nThe {self.name} process keeps ending: {self.log}")
        code = self._process.returncode
        print(f"The {self.name} process ended ({code}) and is started again: {self.log}", flush=True)
        self.start()

    def last_words(self, lines: int = 15) -> str:
        """The end of what it has said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def run(self) -> bool:
        """Start it and wait for its end; True when all went well."""
        self.start()
        return self._process is not None and self._process.wait() == 0

    def stop(self, patience_s: float = 6) -> None:
        """Ask it to end, and end it when it takes too long."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
