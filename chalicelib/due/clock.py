"""One tick of the clock: everything that time brings about, each by itself."""

from collections.abc import Callable, Mapping

from chalicelib.logs import log_failure


def run(parts: Mapping[str, Callable[[], int]]) -> dict[str, int]:
    """Do every part of a tick, also when one before it fails; gives back how many things each did. Raises the first
    failure once all have had their turn, so that it is counted and alarmed as a tick that failed."""
    done: dict[str, int] = {}
    failed: Exception | None = None
    for name, part in parts.items():
        try:
            done[name] = part()
        except Exception as error:
            log_failure("tick_part_failed", part=name)
            failed = failed or error
    if failed:
        raise failed
    return done
