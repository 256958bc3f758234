"""The issue's record as the code before `ratings` read and wrote it: for trying two versions of the code on one table.

Kept as it was. It goes when the last step from that shape does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.conditions import Attr
from chalicelib.crypto import Keyring
from chalicelib.db import Item, Op, Update
from chalicelib.issues import items, store
from chalicelib.issues.models import Actor, Holder, Issue, Rating, Ref, Window
from chalicelib.issues.rules import WORK
from chalicelib.times import moment, rfc3339

_TIMES = ("created_at", "promised_at", "visit_at", "resolved_at", "closed_at", "quiet_since", "urged_at")
#: What came later and is none of the difference that is tried here: the services that are at work need it.
_LATER = ("next_moment", "step_due")
_PLAIN = (
    "id", "number", "community_id", "unit_id", "unit_label", "building", "area", "category_id", "description",
    "location", "status", "version", "pause_reason", "paused_from", "resolutions", "reopened", "reject_note",
    "handoff", "begun", "place_id", "follows",
)  # fmt: skip


@contextmanager
def release_1() -> Iterator[None]:
    """Within it, services are those of the release before: they differ in nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "to_item", to_item)
        patch.setattr(store, "from_item", from_item)
        patch.setattr(store, "rate", _rate)
        yield


def _rating_item(rating: Rating) -> Item:
    return {**rating.model_dump(exclude={"at"}), "at": rfc3339(rating.at)}


def to_item(issue: Issue, keys: Keyring) -> Item:
    """An issue as it was kept."""
    pk = f"ISSUE#{issue.id}"
    working = issue.status in WORK
    return {
        "PK": pk,
        "SK": "META",
        **{name: getattr(issue, name) for name in _PLAIN},
        **{name: _text(getattr(issue, name)) for name in (*_TIMES, *_LATER)},
        "ticked": issue.ticked or None,
        "reporter": items._person_item(keys, pk, issue.reporter),
        "assignee": items._person_item(keys, pk, issue.assignee),
        "visit_windows": [[rfc3339(w.start), rfc3339(w.end)] for w in issue.visit_windows],
        "rating": _rating_item(issue.rating) if issue.rating else None,
        "merged_into": issue.merged_into.model_dump() if issue.merged_into else None,
        "due": f"{rfc3339(issue.promised_at)}#{issue.id}",
        "open_queue": f"QUEUE#{issue.community_id}" if working else None,
        "status_queue": f"QUEUE#{issue.community_id}#{issue.status}",
        "assignee_queue": f"ASSIGNEE#{issue.assignee.id}" if working and issue.assignee else None,
        # What `store._difference` asks for because today's model has it; that code knew no such attributes.
        "ratings": None,
        "outdated": None,
    }


def _text(value: Any) -> str | None:
    return rfc3339(value) if value else None


def from_item(item: Item, keys: Keyring) -> Issue:
    """An issue from the table, as it was read."""
    pk = item["PK"]
    fields: dict[str, Any] = {name: item.get(name) for name in _PLAIN if name in item}
    fields |= {name: moment(item[name]) if item.get(name) else None for name in (*_TIMES, *_LATER)}
    fields |= {"ticked": item.get("ticked", [])}
    rating, merged, held = item.get("rating"), item.get("merged_into"), item.get("assignee")
    windows = [Window.model_construct(start=moment(a), end=moment(b)) for a, b in item["visit_windows"]]
    fields |= {
        "reporter": Actor.model_construct(
            id=item["reporter"]["id"], name=_name(keys, pk, item["reporter"]), role=item["reporter"]["role"]
        ),
        "assignee": Holder.model_construct(id=held["id"], name=_name(keys, pk, held)) if held else None,
        "visit_windows": windows,
        "rating": Rating(**{**rating, "at": moment(rating["at"])}) if rating else None,
        "merged_into": Ref.model_construct(**merged) if merged else None,
    }
    return Issue.model_construct(**fields)


def _name(keys: Keyring, pk: str, item: Item) -> str:
    return keys.open(item["name"], f"{pk}|name") if item.get("name") else ""


def _rate(before: Issue, after: Issue, keys: Keyring) -> Op:
    seen = Attr("rating").eq(_rating_item(before.rating)) if before.rating else Attr("rating").not_exists()
    assert after.rating is not None
    return Update(
        store.meta_key(before.id),
        sets={"rating": _rating_item(after.rating)},
        condition=seen & Attr("status").eq(before.status),
        error=store.IssueMoved(),
    )
