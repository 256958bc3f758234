"""Several people at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def race(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of them at once in threads; gives back what each returned, or the exception that it raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return work()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def codes(results: Sequence[Any]) -> list[str]:
    """What became of each: `ok`, or its error's code."""
    return sorted(
        str(getattr(result, "code", repr(result))) if isinstance(result, Exception) else "ok"
        for result in results
    )
