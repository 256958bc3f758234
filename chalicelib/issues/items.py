"""Issues, their timeline and hand-offs as items of the table, and back; names sealed."""

from datetime import datetime
from typing import Any

from chalicelib.crypto import Keyring
from chalicelib.issues.models import (
    Actor,
    Before,
    Entry,
    Handoff,
    Holder,
    Issue,
    Rating,
    Ref,
    SopMark,
    Window,
)
from chalicelib.issues.rules import WORK
from chalicelib.kept import made
from chalicelib.records import Item
from chalicelib.times import moment, rfc3339
from chalicelib.upgrades import ISSUE, SCHEMA

_TIMES = (
    "created_at", "promised_at", "visit_at", "resolved_at", "closed_at", "quiet_since", "urged_at",
    "next_moment", "step_due",
)  # fmt: skip
_PLAIN = (
    "id", "number", "community_id", "unit_id", "unit_label", "building", "area", "category_id", "description",
    "location", "status", "version", "pause_reason", "paused_from", "resolutions", "reopened", "reject_note",
    "handoff", "begun", "place_id", "follows",
)  # fmt: skip


def issue_pk(issue_id: str) -> str:
    """The partition of one issue."""
    return f"ISSUE#{issue_id}"


def _text(value: datetime | None) -> str | None:
    return rfc3339(value) if value else None


def _seal_name(keys: Keyring, pk: str, name: str) -> str | None:
    return keys.seal(name, f"{pk}|name") if name else None


def _person_item(keys: Keyring, pk: str, person: Actor | Holder | None) -> Item | None:
    if person is None:
        return None
    role = {"role": person.role} if isinstance(person, Actor) else {}
    return {"id": person.id, "name": _seal_name(keys, pk, person.name), **role}


def _open_name(keys: Keyring, pk: str, item: Item) -> str:
    return keys.open(item["name"], f"{pk}|name") if item.get("name") else ""


def _actor(keys: Keyring, pk: str, item: Item) -> Actor:
    return made(Actor, id=item["id"], name=_open_name(keys, pk, item), role=item["role"])


def _holder(keys: Keyring, pk: str, item: Item | None) -> Holder | None:
    return made(Holder, id=item["id"], name=_open_name(keys, pk, item)) if item else None


def to_item(issue: Issue, keys: Keyring) -> Item:
    """An issue as kept, with the attributes that the desk's indexes are made of."""
    pk, kept = issue_pk(issue.id), issue.__dict__
    working = issue.status in WORK
    return {
        "PK": pk,
        "SK": "META",
        SCHEMA: ISSUE.version,
        **{name: kept[name] for name in _PLAIN},
        **{name: _text(kept[name]) for name in _TIMES},
        "reporter": _person_item(keys, pk, issue.reporter),
        "assignee": _person_item(keys, pk, issue.assignee),
        "visit_windows": [[rfc3339(w.start), rfc3339(w.end)] for w in issue.visit_windows],
        "rating": rating_item(issue.rating) if issue.rating else None,
        "ratings": [rating_item(one) for one in issue.ratings] or None,
        "merged_into": issue.merged_into.model_dump() if issue.merged_into else None,
        "ticked": issue.ticked or None,
        "due": f"{rfc3339(issue.promised_at)}#{issue.id}",
        "open_queue": f"QUEUE#{issue.community_id}" if working else None,
        "status_queue": f"QUEUE#{issue.community_id}#{issue.status}",
        "assignee_queue": f"ASSIGNEE#{issue.assignee.id}" if working and issue.assignee else None,
    }


def rating_item(rating: Rating) -> Item:
    """A rating as kept."""
    return {**rating.model_dump(exclude={"at"}, exclude_none=True), "at": rfc3339(rating.at)}


def _rating(item: Item) -> Rating:
    return Rating(**{**item, "at": moment(item["at"])})


