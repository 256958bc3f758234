"""The embedded engine against `kill -9`, for real."""

import itertools
import resource
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.engines import Engine, start_engine

TABLE: dict[str, Any] = {
    "TableName": "portal",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "PK", "AttributeType": "S"},
        {"AttributeName": "SK", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "PK", "KeyType": "HASH"},
        {"AttributeName": "SK", "KeyType": "RANGE"},
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
ONE_TRY = Config(retries={"total_max_attempts": 1}, read_timeout=5)


class Writer(threading.Thread):
    """Writes transactions of a row and a counter until the engine is gone, counting what was acknowledged."""

    def __init__(self, engine: Engine, name: str, from_row: int) -> None:
        super().__init__(name=name)
        self.dynamodb = engine.client("dynamodb", config=ONE_TRY)
        self.acknowledged = from_row

    def run(self) -> None:
        for row in itertools.count(self.acknowledged + 1):
            try:
                self.dynamodb.transact_write_items(TransactItems=self.step(row))
            except (BotoCoreError, ClientError):
                return
            self.acknowledged = row

    def step(self, row: int) -> list[Any]:
        return [
            {"Put": {"TableName": "portal", "Item": key(self.name, f"row{row:06}") | {"n": {"N": str(row)}}}},
            {
                "Update": {
                    "TableName": "portal",
                    "Key": key(self.name, "counter"),
                    "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": {":n": {"N": str(row)}},
                }
            },
        ]


