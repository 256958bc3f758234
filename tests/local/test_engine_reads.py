"""The order of answers and commits, with an engine and a disk that the test holds still."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.engine import DurableEngine
from local.inner import Message, Receive, Send
from local.writelog import Change, WriteLog


class SlowDisk(WriteLog):
    """A log whose commits wait for the test."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.may_commit = threading.Event()

    def _commit(self, batch: list[tuple[int, list[Change]]]) -> None:
        self.may_commit.wait(5)
        super()._commit(batch)


async def toy_engine(scope: Message, receive: Receive, send: Send) -> None:
    """Keeps one item per key in a dict, as much as these tests need."""
    message = await receive()
    body = json.loads(message["body"])
    operation = dict(scope["headers"])[b"x-amz-target"].decode().rpartition(".")[2]
    answer = OPERATIONS[operation](body)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


ITEMS: dict[str, Any] = {}
KEYS = ("LOCALKEY", "secret")


def _put(body: Any) -> Any:
    ITEMS[body["Item"]["PK"]["S"]] = body["Item"]
    return {}


def _batch_get(body: Any) -> Any:
    keys = [key["PK"]["S"] for key in body["RequestItems"]["t"]["Keys"]]
    return {"Responses": {"t": [ITEMS[key] for key in keys if key in ITEMS]}}


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "CreateTable": lambda body: {},
    "PutItem": _put,
    "GetItem": lambda body: {"Item": ITEMS.get(body["Key"]["PK"]["S"])},
    "BatchGetItem": _batch_get,
}


async def ask(engine: DurableEngine, operation: str, body: Any) -> Any:
    """One request to the wrapper, as the server makes it."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Message) -> None:
        sent.append(message)

    target = f"DynamoDB_20120810.{operation}"
    data = json.dumps(body).encode()
    request = AWSRequest("POST", "http://h/", headers={"Host": "h", "X-Amz-Target": target}, data=data)
    SigV4Auth(Credentials(*KEYS), "dynamodb", "us-east-1").add_auth(request)
    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers.items()],
    }
    await engine(scope, receive, send)
    return json.loads(sent[1]["body"])


@pytest.fixture
def disk(tmp_path: Path) -> Any:
    ITEMS.clear()
    made = SlowDisk(tmp_path / "tables.sqlite")
    yield made
    made.may_commit.set()
    made.close()


async def with_table(disk: SlowDisk) -> DurableEngine:
    engine = DurableEngine(toy_engine, disk, KEYS)
    disk.start()
    disk.may_commit.set()
    await ask(engine, "CreateTable", {"TableName": "t", "KeySchema": [{"AttributeName": "PK"}]})
    disk.may_commit.clear()
    return engine


PUT = {"TableName": "t", "Item": {"PK": {"S": "k"}}}
GET = {"TableName": "t", "Key": {"PK": {"S": "k"}}}


def test_neither_writer_nor_reader_hears_of_a_write_that_is_not_on_disk(disk: SlowDisk) -> None:
    async def story() -> None:
        engine = await with_table(disk)
        write = asyncio.create_task(ask(engine, "PutItem", PUT))
        await asyncio.sleep(0.05)
        read = asyncio.create_task(ask(engine, "GetItem", GET))
        await asyncio.sleep(0.05)
        assert ITEMS, "the engine has applied the write"
        assert not write.done()
        assert not read.done()
        disk.may_commit.set()
        assert await asyncio.wait_for(write, 2) == {}
        assert await asyncio.wait_for(read, 2) == {"Item": PUT["Item"]}

    asyncio.run(story())


def test_a_reader_waits_for_nobody_when_all_is_on_disk(disk: SlowDisk) -> None:
    async def story() -> None:
        engine = await with_table(disk)
        assert await asyncio.wait_for(ask(engine, "GetItem", GET), 1) == {"Item": None}

    asyncio.run(story())


def test_a_caller_who_hangs_up_does_not_keep_a_write_from_the_log(disk: SlowDisk) -> None:
    async def story() -> None:
        engine = await with_table(disk)
        write = asyncio.create_task(ask(engine, "PutItem", PUT))
        await asyncio.sleep(0)
        write.cancel()
        disk.may_commit.set()
        await asyncio.sleep(0.1)

    asyncio.run(story())
    assert bool(ITEMS) == (len(list(disk.items())) == 1)


def test_many_waiting_writes_share_one_commit(disk: SlowDisk) -> None:
    sizes: list[int] = []
    commit = disk._commit

    def counted(batch: list[tuple[int, list[Change]]]) -> None:
        sizes.append(len(batch))
        commit(batch)

    async def story() -> None:
        engine = await with_table(disk)
        disk._commit = counted  # type: ignore[method-assign]
        puts = [PUT | {"Item": {"PK": {"S": f"k{n}"}}} for n in range(20)]
        writes = [asyncio.create_task(ask(engine, "PutItem", put)) for put in puts]
        await asyncio.sleep(0.2)
        disk.may_commit.set()
        await asyncio.gather(*writes)

    asyncio.run(story())
    assert sum(sizes) == 20
    assert len(sizes) <= 3