def from_item(kept: Item, keys: Keyring) -> Issue:
    """An issue from the table, whatever shape it was kept in."""
    item = ISSUE.current(kept)
    pk = item["PK"]
    fields: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    fields |= {name: moment(item[name]) if name in item else None for name in _TIMES}
    rating, merged = item.get("rating"), item.get("merged_into")
    fields |= {
        "reporter": _actor(keys, pk, item["reporter"]),
        "assignee": _holder(keys, pk, item.get("assignee")),
        "visit_windows": [
            made(Window, start=moment(start), end=moment(end)) for start, end in item["visit_windows"]
        ],
        "rating": _rating(rating) if rating else None,
        "ratings": [_rating(one) for one in item.get("ratings", [])],
        "outdated": item is not kept or _under_older_key(item, keys),
        "merged_into": made(Ref, **merged) if merged else None,
        "ticked": item.get("ticked", []),
    }
    return made(Issue, **fields)


def _under_older_key(item: Item, keys: Keyring) -> bool:
    for one in (item["reporter"], item.get("assignee")):
        if one and "name" in one and not keys.is_current(one["name"]):
            return True
    return False


def entry_item(issue_id: str, entry: Entry, keys: Keyring) -> Item:
    """A row of the timeline as kept."""
    pk = issue_pk(issue_id)
    return {
        "PK": pk,
        "SK": f"T#{entry.id}",
        "at": rfc3339(entry.at),
        "kind": entry.kind,
        "actor": _person_item(keys, pk, entry.actor),
        "from_status": entry.from_status,
        "to": entry.to,
        "text": entry.text,
        "photo_ids": entry.photo_ids or None,
        "assignee": _person_item(keys, pk, entry.assignee),
        "pause_reason": entry.pause_reason,
        "visit_at": _text(entry.visit_at),
        "taken_at": _text(entry.taken_at),
        "before": _before_item(keys, pk, entry.before) if entry.before else None,
        "sop": entry.sop.model_dump() if entry.sop else None,
    }


def _before_item(keys: Keyring, pk: str, before: Before) -> Item:
    kept = before.__dict__
    times = {name: _text(kept[name]) for name in _TIMES if name in kept}
    return {**kept, **times, "assignee": _person_item(keys, pk, before.assignee)}


def _before(keys: Keyring, pk: str, item: Item) -> Before:
    times = {name: moment(item[name]) for name in _TIMES if item.get(name)}
    return made(Before, **{**item, **times, "assignee": _holder(keys, pk, item.get("assignee"))})


def entry_from(item: Item, keys: Keyring) -> Entry:
    """A row of the timeline from the table."""
    pk = item["PK"]
    return made(
        Entry,
        id=item["SK"][2:],
        at=moment(item["at"]),
        kind=item["kind"],
        actor=_actor(keys, pk, item["actor"]),
        from_status=item.get("from_status"),
        to=item.get("to"),
        text=item.get("text"),
        photo_ids=item.get("photo_ids", []),
        assignee=_holder(keys, pk, item.get("assignee")),
        pause_reason=item.get("pause_reason"),
        visit_at=moment(item["visit_at"]) if item.get("visit_at") else None,
        taken_at=moment(item["taken_at"]) if item.get("taken_at") else None,
        before=_before(keys, pk, item["before"]) if item.get("before") else None,
        sop=made(SopMark, **item["sop"]) if item.get("sop") else None,
    )


def handoff_from(item: Item, keys: Keyring) -> Handoff:
    """A hand-off from the table."""
    return made(
        Handoff,
        id=item["SK"][2:],
        stage=item["stage"],
        holder=_holder(keys, item["PK"], item.get("holder")),
        started_at=moment(item["started_at"]),
        ended_at=moment(item["ended_at"]) if item.get("ended_at") else None,
    )


def value_of(issue: Issue, name: str) -> Any:
    """How one field of an issue is kept; times and ratings only."""
    value = getattr(issue, name)
    if isinstance(value, Rating):
        return rating_item(value)
    return rfc3339(value) if value else None


def handoff_item(issue_id: str, handoff: Handoff, keys: Keyring) -> Item:
    """A hand-off that begins, as kept."""
    pk = issue_pk(issue_id)
    return {
        "PK": pk,
        "SK": f"H#{handoff.id}",
        "stage": handoff.stage,
        "holder": _person_item(keys, pk, handoff.holder),
        "started_at": rfc3339(handoff.started_at),
    }
