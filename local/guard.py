"""Children that never outlive their parent, on Linux at once and elsewhere within a second."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Make this process end when the one that started it ends, even by `kill -9`."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    """End this process when its parent is another one than at the start."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
