"""Complaints in the table: one partition each, with its timeline and photos. Keys: `docs/keys.md`."""

import hashlib
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.complaints.items import (
    QUEUES,
    complaint_pk,
    from_item,
    queue_of,
    row_from,
    row_item,
    to_item,
)
from chalicelib.complaints.models import Complaint, ComplaintFile, Pointer, Row, Stage
from chalicelib.complaints.rules import moments
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.crypto import Keyring
from chalicelib.db import Check, Db, Item, K, Op, Page, Put, Update
from chalicelib.errors import ChangedMeanwhile
from chalicelib.ids import new_id
from chalicelib.issues.models import Actor
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339

#: How the partitions of what is due begin.
TIMERS = "DUEC"
#: Complaints are few: one partition a day takes what is due in it. More are a matter of this number.
TIMER_SHARDS = 1


class NumberTaken(ChangedMeanwhile):
    """Another one has this number: draw again."""


class ComplaintMoved(ChangedMeanwhile):
    """It was changed meanwhile: read it again and judge anew."""


def meta_key(complaint_id: str) -> K:
    """The complaint's present state."""
    return K(complaint_pk(complaint_id), "META")


def number_key(number: str) -> K:
    """Who has a number."""
    return K(f"NUMBER#{number}", "COMPLAINT")


def pointer_key(account_id: str, complaint_id: str) -> K:
    """A complaint in a person's own list."""
    return K(f"ACCOUNT#{account_id}", f"COMPLAINT#{complaint_id}")


def timer_pk(day: str, complaint_id: str) -> str:
    """The partition of what is due on a day (UTC)."""
    shard = int(hashlib.sha256(complaint_id.encode()).hexdigest(), 16) % TIMER_SHARDS
    return f"{TIMERS}#{day}#{shard}"


def load(db: Db, keys: Keyring, complaint_id: str) -> ComplaintFile | None:
    """A complaint with all of its rows in one round trip (one more for each megabyte of it)."""
    rows = db.query_all(complaint_pk(complaint_id))
    by_kind: dict[str, list[Item]] = {}
    for row in rows:
        by_kind.setdefault(row["SK"].split("#", 1)[0], []).append(row)
    if "META" not in by_kind:
        return None
    return made(
        ComplaintFile,
        complaint=from_item(by_kind["META"][0], keys),
        timeline=[row_from(row, keys) for row in by_kind.get("T", [])],
        photos={row["id"]: row for row in by_kind.get("PHOTO", [])},
    )


def id_of_number(db: Db, number: str) -> str | None:
    """The id of the one with this number."""
    item = db.get(number_key(number[:32]))
    return str(item["complaint_id"]) if item else None


def add(complaint: Complaint, keys: Keyring) -> list[Op]:
    """Writes of a new one: itself, its number, its place in the person's list, the moments of its first clock."""
    number, pointer = number_key(complaint.number), pointer_key(complaint.person.id, complaint.id)
    names = ("number", "kind", "category", "community_id")
    return [
        Put({"PK": number.pk, "SK": number.sk, "complaint_id": complaint.id}, error=NumberTaken()),
        Put(to_item(complaint, keys)),
        Put(
            {
                "PK": pointer.pk,
                "SK": pointer.sk,
                "complaint_id": complaint.id,
                "at": rfc3339(complaint.created_at),
                **{name: getattr(complaint, name) for name in names},
            }
        ),
        *timers(complaint),
    ]


def change(before: Complaint, after: Complaint, keys: Keyring) -> list[Op]:
    """Writes of what differs, on condition of the version, and the moments of a clock that was started; they fail
    with ComplaintMoved, to be read and judged anew."""
    changed = {name for name in Complaint.model_fields if getattr(before, name) != getattr(after, name)}
    old, new = to_item(before, keys), to_item(after, keys)
    names = [name for name in (*changed, *QUEUES) if new[name] != old[name] or name in changed]
    sets = {name: new[name] for name in names if new[name] is not None}
    removes = sorted(name for name in names if new[name] is None and old[name] is not None)
    seen = Attr("version").eq(before.version)
    update = Update(meta_key(before.id), sets=sets, removes=removes, condition=seen, error=ComplaintMoved())
    return [update, *(timers(after) if _clock(after) != _clock(before) else [])]


