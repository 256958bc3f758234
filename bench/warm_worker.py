"""One contestant in a process of its own: told a row and a number on standard input, says the processor time it took.

python -m bench.warm_worker bare
"""

import cProfile
import importlib
import json
import os
import pstats
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


#: Whose time it is: the first word that a function's file, or its own name where it is built in, contains.
_SHARES = {
    "botocore": "botocore", "transport.py": "signing and sending", "signing.py": "signing and sending",
    "outcomes.py": "signing and sending",
    "socket": "signing and sending", "hmac": "signing and sending", "json": "JSON", "jinja2": "templates",
    "markupsafe": "templates", "templat": "templates", "page_words": "templates", "crypto": "opening sealed names",
    "base64": "opening sealed names", "AESGCM": "opening sealed names", "records.py": "items", "items.py": "items",
    "kept.py": "items", "db.py": "items", "views.py": "views", "pydantic": "views",
}  # fmt: skip


def shares(handler: Any, event: dict[str, Any], times: int) -> dict[str, float]:
    """What part of a request's time goes where, by the profiler, which makes calls dearer than they are."""
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(times):
        handler(event, Context())
    profile.disable()
    spent: dict[str, float] = {}
    found: Any = pstats.Stats(profile)
    for (file, _, name), (_, _, took, _, _) in found.stats.items():
        whose = next((share for word, share in _SHARES.items() if word in f"{file} {name}"), "the rest")
        spent[whose] = spent.get(whose, 0) + took
    total = sum(spent.values())
    return {whose: took / total for whose, took in sorted(spent.items(), key=lambda pair: -pair[1])}


def main() -> None:
    """Answer lines until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # log lines are written, and nobody reads them
    rows: dict[str, Any] = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
    ours = sys.argv[1] == "portal"
    handler = (
        importlib.import_module("app").app
        if ours
        else importlib.import_module(f"bench.peers.{sys.argv[1]}").handler
    )
    for line in sys.stdin:
        name, times = line.strip().rsplit(" ", 1)
        event = rows[name.removeprefix("profile ")]["event"]
        if name.startswith("profile "):
            print(json.dumps(shares(handler, event, int(times))), file=answers)
            continue
        answer = handler(event, Context())
        assert 200 <= answer["statusCode"] < 300, answer
        started = time.process_time()
        for _ in range(int(times)):
            handler(event, Context())
        took = time.process_time() - started
        print(json.dumps({"ms": took / int(times) * 1000, "bytes": len(answer["body"])}), file=answers)


if __name__ == "__main__":
    main()
