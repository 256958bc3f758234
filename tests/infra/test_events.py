"""Events go where the code expects them, in the shape it reads, and nothing else calls it."""

import json
from typing import Any

from chalicelib.inbox.outbox import outbox_pk
from chalicelib.messages.store import tell_pk
from chalicelib.photos.store import upload_object
from local import events
from tests.factories import NOW
from tests.infra.trees import Tree, properties


def _matches(pattern: Any, event: Any) -> bool:
    """EventBridge's matching, as far as our patterns use it."""
    if isinstance(pattern, dict):
        return all(name in event and _matches(part, event[name]) for name, part in pattern.items())
    return any(_one(choice, event) for choice in pattern)


def _one(choice: Any, value: Any) -> bool:
    if isinstance(choice, dict) and "prefix" in choice:
        return str(value).startswith(choice["prefix"])
    if isinstance(choice, dict) and "anything-but" in choice:
        return value not in choice["anything-but"]
    return bool(choice == value)


def _filled(pattern: Any) -> Any:
    """A pattern with its references filled in."""
    text = json.dumps(pattern).replace('{"Ref": "MediaBucket"}', '"media"')
    return json.loads(text.replace('{"Fn::GetAtt": ["PhotoArrived", "Arn"]}', '"arn:photo-arrived"'))


def test_an_upload_calls_photo_arrived_and_nothing_else_does(prod: Tree) -> None:
    pattern = _filled(properties(prod, "PhotoArrived")["Events"]["Uploaded"]["Properties"]["Pattern"])
    assert _matches(pattern, events.object_created("media", upload_object("01J"), 5))
    assert not _matches(pattern, events.object_created("media", "photos/01J/full.webp", 5))
    assert not _matches(pattern, events.object_created("elsewhere", upload_object("01J"), 5))
    assert not _matches(pattern, events.tick(NOW))


def test_what_photo_arrived_could_not_do_reaches_photo_failed_as_the_very_same_event(prod: Tree) -> None:
    rule = properties(prod, "PhotoFailed")["Events"]["GivenUp"]["Properties"]
    original = events.object_created("media", upload_object("01J"), 5)
    result = {
        "source": "lambda",
        "detail": {
            "requestContext": {"functionArn": "arn:photo-arrived:live", "condition": "RetriesExhausted"},
            "requestPayload": original,
        },
    }
    assert _matches(_filled(rule["Pattern"]), result)
    result["detail"]["requestContext"]["condition"] = "Success"  # type: ignore[index]
    assert not _matches(_filled(rule["Pattern"]), result)
    assert rule["InputPath"] == "$.detail.requestPayload"
    assert (
        properties(prod, "PhotoArrived")["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"]
        == "EventBridge"
    )


def test_only_new_rows_of_the_outbox_call_deliver_outbox(prod: Tree) -> None:
    announced = properties(prod, "DeliverOutbox")["Events"]["Announced"]["Properties"]
    pattern = json.loads(announced["FilterCriteria"]["Filters"][0]["Pattern"])

    def record(name: str, pk: str) -> Tree:
        return {"eventName": name, "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": "x"}}}}

    assert _matches(pattern, record("INSERT", outbox_pk(3)))
    assert not _matches(pattern, record("REMOVE", outbox_pk(3)))
    assert not _matches(pattern, record("INSERT", "ISSUE#01J"))
    # The function raises for the whole batch, so it must not be asked which record failed.
    assert "FunctionResponseTypes" not in announced
    assert announced["BisectBatchOnFunctionError"] is True


def test_what_people_are_to_be_told_calls_send_messages_and_the_clock_does(prod: Tree) -> None:
    events_ = properties(prod, "SendMessages")["Events"]
    pattern = json.loads(events_["Told"]["Properties"]["FilterCriteria"]["Filters"][0]["Pattern"])

    def record(name: str, pk: str) -> Tree:
        return {"eventName": name, "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": "x"}}}}

    assert _matches(pattern, record("INSERT", tell_pk(3)))
    assert not _matches(pattern, record("REMOVE", tell_pk(3)))
    assert not _matches(pattern, record("INSERT", outbox_pk(3)))
    assert events_["Due"]["Properties"]["Schedule"] == "rate(1 minute)"


def test_nothing_runs_before_there_are_keys(prod: Tree) -> None:
    tick = properties(prod, "Tick")["Events"]["TickEvent"]["Properties"]
    assert tick["State"] == {"Fn::If": ["HasKeyring", "ENABLED", "DISABLED"]}
    assert properties(prod, "DeliverOutbox")["Events"]["Announced"]["Properties"]["Enabled"] == {
        "Fn::If": ["HasKeyring", True, False]
    }
    messages = properties(prod, "SendMessages")["Events"]
    assert messages["Told"]["Properties"]["Enabled"] == {"Fn::If": ["HasKeyring", True, False]}
    assert messages["Due"]["Properties"]["State"] == {"Fn::If": ["HasKeyring", "ENABLED", "DISABLED"]}
    assert prod["Parameters"]["KeyringCiphertext"]["Default"] == ""
