"""Delivery of stream records: order, retries, halving."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from chalicelib import aws
from local.setup import set_up
from local.stream import BACKOFF, StreamReader, deliver, follow
from tests.engines import Engine, start_engine

Event = dict[str, Any]
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/portal/stream/x"


def records(count: int) -> list[Event]:
    return [{"eventID": str(n), "dynamodb": {"SequenceNumber": str(n)}} for n in range(count)]


class Handler:
    """Fails as long as a batch holds a bad record; remembers what got through."""

    def __init__(self, bad: dict[str, int]) -> None:
        self.bad, self.done, self.tries = bad, [], 0  # type: tuple[dict[str, int], list[str], int]

    def __call__(self, event: Event, context: object) -> None:
        self.tries += 1
        ids = [record["eventID"] for record in event["Records"]]
        for bad in ids:
            if self.bad.get(bad, 0) > 0:
                self.bad[bad] -= 1
                raise ValueError("as the test wants it")
        self.done += ids


def test_a_batch_that_works_is_delivered_once_and_in_order() -> None:
    handler = Handler({})
    deliver(records(5), ARN, handler, sleep=lambda seconds: None)
    assert handler.done == ["0", "1", "2", "3", "4"]
    assert handler.tries == 1


def test_one_bad_record_keeps_no_other_from_being_delivered() -> None:
    handler = Handler({"3": 1000})
    deliver(records(8), ARN, handler, sleep=lambda seconds: None)
    assert handler.done == ["0", "1", "2", "4", "5", "6", "7"]


def test_a_record_that_fails_for_a_while_is_delivered_after_waits() -> None:
    waits: list[float] = []
    handler = Handler({"0": 2})
    deliver(records(1), ARN, handler, sleep=waits.append)
    assert handler.done == ["0"]
    assert waits == list(BACKOFF[:2])


def test_the_records_before_the_one_that_the_handler_names_are_not_repeated() -> None:
    seen: list[list[str]] = []

    def handler(event: Event, context: object) -> Event:
        ids = [record["eventID"] for record in event["Records"]]
        seen.append(ids)
        return {"batchItemFailures": [{"itemIdentifier": "2"}]} if len(seen) == 1 else {}

    deliver(records(4), ARN, handler, sleep=lambda seconds: None)
    assert seen == [["0", "1", "2", "3"], ["2"], ["3"]]


def _session(engine: Engine) -> Session:
    session = Session()
    session.set_credentials(engine.access_key, engine.secret_key)
    return session


@pytest.mark.parametrize("quickly", [True, False], ids=["by the short way", "by botocore"])
def test_a_write_to_the_table_reaches_the_handler_in_lambdas_own_form(tmp_path: Path, quickly: bool) -> None:
    engine = start_engine(tmp_path, log=True)
    set_up(engine.process, "portal", "portal-media")
    client = engine.client("dynamodbstreams")
    wire = aws.transport("dynamodb", "us-east-1", engine.url, _session(engine)) if quickly else None
    reader = StreamReader(client, "portal", wire)
    got: list[Event] = []
    stop = threading.Event()

    def handler(event: Event, context: object) -> None:
        got.extend(event["Records"])
        stop.set()

    follower = threading.Thread(target=follow, args=(reader, handler, stop))
    follower.start()
    item = {"PK": {"S": "p"}, "SK": {"S": "s"}, "data": {"B": b"\x00\x01"}, "n": {"N": "1"}}
    engine.client("dynamodb").put_item(TableName="portal", Item=item)
    follower.join(5)
    engine.stop()
    record = json.loads(json.dumps(got[0]))
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["dynamodb"]["Keys"] == {"PK": {"S": "p"}, "SK": {"S": "s"}}
    assert record["dynamodb"]["NewImage"]["data"] == {"B": "AAE="}
    created = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
    assert abs((datetime.now(UTC) - created).total_seconds()) < 60
    assert record["eventSourceARN"] == reader.arn
