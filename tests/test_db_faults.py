"""A table that is slow, busy or away: tried again or answered with 503, and nothing half done."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from chalicelib.db import Db, K, Put, Update
from chalicelib.errors import Conflict, Unavailable, VersionConflict
from chalicelib.issues import store
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_key, report, step
from tests.recording import Once, RecordingClient, refusal

URL = "http://table.example"
AWAY = [
    refusal("ThrottlingException"),
    refusal("ProvisionedThroughputExceededException"),
    refusal("RequestLimitExceeded"),
    refusal("InternalServerError"),
    ReadTimeoutError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    EndpointConnectionError(endpoint_url=URL),
]
BUSY = [
    refusal("TransactionCanceledException", reasons=["None", "TransactionConflict"]),
    refusal("TransactionCanceledException", reasons=["ThrottlingError", "None"]),
    refusal("TransactionInProgressException"),
    refusal("TransactionConflictException"),
]
READS: dict[str, Callable[[Db], object]] = {
    "get_item": lambda db: db.get(K("P", "A")),
    "batch_get_item": lambda db: db.batch_get([K("P", "A")]),
    "query": lambda db: db.query("P"),
    "update_item": lambda db: db.update(Update(K("P", "A"), adds={"n": 1})),
    "transact_write_items": lambda db: db.write(Put({"PK": "P", "SK": "A"})),
}


def _name(error: Any) -> str:
    return error.response["Error"]["Code"] if getattr(error, "response", None) else type(error).__name__


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("error", AWAY, ids=_name)
def test_a_table_that_is_away_is_503_with_a_time_to_come_back(
    portal: Portal, engine_client: RecordingClient, operation: str, error: Exception
) -> None:
    with engine_client.failing(Once(operation, error)), pytest.raises(Unavailable) as raised:
        READS[operation](portal.db)
    assert (raised.value.status, raised.value.retry_after_s) == (503, 3)
    assert portal.db.get(K("P", "A")) is None


@pytest.mark.parametrize("error", BUSY, ids=_name)
def test_a_transaction_that_met_another_is_tried_again(
    portal: Portal, engine_client: RecordingClient, error: Exception
) -> None:
    fault = Once("transact_write_items", error)
    with engine_client.failing(fault):
        portal.db.write(Put({"PK": "P", "SK": "A"}))
    assert fault.struck
    assert portal.db.get(K("P", "A"))


def test_a_single_update_that_met_a_transaction_is_tried_again(
    portal: Portal, engine_client: RecordingClient
) -> None:
    with engine_client.failing(Once("update_item", refusal("TransactionConflictException"))):
        assert portal.db.update(Update(K("P", "A"), adds={"n": 1}))["n"] == 1


@pytest.mark.parametrize("operation", ["update_item", "transact_write_items"])
def test_one_that_keeps_meeting_others_ends_in_503(
    portal: Portal, engine_client: RecordingClient, operation: str
) -> None:
    always = refusal("TransactionConflictException")
    with (
        engine_client.failing(lambda name, _: always if name == operation else None),
        pytest.raises(Unavailable),
    ):
        READS[operation](portal.db)
    assert portal.db.calls.count(operation) == 8


def test_a_refused_condition_counts_more_than_a_busy_item(
    portal: Portal, engine_client: RecordingClient
) -> None:
    both = refusal("TransactionCanceledException", reasons=["TransactionConflict", "ConditionalCheckFailed"])
    ops = Put({"PK": "P", "SK": "A"}), Put({"PK": "P", "SK": "B"}, error=VersionConflict())
    with engine_client.failing(Once("transact_write_items", both)), pytest.raises(VersionConflict):
        portal.db.write(*ops)


def test_a_mistake_of_ours_is_not_taken_for_a_conflict(
    portal: Portal, engine_client: RecordingClient
) -> None:
    fault = Once("transact_write_items", refusal("ValidationException"))
    with engine_client.failing(fault), pytest.raises(Exception, match="ValidationException") as raised:
        portal.db.write(Put({"PK": "P", "SK": "A"}))
    assert not isinstance(raised.value, Conflict)


def test_keys_that_were_left_out_of_a_batch_are_asked_for_again(portal: Portal, monkeypatch: Any) -> None:
    portal.db.write(Put({"PK": "P", "SK": "A"}), Put({"PK": "P", "SK": "B"}))
    whole = portal.db._client.batch_get_item
    asked: list[int] = []

    def half(RequestItems: Any) -> Any:  # noqa: N803 - the table's own name
        keys = RequestItems[portal.db.table]["Keys"]
        asked.append(len(keys))
        answer = whole(RequestItems={portal.db.table: {"Keys": keys[:1], "ConsistentRead": True}})
        rest = {portal.db.table: {"Keys": keys[1:], "ConsistentRead": True}} if keys[1:] else {}
        return {**answer, "UnprocessedKeys": rest}

    monkeypatch.setattr(portal.db._client, "batch_get_item", half, raising=False)
    found = portal.db.batch_get([K("P", "A"), K("P", "B")])
    assert [row and row["SK"] for row in found] == ["A", "B"]
    assert asked == [2, 1]


def test_what_a_batch_of_writes_left_over_is_sent_again_until_it_is_written(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = portal.db._client.batch_write_item
    sent: list[int] = []

    def half(RequestItems: Any) -> Any:  # noqa: N803 - the table's own name
        puts = RequestItems[portal.db.table]
        sent.append(len(puts))
        whole(RequestItems={portal.db.table: puts[: len(puts) // 2 + 1]})
        rest = puts[len(puts) // 2 + 1 :]
        return {"UnprocessedItems": {portal.db.table: rest} if rest else {}}

    monkeypatch.setattr(portal.db._client, "batch_write_item", half, raising=False)
    portal.db.put_all([{"PK": "P", "SK": str(n)} for n in range(30)])
    assert sent == [25, 12, 5, 2, 5, 2]
    assert len(portal.db.query_all("P")) == 30


def test_a_table_that_takes_no_writes_at_all_is_unavailable(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: Any = lambda RequestItems: {"UnprocessedItems": RequestItems}  # noqa: E731, N803
    monkeypatch.setattr(portal.db._client, "batch_write_item", refused, raising=False)
    with pytest.raises(Unavailable):
        portal.db.put_all([{"PK": "P", "SK": "A"}])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_report_whose_write_was_lost_is_one_issue_when_sent_again(
    portal: Portal, people: People, engine_client: RecordingClient, after: bool
) -> None:
    owner = people.owner
    key = make_key(of=owner)
    fault = Once("transact_write_items", ReadTimeoutError(endpoint_url=URL))
    # Written but unanswered: the key tells that it is done, so the caller need not even try again.
    outcome = nullcontext() if after else pytest.raises(Unavailable)
    with engine_client.failing(fault, after=after), outcome:
        report(portal=portal, by=owner, once=key)
    stored = store.own_issues(portal.db, owner.id, 10, None).items
    assert len(stored) == (1 if after else 0)
    report(portal=portal, by=owner, once=key)
    assert len(store.own_issues(portal.db, owner.id, 10, None).items) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_step_whose_write_was_lost_is_taken_once_when_sent_again(
    portal: Portal, people: People, engine_client: RecordingClient, after: bool
) -> None:
    tech = people.technician
    file = bring_to(portal=portal, people=people, status="assigned")
    key = make_key(of=tech)
    fault = Once("transact_write_items", ReadTimeoutError(endpoint_url=URL))
    # Written but unanswered: the key tells that it is done, so the caller need not even try again.
    outcome = nullcontext() if after else pytest.raises(Unavailable)
    with engine_client.failing(fault, after=after), outcome:
        step(portal=portal, by=tech, file=file, to="in_progress", once=key)
    again = step(
        portal=portal, by=tech, file=file, to="in_progress", once=key, now=NOW + timedelta(minutes=1)
    )
    kept = store.load(portal.db, portal.keys, file.issue.id)
    assert kept is not None
    assert (kept.issue.status, kept.issue.version) == ("in_progress", file.issue.version + 1)
    assert kept.timeline == again.timeline


@pytest.mark.parametrize("operation", ["batch_get_item", "query", "transact_write_items"])
def test_callers_of_the_api_read_503_with_retry_after(
    caller: Any, people: People, site: Portal, engine_client: RecordingClient, operation: str
) -> None:
    clerk = caller("clerk")
    file = report(portal=site, by=people.owner)
    body = {"to": "acknowledged", "version": 1}
    with engine_client.failing(Once(operation, refusal("ThrottlingException"))):
        answer = clerk.api("POST", f"/desk/issues/{file.issue.id}/transition", body, key="lost-key-1")
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert json.loads(answer.text)["code"] == "unavailable"
    again = clerk.api("POST", f"/desk/issues/{file.issue.id}/transition", body, key="lost-key-1")
    assert (again.status, again.json["version"]) == (200, 2)


def test_a_page_that_meets_a_busy_table_keeps_what_was_typed(
    signed_in: Any, people: People, site: Portal, engine_client: RecordingClient
) -> None:
    file = report(portal=site, by=people.owner)
    typed = {"text": "水已经漏到楼下了", "key": "page-key-1"}
    owner = signed_in("owner")
    with engine_client.failing(Once("transact_write_items", refusal("ThrottlingException"))):
        answer = owner.post(f"/issues/{file.issue.id}/message", typed)
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")
    assert "水已经漏到楼下了" in answer.text
    assert answer.value("key") == "page-key-1"
