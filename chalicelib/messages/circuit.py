"""A provider that keeps failing is left alone for a minute, by all workers, so that it never holds up the rest."""

from datetime import datetime

from chalicelib.db import Db, K, Update
from chalicelib.messages.notifier import Channel
from chalicelib.messages.policy import FAILURES, PAUSE
from chalicelib.times import rfc3339


class Circuit:
    """One channel's provider, as it was when this was made."""

    def __init__(self, db: Db, channel: Channel, now: datetime) -> None:
        """One round trip."""
        self.channel = channel
        self._db, self._key = db, K("SYSTEM", f"PROVIDER#{channel}")
        row = db.get(self._key) or {}
        self._failures: int = row.get("failures", 0)
        self.open = str(row.get("until", "")) > rfc3339(now)

    def worked(self) -> None:
        """It took a message: what failed before is forgotten. Costs nothing where nothing failed."""
        if self._failures:
            self._failures = 0
            self._db.update(Update(self._key, sets={"failures": 0}, removes=("until",)))

    def failed(self, now: datetime) -> None:
        """It did not answer, or not as it should. After a pause a single failure opens the circuit again."""
        self._failures = int(self._db.update(Update(self._key, adds={"failures": 1}))["failures"])
        if self._failures >= FAILURES:
            self.open = True
            self._db.update(Update(self._key, sets={"until": rfc3339(now + PAUSE)}))
