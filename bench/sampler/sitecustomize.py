"""Put on PYTHONPATH, it lets the portal's web process write down where its threads are, 50 times a second, as long as
a file beside the written one says "on": looking costs processor time of its own.

Python imports a module of this name at its start; in any other process than the web server's it does nothing.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

_EVERY_S = 0.02
_WAITS = {"readinto", "recv_into", "_read_status", "recv", "wait_for_read", "poll", "select", "connect"}
#: From the innermost frame outwards, the first that fits says what a thread is at.
_PARTS = (
    ("/jinja2/", "rendering pages"),
    ("<template>", "rendering pages"),
    (".html", "rendering pages"),
    ("/botocore/", "botocore"),
    ("/boto3/", "botocore"),
    ("/urllib3/", "botocore"),
    ("/pydantic/", "the app"),
    ("/chalicelib/", "the app"),
    ("/chalice/", "Chalice and the bridge"),
    ("/local/", "Chalice and the bridge"),
    ("/waitress/", "the server"),
    ("/socketserver.py", "the server"),
    ("/http/server.py", "the server"),
)


def part_of(frame: FrameType | None) -> str:
    """What a thread is at; "" when it waits for something to do."""
    innermost = frame
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    found = next((name for file in files for part, name in _PARTS if part in file), "")
    name = innermost.f_code.co_name if innermost else ""
    if name in _WAITS and found == "botocore":
        return "waiting for the engine"
    if name in ("wait", "handle_read", "accept", *_WAITS) and found in ("", "the server"):
        return ""
    return found


def _sample(path: Path) -> None:
    counts: Counter[str] = Counter()
    mine, written = threading.get_ident(), 0.0
    wanted = path.with_suffix(".on")
    while True:
        time.sleep(_EVERY_S)
        if not wanted.exists():
            time.sleep(0.2)
            continue
        for thread, frame in sys._current_frames().items():
            if thread != mine and (part := part_of(frame)):
                counts[part] += 1
        if time.monotonic() - written > 0.5:
            written = time.monotonic()
            scratch = path.with_suffix(".new")
            scratch.write_text(json.dumps(counts))
            scratch.replace(path)


def _start() -> None:
    path = os.environ.get("SAMPLE_FILE")
    if path and any(word in ("local.serve", "local") for word in sys.orig_argv):
        threading.Thread(target=_sample, args=(Path(path),), daemon=True).start()


_start()
