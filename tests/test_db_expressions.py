"""Every expression that the portal sends is one that the strictest reader of DynamoDB's grammar takes.

dynalite refuses what moto and the embedded engine let through. It knows no transactions: what goes into one is
sent to it write by write.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.db import Item
from chalicelib.portal import Portal
from tests.factories import make_table
from tests.recording import SEEN, RecordingClient

ROOT = Path(__file__).parent.parent
_VERBS = {
    "Put": "put_item",
    "Update": "update_item",
    "Delete": "delete_item",
    "ConditionCheck": "delete_item",
}
_NO_FAULT = {"ConditionalCheckFailedException"}


@pytest.fixture(scope="module")
def dynalite() -> Iterator[Any]:
    """A client of dynalite with the portal's table in it."""
    node = shutil.which("node")
    assert node, "node is part of the checks' setup"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        node,
        str(ROOT / "node_modules" / ".bin" / "dynalite"),
        "--port",
        str(port),
        "--createTableMs",
        "0",
    ]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = Session("test", "test", region_name="us-east-1").client(
            "dynamodb",
            endpoint_url=f"http://127.0.0.1:{port}",
            config=Config(retries={"total_max_attempts": 1}),
        )
        _wait_for(port)
        make_table(client=client, name="portal")
        client.get_waiter("table_exists").wait(TableName="portal", WaiterConfig={"Delay": 1})
        yield client
    finally:
        child.kill()
        child.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("dynalite did not start")


@pytest.fixture
def sent_by_all_tests(told: list[Item]) -> list[tuple[str, dict[str, Any]]]:
    """What the story sends and, in a whole run, what all the tests before have sent: one of each shape."""
    assert told
    return list(SEEN.values())


def _singles(operation: str, request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if operation == "transact_write_items":
        for part in request["TransactItems"]:
            for verb, body in part.items():
                yield _VERBS[verb], {**body, "TableName": "portal"}
    elif operation == "batch_get_item":
        (wanted,) = request["RequestItems"].values()
        yield operation, {"RequestItems": {"portal": wanted}}
    elif operation in ("get_item", "query", "update_item", "scan"):
        yield operation, {**request, "TableName": "portal"}


def _refusal(client: Any, operation: str, request: dict[str, Any]) -> str | None:
    try:
        getattr(client, operation)(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return None if code in _NO_FAULT else f"{code}: {error.response['Error']['Message']}"
    return None


def test_no_expression_is_refused(dynalite: Any, sent_by_all_tests: list[tuple[str, dict[str, Any]]]) -> None:
    done: set[str] = set()
    refused: list[str] = []
    for operation, request in sent_by_all_tests:
        for name, single in _singles(operation, request):
            text = json.dumps([name, single], sort_keys=True, default=str)
            if text in done:
                continue
            done.add(text)
            if said := _refusal(dynalite, name, single):
                refused.append(f"{said}\n{text}")
    assert len(done) > 100
    assert refused == []


@pytest.mark.parametrize(
    "bad",
    [
        {"KeyConditionExpression": "PK = :p OR SK = :p"},
        {"KeyConditionExpression": "PK = :p", "FilterExpression": "SK = :p"},
        {"KeyConditionExpression": "PK = :p AND contains(SK, :p)"},
    ],
)
def test_the_strict_reader_is_strict(dynalite: Any, bad: dict[str, str]) -> None:
    said = _refusal(
        dynalite, "query", {**bad, "TableName": "portal", "ExpressionAttributeValues": {":p": {"S": "x"}}}
    )
    assert said is not None
    assert said.startswith("ValidationException")


def test_the_recorder_keeps_one_request_of_each_shape(portal: Portal, engine_client: RecordingClient) -> None:
    portal.db.query("some-partition-of-its-own")
    before = len(SEEN)
    portal.db.query("another-partition")
    assert len(SEEN) == before
    portal.db.query("a-third", limit=1, newest_first=True)
    assert len(SEEN) in (before, before + 1)
