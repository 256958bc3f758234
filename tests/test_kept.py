"""Models made without validation are what pydantic's own way makes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import BaseModel

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.issues.models import Actor, Entry, Holder, Issue
from chalicelib.kept import made
from chalicelib.times import moment, rfc3339
from tests.factories import NOW, make_issue

CASES: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (Actor, {"id": "a", "name": "李静", "role": "front_line"}),
    (Holder, {"id": "a", "name": ""}),
    (Entry, {"id": "e", "at": NOW, "kind": "message", "actor": None, "text": "好"}),
    (UnitRef, {"id": "u", "community_id": "maple", "label": "1-101"}),
    (Person, {"id": "p", "name": "x", "phone": "+86", "session": "S", "unread": 2}),
    (Issue, dict(make_issue())),
    (Issue, {"id": "i", "handoff": "h", "promised_at": NOW}),
]


@pytest.mark.parametrize(("model", "fields"), CASES)
def test_a_made_model_is_one_that_pydantic_constructs(model: type[BaseModel], fields: dict[str, Any]) -> None:
    ours, theirs = made(model, **fields), model.model_construct(**fields)
    assert ours == theirs
    assert ours.__dict__ == theirs.__dict__
    assert ours.model_fields_set == theirs.model_fields_set
    assert ours.model_copy(update={"id": "z"}) == theirs.model_copy(update={"id": "z"})


def test_two_made_models_share_no_list() -> None:
    one, other = (made(Entry, id="e", at=NOW, kind="message", actor=None) for _ in range(2))
    one.photo_ids.append("photo")
    assert other.photo_ids == []
    assert Entry.model_fields["photo_ids"].default == []


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 25, 8, 0, 0, 0, UTC), "2026-11-25T08:00:00.000Z"),
        (datetime(2026, 11, 25, 8, 0, 0, 999_999, UTC), "2026-11-25T08:00:00.999Z"),
        (datetime(2026, 11, 25, 8, 0, tzinfo=timezone(timedelta(hours=8))), "2026-11-25T00:00:00.000Z"),
    ],
)
def test_a_moment_is_told_in_utc_to_the_millisecond(at: datetime, text: str) -> None:
    assert rfc3339(at) == text
    assert moment(text) == at.replace(microsecond=at.microsecond // 1000 * 1000)
