"""Identifiers: ULIDs, so that ids sort by the time they were made."""

import re
import secrets
import threading
from datetime import datetime

#: Crockford's letters, in order: without I, L, O and U.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PATTERN = re.compile(r"^[0-9A-HJKMNP-TV-Z]{26}$")
_lock = threading.Lock()
#: The last id of each of the latest instants, for requests that are at work at once each have their own.
_last: dict[int, int] = {}
_INSTANTS = 64


def new_id(now: datetime) -> str:
    """A new ULID for `now`; ids made by one process for one instant still rise, so rows keep their order."""
    instant = int(now.timestamp() * 1000)
    value = instant << 80 | secrets.randbits(80)
    with _lock:
        before = _last.pop(instant, 0)
        value = max(value, before + 1)
        _last[instant] = value
        if len(_last) > _INSTANTS:
            del _last[next(iter(_last))]
    return _written(value)


def least_id(moment: datetime) -> str:
    """What comes before all ids made at `moment` or later."""
    return _written(int(moment.timestamp() * 1000) << 80)


def _written(value: int) -> str:
    return "".join([_LETTERS[value >> shift & 31] for shift in range(125, -1, -5)])


def is_id(text: str) -> bool:
    """Whether this can be an id at all; anything else needs no look at the table."""
    return bool(_PATTERN.match(text))