def key(pk: str, sk: str) -> dict[str, Any]:
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def rows_of(dynamodb: Any, writer: str) -> tuple[int, int]:
    """How many rows there are, and what the counter says."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName="portal", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": writer}}
    )
    items = [item for page in pages for item in page["Items"]]
    counters = [int(item["n"]["N"]) for item in items if item["SK"]["S"] == "counter"]
    return len(items) - len(counters), counters[0] if counters else 0


def test_no_acknowledged_write_is_lost_when_the_engine_is_killed_three_times(tmp_path: Path) -> None:
    engine = start_engine(tmp_path, log=True)
    engine.client("dynamodb").create_table(**TABLE)
    counts = {"a": 0, "b": 0, "c": 0, "d": 0}
    for _ in range(3):
        writers = [Writer(engine, name, count) for name, count in counts.items()]
        for writer in writers:
            writer.start()
        time.sleep(1.2)
        engine.kill()
        for writer in writers:
            writer.join()
        engine = start_engine(tmp_path, log=True)
        dynamodb = engine.client("dynamodb")
        for writer in writers:
            assert writer.acknowledged > counts[writer.name]
            rows, counter = rows_of(dynamodb, writer.name)
            # The transaction that was under way may be there or not, but never by half.
            assert rows == counter
            assert counter - writer.acknowledged in (0, 1)
            counts[writer.name] = counter
    engine.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    running = start_engine(tmp_path, log=True)
    running.client("dynamodb").create_table(**TABLE)
    yield running
    running.stop()


def test_every_kind_of_write_comes_back_as_it_was(engine: Engine, tmp_path: Path) -> None:
    dynamodb = engine.client("dynamodb")
    rich = key("p", "rich") | {
        "text": {"S": "漏水 💧"},
        "data": {"B": b"\x00\xff"},
        "number": {"N": "1.50"},
        "map": {"M": {"list": {"L": [{"NULL": True}, {"BOOL": False}, {"SS": ["a", "b"]}]}}},
    }
    dynamodb.put_item(TableName="portal", Item=rich)
    for sk in ("gone", "gone2", "kept"):
        dynamodb.put_item(TableName="portal", Item=key("p", sk))
    dynamodb.delete_item(TableName="portal", Key=key("p", "gone"))
    deletes = [{"DeleteRequest": {"Key": key("p", "gone2")}}, {"PutRequest": {"Item": key("p", "batch")}}]
    dynamodb.batch_write_item(RequestItems={"portal": deletes})
    answer = dynamodb.update_item(
        TableName="portal",
        Key=key("p", "kept"),
        UpdateExpression="SET a = :a",
        ExpressionAttributeValues={":a": {"S": "x"}},
        ReturnValues="UPDATED_OLD",
    )
    assert not answer.get("Attributes")
    before = dynamodb.scan(TableName="portal")["Items"]
    engine.kill()
    engine = start_engine(tmp_path, log=True)
    after = engine.client("dynamodb").scan(TableName="portal")["Items"]
    engine.stop()
    assert sorted(after, key=str) == sorted(before, key=str)
    assert {item["SK"]["S"] for item in after} == {"rich", "kept", "batch"}


def test_a_repeated_transaction_does_not_bring_back_an_older_item(engine: Engine, tmp_path: Path) -> None:
    dynamodb = engine.client("dynamodb")
    put = {"Put": {"TableName": "portal", "Item": key("p", "s") | {"v": {"S": "old"}}}}
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")
    dynamodb.put_item(TableName="portal", Item=key("p", "s") | {"v": {"S": "new"}})
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")
    engine.kill()
    engine = start_engine(tmp_path, log=True)
    item = engine.client("dynamodb").get_item(TableName="portal", Key=key("p", "s"))["Item"]
    engine.stop()
    assert item["v"] == {"S": "new"}


def test_the_stream_after_a_restart_starts_with_what_is_new(engine: Engine, tmp_path: Path) -> None:
    engine.client("dynamodb").put_item(TableName="portal", Item=key("p", "old"))
    engine.kill()
    engine = start_engine(tmp_path, log=True)
    engine.client("dynamodb").put_item(TableName="portal", Item=key("p", "new"))
    streams = engine.client("dynamodbstreams")
    arn = streams.list_streams(TableName="portal")["Streams"][-1]["StreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    records = []
    for shard in shards:
        position = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        records += streams.get_records(ShardIterator=position["ShardIterator"])["Records"]
    engine.stop()
    assert [record["dynamodb"]["Keys"]["SK"]["S"] for record in records] == ["new"]


def test_deleted_tables_and_expired_items_stay_away(engine: Engine, tmp_path: Path) -> None:
    dynamodb = engine.client("dynamodb")
    dynamodb.create_table(**TABLE | {"TableName": "other"})
    dynamodb.delete_table(TableName="other")
    expiry = {"Enabled": True, "AttributeName": "expires_at"}
    dynamodb.update_time_to_live(TableName="portal", TimeToLiveSpecification=expiry)
    for sk, seconds in (("past", -10), ("future", 3600)):
        item = key("p", sk) | {"expires_at": {"N": str(int(time.time()) + seconds)}}
        dynamodb.put_item(TableName="portal", Item=item)
    engine.kill()
    engine = start_engine(tmp_path, log=True)
    dynamodb = engine.client("dynamodb")
    tables = dynamodb.list_tables()["TableNames"]
    there = {item["SK"]["S"] for item in dynamodb.scan(TableName="portal")["Items"]}
    status = dynamodb.describe_time_to_live(TableName="portal")["TimeToLiveDescription"]
    engine.stop()
    assert tables == ["portal"]
    assert there == {"future"}
    assert status == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_failed_condition_changes_nothing_and_is_said(engine: Engine) -> None:
    dynamodb = engine.client("dynamodb")
    dynamodb.put_item(TableName="portal", Item=key("p", "s"))
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(
            TableName="portal", Item=key("p", "s"), ConditionExpression="attribute_not_exists(PK)"
        )


def test_what_the_log_would_not_keep_is_refused(engine: Engine) -> None:
    with pytest.raises(ClientError, match="does not keep"):
        engine.client("dynamodb").execute_statement(Statement="DELETE FROM portal WHERE PK='p' AND SK='s'")


def test_the_engine_takes_no_orders_without_the_right_key(engine: Engine) -> None:
    for access_key, secret_key in (("test", "test"), (engine.access_key, "wrong"), ("111122223333", "test")):
        stranger = Engine(engine.url, access_key, secret_key, engine.process)
        with pytest.raises(ClientError):
            stranger.client("dynamodb").list_tables()
        with pytest.raises(ClientError):
            stranger.client("s3").list_buckets()
    for path in (
        "/",
        "/_ministack/reset",
        "/m/x?AWSAccessKeyId=test&Signature=x&Expires=2000000000",
    ):
        assert requests.get(engine.url + path, timeout=5).status_code == 403
    assert requests.put(f"{engine.url}/new-bucket", timeout=5).status_code == 403


def test_objects_with_any_name_go_through_with_the_right_key(engine: Engine) -> None:
    s3 = engine.client("s3", config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket="media")
    for name in ("a b/ü+%7E.txt", "plain"):
        s3.put_object(Bucket="media", Key=name, Body=b"x" * 100_000)
    listed = s3.list_objects_v2(Bucket="media", Prefix="a b/", MaxKeys=5)
    assert [entry["Key"] for entry in listed["Contents"]] == ["a b/ü+%7E.txt"]
    assert s3.get_object(Bucket="media", Key="a b/ü+%7E.txt")["Body"].read() == b"x" * 100_000


def test_five_thousand_items_are_back_with_little_work(tmp_path: Path) -> None:
    engine = start_engine(tmp_path, log=True)
    engine.client("dynamodb").create_table(**TABLE)
    engine.stop()
    rows = [
        ("portal", f"{n}", f'{{"PK":{{"S":"p{n}"}},"SK":{{"S":"s"}},"text":{{"S":"{"x" * 300}"}}}}')
        for n in range(5000)
    ]
    with closing(sqlite3.connect(tmp_path / "tables.sqlite")) as log, log:
        log.executemany("insert into items (name, key, item) values (?, ?, ?)", rows)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    engine = start_engine(tmp_path, log=True)
    count = engine.client("dynamodb").scan(TableName="portal", Select="COUNT", Limit=5000)["Count"]
    engine.stop()
    assert count > 1000
    # Processor time, as the wall clock depends on what else this machine does: about 1 s on a small one.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 3
