"""Several steps in one go: each is judged by itself, and nothing of it is hidden."""

from typing import Any

import pytest

from chalicelib.desk import batch, service
from chalicelib.errors import Unavailable
from chalicelib.i18n import translations
from chalicelib.issues import store
from chalicelib.portal import Portal
from tests.factories import People, bring_to, report
from tests.racing import race


def _steps(ids: list[str], **step: Any) -> dict[str, Any]:
    return {"steps": [{"issue_id": one, "version": 1, **step} for one in ids]}


def _state(portal: Portal, issue_id: str) -> tuple[str, int]:
    issue = store.get(portal.db, portal.keys, issue_id)
    assert issue is not None
    return issue.status, issue.version


@pytest.fixture
def ids(portal: Portal, people: People) -> list[str]:
    return [report(portal=portal, by=people.owner).issue.id for _ in range(3)]


def test_each_step_is_answered_by_itself_in_the_order_sent(
    portal: Portal, people: People, caller: Any, ids: list[str]
) -> None:
    cedar = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201").issue.id
    work = bring_to(portal=portal, people=people, status="in_progress").issue
    steps = [
        {"issue_id": ids[0], "version": 1, "to": "acknowledged"},
        {"issue_id": ids[1], "version": 7, "to": "acknowledged"},
        {"issue_id": cedar, "version": 1, "to": "acknowledged"},
        {"issue_id": "01K00000000000000000000000", "version": 1, "to": "acknowledged"},
        {"issue_id": work.id, "version": work.version, "to": "acknowledged"},
        {"issue_id": ids[2], "version": 1, "assignee_id": people.technician.id},
        {"issue_id": ids[0], "version": 2, "assignee_id": people.technician.id},
        {"issue_id": ids[0], "version": 3, "assignee_id": people.owner.id},
    ]
    page = caller("clerk").api("POST", "/desk/bulk", {"steps": steps})
    assert page.status == 200
    items = page.json["items"]
    assert [one["issue_id"] for one in items] == [step["issue_id"] for step in steps]
    assert [one.get("code", one.get("status")) for one in items] == [
        "acknowledged", "version_conflict", "not_found", "not_found", "illegal_transition", "illegal_transition",
        "assigned", "invalid",
    ]  # fmt: skip
    assert items[6] == {"issue_id": ids[0], "status": "assigned", "version": 3}
    assert items[7]["detail"] == translations("zh-CN").gettext(service._NO_ASSIGNEE)
    assert _state(portal, cedar) == ("submitted", 1)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"issue_id": "x", "version": 1}],
        [{"issue_id": "x", "version": 1, "to": "acknowledged", "assignee_id": "y"}],
        [{"issue_id": "x", "version": 1, "to": "merged"}],
        [{"issue_id": "x", "version": 1, "to": "acknowledged"}] * 101,
    ],
)
def test_what_is_no_list_of_steps_is_refused_whole(people: People, caller: Any, steps: Any) -> None:
    assert caller("clerk").api("POST", "/desk/bulk", {"steps": steps}).status == 422


def test_the_same_key_gives_the_same_answer_and_does_nothing_more(
    portal: Portal, people: People, caller: Any, ids: list[str]
) -> None:
    clerk, body = caller("clerk"), _steps(ids, to="acknowledged")
    first = clerk.api("POST", "/desk/bulk", body, key="bulk-key-1").json
    results = race([lambda: clerk.api("POST", "/desk/bulk", body, key="bulk-key-1").json] * 4)
    assert results == [first] * 4
    assert [_state(portal, one) for one in ids] == [("acknowledged", 2)] * 3
    other = clerk.api("POST", "/desk/bulk", _steps(ids[:1], to="acknowledged"), key="bulk-key-1")
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")


def test_sent_twice_at_once_each_issue_moves_once(
    portal: Portal, people: People, caller: Any, ids: list[str]
) -> None:
    clerk, body = caller("clerk"), _steps(ids, to="acknowledged")
    results = race([lambda: clerk.api("POST", "/desk/bulk", body, key="bulk-key-2").json] * 4)
    assert results == [results[0]] * 4
    assert [one["version"] for one in results[0]["items"]] == [2, 2, 2]


def test_a_failing_table_hides_nothing_of_what_was_done(people: People) -> None:
    def fails() -> Any:
        raise Unavailable

    def breaks() -> Any:
        raise KeyError

    found = [batch.run("a", work, "en") for work in (fails, breaks)]
    assert [one.model_dump()["code"] for one in found] == ["unavailable", "internal_error"]


def test_a_technician_gives_nothing_away_but_takes_what_is_free(
    portal: Portal, people: People, caller: Any
) -> None:
    free = bring_to(portal=portal, people=people, status="acknowledged").issue
    tech = caller("technician")
    for who, wanted in ((people.clerk, "forbidden"), (people.technician, "assigned")):
        step = {"issue_id": free.id, "version": free.version, "assignee_id": who.id}
        (answer,) = tech.api("POST", "/desk/bulk", {"steps": [step]}).json["items"]
        assert answer.get("code", answer.get("status")) == wanted


def test_the_page_tells_what_was_done_and_why_not_and_again_when_it_is_sent_again(
    portal: Portal, people: People, signed_in: Any, ids: list[str]
) -> None:
    clerk = signed_in("clerk")
    form = {
        "pick": [f"{ids[0]}.1", f"{ids[1]}.9"],
        "step": "acknowledged",
        "back": "/desk?category=plumbing&community_id=maple",
    }
    pages = [clerk.post("/desk/bulk?lang=en", form) for _ in range(2)]
    for page in pages:
        assert page.status == 200
        assert "1 issue done · 1 not" in page.text
        assert f'action="/desk/issues/{ids[0]}/undo"' in page.text
        assert "Somebody changed this after you had opened it" in page.text
        assert 'value="plumbing" selected' in page.text
    assert [_state(portal, one) for one in ids] == [("acknowledged", 2), ("submitted", 1), ("submitted", 1)]
    given = {"pick": f"{ids[0]}.2", "step": f"assign:{people.technician.id}", "back": "/desk"}
    assert "1 issue done" in clerk.post("/desk/bulk", given).text
    nothing = clerk.post("/desk/bulk", {"step": "acknowledged", "back": "https://evil.example/"}, follow=True)
    assert (nothing.status, "Tick the issues first" in nothing.text) == (200, True)


def test_what_is_not_ones_own_is_not_named(portal: Portal, people: People, signed_in: Any) -> None:
    cedar = report(portal=portal, by=people.cedar_owner, unit_id="cedar-2-201").issue
    page = signed_in("clerk").post("/desk/bulk", {"pick": f"{cedar.id}.1", "step": "acknowledged"})
    assert cedar.number not in page.text
    assert page.status == 200