def _clock(complaint: Complaint) -> tuple[str | None, datetime]:
    """Which clock runs, and since when: what tells one from another."""
    return complaint.clock, complaint.since


def unmoved(complaint: Complaint) -> Op:
    """The check that it is still in the stage in which it was read; it fails with ComplaintMoved."""
    return Check(meta_key(complaint.id), Attr("stage").eq(complaint.stage), ComplaintMoved())


def same_clock(complaint: Complaint) -> Op:
    """The check that the clock still runs with which it was read; it fails with ComplaintMoved."""
    same = Attr("since").eq(rfc3339(complaint.since)) & Attr("clock").eq(complaint.clock)
    return Check(meta_key(complaint.id), same, ComplaintMoved())


def add_row(complaint_id: str, row: Row, keys: Keyring) -> Op:
    """The write of a row of the timeline."""
    return Put(row_item(complaint_id, row, keys))


def timers(complaint: Complaint) -> list[Op]:
    """Writes of the moments at which to look at it again. They are never taken back: whoever handles one looks
    whether its clock still runs."""
    return [
        Put(
            {
                "PK": timer_pk(at.strftime("%Y-%m-%d"), complaint.id),
                "SK": f"{rfc3339(at)}#{complaint.id}#{complaint.clock}.{what}",
                "complaint_id": complaint.id,
                "what": what,
                "clock": complaint.clock,
                "since": rfc3339(complaint.since),
            },
            replace=True,
        )
        for at, what in moments(complaint)
    ]


def photo_removed(complaint_id: str, person: Person, keys: Keyring, now: datetime) -> Op:
    """The write of the row that tells of a photo which its sender took back."""
    actor = Actor(id=person.id, name=person.name, role="owner")
    return add_row(complaint_id, Row(id=new_id(now), at=now, kind="photo_removed", actor=actor), keys)


def pointers(
    db: Db, account_id: str, limit: int, after: str | None = None
) -> tuple[list[Pointer], str | None]:
    """What a person has sent, newest first, from behind the id `after`, and behind which to go on."""
    start = None
    if after:
        key = pointer_key(account_id, after)
        start = {"PK": key.pk, "SK": key.sk}
    condition = Key("PK").eq(f"ACCOUNT#{account_id}") & Key("SK").begins_with("COMPLAINT#")
    page = db.query(condition, limit=limit, start=start, newest_first=True)
    found = [_pointer(item) for item in page.items]
    return found, found[-1].id if page.next and found else None


def _pointer(item: Item) -> Pointer:
    names = ("number", "kind", "category", "community_id")
    fields = {name: item[name] for name in names}
    return made(Pointer, id=item["complaint_id"], at=moment(item["at"]), **fields)


def get_many(db: Db, keys: Keyring, ids: list[str]) -> list[Complaint]:
    """Several in the order asked for: one round trip per 100."""
    items = db.batch_get([meta_key(one) for one in ids]) if ids else []
    return [from_item(item, keys) for item in items if item]


def queue(
    db: Db, community_id: str, stage: Stage | None, limit: int, after: str | None, before: datetime | None
) -> Page:
    """A page of a community's list, the nearest deadline first, from behind the place `after`; `before` leaves out
    what is due later. What has come to its end is read newest first."""
    index = "status_queue" if stage else "open_queue"
    name = queue_of(community_id) + (f"#{stage}" if stage else "")
    ended = stage in ("closed", "withdrawn", "answered")
    key: Condition = Key(index).eq(name)
    if before is not None:
        key &= Key("due").between(f"{after}!" if after else "0", rfc3339(before))
    elif after:
        key &= Key("due").lt(after) if ended else Key("due").gt(after)
    return db.query(key, index=index, limit=limit, newest_first=ended)
