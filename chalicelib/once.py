"""Idempotency keys: the same key from the same person gives the same answer again.

The key's row is written in the very transaction that does the thing, so there is no moment in which the
one is stored without the other; it keeps what is needed to give the answer a second time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from chalicelib.db import Db, Item, K, Op, Put
from chalicelib.errors import ChangedMeanwhile, Conflict, IdempotencyMismatch, PortalError, Unavailable
from chalicelib.inputs import checked_key
from chalicelib.times import rfc3339

if TYPE_CHECKING:
    from chalicelib.web import Call

#: How long a key is remembered: longer than any phone keeps retrying.
KEEP = timedelta(days=7)
#: How often something is judged anew because it changed between reading and writing.
_TRIES = 5
File = TypeVar("File")


class AlreadyDone(Conflict):
    """The key was used meanwhile: give that answer."""


@dataclass(frozen=True)
class Once:
    """A person's key for one request; `fingerprint` stands for what was asked."""

    account_id: str
    key: str
    fingerprint: str

    @property
    def row(self) -> K:
        """Where it is kept."""
        return K(f"ACCOUNT#{self.account_id}", f"ONCE#{self.key}")

    def judge(self, item: Item | None) -> dict[str, Any] | None:
        """What was kept with the key, None when it is new; raises IdempotencyMismatch for another request."""
        if item is None:
            return None
        if item["fingerprint"] != self.fingerprint:
            raise IdempotencyMismatch
        kept: dict[str, Any] = item["kept"]
        return kept

    def find(self, db: Db) -> dict[str, Any] | None:
        """Look the key up: one round trip."""
        return self.judge(db.get(self.row))

    def put(self, kept: dict[str, Any], now: datetime) -> Op:
        """The write of the key; it comes first in its transaction, so that its refusal is the one reported."""
        item = {
            "PK": self.row.pk,
            "SK": self.row.sk,
            "fingerprint": self.fingerprint,
            "kept": kept,
            "at": rfc3339(now),
            "expires_at": int((now + KEEP).timestamp()),
        }
        return Put(item, error=AlreadyDone())


def once(account_id: str, key: str | None, what: str, body: BaseModel) -> Once | None:
    """The Once of a request: `what` names the route and its object. None without a key."""
    if key is None:
        return None
    text = f"{what}\n{body.model_dump_json()}"
    return Once(account_id, key, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def asked_once(call: "Call", what: str, body: BaseModel) -> Once | None:
    """The Once of an API's call, by its Idempotency-Key. Raises Invalid for a malformed one."""
    return once(call.person.id, call.idempotency_key, what, body)


def sent_once(call: "Call", what: str, body: BaseModel) -> Once | None:
    """The Once of a page's form, by the key that the page was given. Raises Invalid for a malformed one."""
    return once(call.person.id, checked_key(call.field("key") or None), what, body)


def settled(
    db: Db,
    once: Once | None,
    work: Callable[[], File],
    replay: Callable[[dict[str, Any]], tuple[File, datetime]],
    now: datetime,
) -> tuple[File, datetime]:
    """Do `work`, which reads, judges and writes; gives back its file and the moment it stands for.

    What changed between reading and writing is read and judged anew. A key that was used before gives that
    answer again (`replay`, of what was kept); so does one that is used at this very moment, whatever refusal its
    second use ran into. Raises Unavailable when it keeps changing.
    """
    if once and (kept := once.find(db)):
        return replay(kept)
    try:
        return until_unmoved(work), now
    except PortalError:
        kept = once.find(db) if once else None
        if kept is None:
            raise
    return replay(kept)


def until_unmoved(work: Callable[[], File]) -> File:
    """Do `work`, again for as long as something changes between its reading and writing. Raises Unavailable when that
    does not end."""
    for _ in range(_TRIES):
        try:
            return work()
        except ChangedMeanwhile:
            continue
    raise Unavailable
