"""Links, absences and reversals take an Idempotency-Key as all that makes something does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import People, bring_to, report

DAY = timedelta(days=1)


def _links(portal: Any, people: People) -> tuple[str, dict[str, Any], dict[str, Any]]:
    first, second, third = (report(portal=portal, by=people.owner) for _ in range(3))
    return f"/desk/issues/{first.issue.id}/links", {"to": second.issue.number}, {"to": third.issue.id}


def _absences(portal: Any, people: People) -> tuple[str, dict[str, Any], dict[str, Any]]:
    now = datetime.now(UTC)
    one, other = (
        {"start": (now + n * DAY).isoformat(), "end": (now + (n + 1) * DAY).isoformat()} for n in (1, 5)
    )
    return f"/desk/people/{people.technician.id}/absences?community_id=maple", one, other


@pytest.mark.parametrize("make", [_links, _absences])
def test_one_key_gives_one_answer_and_takes_one_body(
    portal: Any, people: People, caller: Any, make: Any
) -> None:
    path, body, other = make(portal, people)
    clerk = caller("clerk")
    first = clerk.api("POST", path, body, key="dispatch-key-1")
    assert first.status == 201
    mixed = clerk.api("POST", path, other, key="dispatch-key-1")
    assert (mixed.status, mixed.json["code"]) == (422, "idempotency_mismatch")
    more = clerk.api("POST", path, other, key="dispatch-key-2")
    assert more.json != first.json
    for key, answer in (("dispatch-key-1", first), ("dispatch-key-2", more)):
        again = clerk.api("POST", path, body if answer is first else other, key=key)
        assert (again.status, again.json) == (201, answer.json)
    same = clerk.api("POST", path, other, key="dispatch-key-3")
    assert same.json == more.json, "what is there already stays as it is"
    assert clerk.api("POST", path, body, key="dispatch-key-3").json["code"] == "idempotency_mismatch"


def test_a_key_reverses_one_row_and_gives_that_again(portal: Any, people: People, caller: Any) -> None:
    job = bring_to(portal=portal, people=people, status="in_progress").issue.id
    tech = caller("technician")
    row, other = (
        tech.api(
            "POST", f"/desk/issues/{job}/materials", {"name": name, "quantity": "1", "unit_fen": 100}
        ).json
        for name in ("水龙头", "软管")
    )
    path = f"/desk/issues/{job}/costs/{{}}/reverse"
    first = tech.api("POST", path.format(row["id"]), {}, key="reverse-once")
    assert first.status == 201
    again = tech.api("POST", path.format(row["id"]), {}, key="reverse-once")
    assert (again.status, again.json) == (201, first.json)
    mixed = tech.api("POST", path.format(other["id"]), {}, key="reverse-once")
    assert mixed.json["code"] == "idempotency_mismatch"
