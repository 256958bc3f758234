"""Complaints and their timeline as items of the table, and back; names sealed."""

from datetime import datetime
from typing import Any

from chalicelib.complaints.models import CallBack, Complaint, Row
from chalicelib.crypto import Keyring
from chalicelib.issues.models import Actor, Holder, Ref
from chalicelib.kept import made
from chalicelib.records import Item
from chalicelib.times import moment, rfc3339

_TIMES = (
    "created_at", "since", "due_at", "warn_at", "latest_at", "decided_at", "replied_at", "closed_at",
)  # fmt: skip
_PLAIN = (
    "id", "number", "kind", "origin", "community_id", "unit_id", "unit_label", "category", "content", "stage",
    "version", "clock", "departments", "findings", "opinion", "decision", "reply", "letter_id", "result",
)  # fmt: skip
#: Where those stand in a queue for which nothing is due.
NEVER = "9999-12-31T23:59:59.000Z"
QUEUES = ("due", "open_queue", "status_queue")


def complaint_pk(complaint_id: str) -> str:
    """The partition of one complaint."""
    return f"COMPLAINT#{complaint_id}"


def queue_of(community_id: str) -> str:
    """A community's open complaints, in the index of open work."""
    return f"COMPLAINTS#{community_id}"


def _text(value: datetime | None) -> str | None:
    return rfc3339(value) if value else None


def _person(keys: Keyring, pk: str, person: Actor | Holder | None) -> Item | None:
    if person is None:
        return None
    name = keys.seal(person.name, f"{pk}|name") if person.name else None
    role = {"role": person.role} if isinstance(person, Actor) else {}
    return {"id": person.id, "name": name, **role}


def _name(keys: Keyring, pk: str, item: Item) -> str:
    return keys.open(item["name"], f"{pk}|name") if item.get("name") else ""


def _actor(keys: Keyring, pk: str, item: Item) -> Actor:
    return made(Actor, id=item["id"], name=_name(keys, pk, item), role=item["role"])


def _holder(keys: Keyring, pk: str, item: Item | None) -> Holder | None:
    return made(Holder, id=item["id"], name=_name(keys, pk, item)) if item else None


def _ref(ref: Ref | None) -> Item | None:
    return {"id": ref.id, "number": ref.number} if ref else None


def _of_ref(item: Item | None) -> Ref | None:
    return made(Ref, **item) if item else None


def to_item(complaint: Complaint, keys: Keyring) -> Item:
    """A complaint as kept, with the attributes that the desk's indexes are made of."""
    pk = complaint_pk(complaint.id)
    queue = queue_of(complaint.community_id)
    # Open ones stand by deadline, those at their end by when they came to it.
    stands = complaint.due_at if complaint.is_open else complaint.closed_at
    back = complaint.called_back
    return {
        "PK": pk,
        "SK": "META",
        **{name: getattr(complaint, name) for name in _PLAIN},
        **{name: _text(getattr(complaint, name)) for name in _TIMES},
        "person": _person(keys, pk, complaint.person),
        "handler": _person(keys, pk, complaint.handler),
        "issue": _ref(complaint.issue),
        "links": [_ref(link) for link in complaint.links],
        "called_back": {"at": rfc3339(back.at), "satisfied": back.satisfied} if back else None,
        "due": f"{_text(stands) or NEVER}#{complaint.id}",
        "open_queue": queue if complaint.is_open else None,
        "status_queue": f"{queue}#{complaint.stage}",
    }


def from_item(item: Item, keys: Keyring) -> Complaint:
    """A complaint from the table."""
    pk, back = item["PK"], item.get("called_back")
    fields: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    fields |= {name: moment(item[name]) if name in item else None for name in _TIMES}
    return made(
        Complaint,
        **fields,
        person=_actor(keys, pk, item["person"]),
        handler=_holder(keys, pk, item.get("handler")),
        issue=_of_ref(item.get("issue")),
        links=[made(Ref, **link) for link in item["links"]],
        called_back=CallBack(at=moment(back["at"]), satisfied=back["satisfied"]) if back else None,
    )


def row_item(complaint_id: str, row: Row, keys: Keyring) -> Item:
    """A row of the timeline as kept."""
    pk = complaint_pk(complaint_id)
    return {
        "PK": pk,
        "SK": f"T#{row.id}",
        "at": rfc3339(row.at),
        "kind": row.kind,
        "actor": _person(keys, pk, row.actor),
        "from_stage": row.from_stage,
        "to": row.to,
        "step": row.step,
        "text": row.text,
        "photo_ids": row.photo_ids or None,
        "departments": row.departments or None,
        "handler": _person(keys, pk, row.handler),
        "link": _ref(row.link),
        "clock": row.clock,
    }


def row_from(item: Item, keys: Keyring) -> Row:
    """A row of the timeline from the table."""
    pk = item["PK"]
    return made(
        Row,
        id=item["SK"][2:],
        at=moment(item["at"]),
        kind=item["kind"],
        actor=_actor(keys, pk, item["actor"]),
        from_stage=item.get("from_stage"),
        to=item.get("to"),
        step=item.get("step"),
        text=item.get("text"),
        photo_ids=item.get("photo_ids", []),
        departments=item.get("departments", []),
        handler=_holder(keys, pk, item.get("handler")),
        link=_of_ref(item.get("link")),
        clock=item.get("clock"),
    )
