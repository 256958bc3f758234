"""What is known of a heap of records, and what is wrong between them: nothing is missing that another record says is
there, numbers equal what they count, nothing that is due is forgotten. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.db import K


class Book:
    """What is known of the records so far. It holds the key of each: about 400 MB for a million records."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        #: Sealed texts by the id of their key.
        self.seals: Counter[str] = Counter()
        #: What has been found wrong with a record by itself.
        self.problems: list[str] = []
        self.present: set[K] = set()
        #: What must be there → the record that says so.
        self.wanted: dict[K, K] = {}
        #: Objects that must be in the bucket → the photo.
        self.objects: dict[str, K] = {}
        #: The same for letters → the complaint.
        self.letters: dict[str, K] = {}
        #: (community, state) → issues in it; what the community's record says; what the outbox will still add.
        self.states: Counter[tuple[str, str]] = Counter()
        self.counted: Counter[tuple[str, str]] = Counter()
        #: Complaint → when its clock is over; the moments at which complaints will be looked at.
        self.clocks: dict[str, datetime] = {}
        self.looks: set[tuple[str, datetime]] = set()
        self.complaints_mark: str | None = None
        self.needs: set[K] = set()
        self.waiting: set[K] = set()
        #: Places in the lists of those who follow; those of whom an issue was joined have that one in their list.
        self.followers: dict[K, K] = {}
        self.joined: set[K] = set()
        self.told: set[K] = set()
        self.days: list[str] = []
        self.mark: str | None = None

    def want(self, key: K, by: K) -> None:
        """A record that must be there, because another says so."""
        self.wanted.setdefault(key, by)

    def wrong(self, key: K, what: str) -> None:
        """Something is wrong with a record by itself."""
        self.problems.append(f"{key.pk} {key.sk}: {what}")

    def missing(self) -> dict[K, K]:
        """What must be there and was not seen → the record that says so."""
        lists = {key: by for key, by in self.followers.items() if key not in self.joined}
        return {key: by for key, by in (self.wanted | lists).items() if key not in self.present}

    def unsettled(self, now: datetime) -> Iterator[str]:
        """What is wrong between records, but for those that are missing."""
        for key in self.waiting - self.needs:
            yield f"{key.pk} {key.sk}: missing, although the issue waits for its owner"
        for key in self.needs - self.waiting:
            yield f"{key.pk} {key.sk}: the issue does not wait for its owner"
        for pair in sorted(self.states.keys() | self.counted.keys()):
            if self.states[pair] != self.counted[pair]:
                yield f"COMMUNITY#{pair[0]} COUNTS: {self.counted[pair]} {pair[1]}, but there are {self.states[pair]}"
        for complaint_id, due_at in self.clocks.items():
            mark = self.complaints_mark  # without it nobody can say which days are handled
            ahead = mark is not None and due_at > now and str(due_at.date()) > mark
            if ahead and (complaint_id, due_at) not in self.looks:
                yield f"COMPLAINT#{complaint_id} META: nobody will be told that it is late at {due_at.isoformat()}"
        first = self.mark or str((now - timedelta(days=1)).date())
        for day in sorted({day for day in self.days if day < first}):
            yield f"DUE#{day}: the clock is past this day (SYSTEM TIMERS), so it will never be handled"
        for key in self.present:
            if kind_of(key) in (("ISSUE", "META"), ("COMPLAINT", "META")) and key not in self.told:
                yield f"{key.pk} {key.sk}: its timeline is missing"


#: Partitions whose sort keys tell nothing about the kind of record.
_ONE_KIND = {
    "OUTBOX", "DUE", "DUEB", "DUEC", "DUEP", "AUDIT", "SPOT", "REPEAT", "RISK", "TELL", "SEND", "FAILED", "PUBLISH",
    "EARN", "EARNED", "POINTSUM", "ADJUST",
}  # fmt: skip


def kind_of(key: K) -> tuple[str, str]:
    """What a record is, by the beginnings of its keys."""
    head = key.pk.partition("#")[0]
    return head, "" if head in _ONE_KIND else key.sk.partition("#")[0]
