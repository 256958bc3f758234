"""One message of the inbox is read by itself, because what it leads to was opened."""

from datetime import datetime

from chalicelib.conditions import Attr
from chalicelib.db import Db, K, Update
from chalicelib.errors import Conflict
from chalicelib.times import rfc3339

_TRIES = 5


class _ReadBefore(Conflict):
    """It was read already, or is not there."""


class _Moved(Conflict):
    """The inbox was read at this very moment."""


def read_one(db: Db, account_id: str, message_id: str, now: datetime) -> bool:
    """Take one message as read, and count it no more among the unread ones; False when it was read already."""
    pk = f"ACCOUNT#{account_id}"
    unread = Attr("PK").exists() & Attr("read_at").not_exists()
    mark = Update(
        K(pk, f"INBOX#{message_id}"), sets={"read_at": rfc3339(now)}, condition=unread, error=_ReadBefore()
    )
    for attempt in range(_TRIES):
        seen = db.get(K(pk, "UNREAD")) or {}
        until = seen.get("read_until")
        if until and message_id <= until:
            return False  # read with all that came before
        same = Attr("read_until").eq(until) if until else Attr("read_until").not_exists()
        counted = Update(K(pk, "UNREAD"), adds={"unread": -1}, condition=same, error=_Moved())
        try:
            db.write(mark, counted)
        except _ReadBefore:
            return False
        except _Moved:
            db.pause(attempt)
            continue
        return True
    return False
