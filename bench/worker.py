"""One contestant in a process of its own: told a row and a number on standard input, says the processor time it took.

python -m bench.worker bare
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Context:
    """What Lambda hands over beside the event."""

    aws_request_id = "b6f3d5c0-0000-4000-8000-000000000000"
    function_name = "portal"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:portal"
    memory_limit_in_mb = 1769


def main() -> None:
    """Answer lines until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # log lines are written, and nobody reads them
    rows: dict[str, Any] = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
    handler = importlib.import_module(f"bench.peers.{sys.argv[1]}").handler
    for line in sys.stdin:
        name, times = line.strip().rsplit(" ", 1)
        event = rows[name]["event"]
        answer = handler(event, Context())
        assert 200 <= answer["statusCode"] < 300, answer
        started = time.process_time()
        for _ in range(int(times)):
            handler(event, Context())
        took = time.process_time() - started
        print(json.dumps({"ms": took / int(times) * 1000, "bytes": len(answer["body"])}), file=answers)


if __name__ == "__main__":
    main()
