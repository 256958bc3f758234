"""What the peers are told: which calls of the table each row makes, with which keys and items."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

ROWS: dict[str, Any] = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
REGION = "us-east-1"
Call = tuple[str, dict[str, Any]]


def plain(wire: dict[str, Any]) -> Any:
    """A value as a handler has it before it is serialized."""
    ((kind, value),) = wire.items()
    if kind == "M":
        return {name: plain(part) for name, part in value.items()}
    if kind == "L":
        return [plain(part) for part in value]
    return int(value) if kind == "N" else value


@cache
def calls(row: str) -> list[Call]:
    """A row's calls in order: the operation as boto3 spells it, and its request."""
    return [_with_plain_items(*call) for call in ROWS[row]["calls"]]


def _with_plain_items(operation: str, request: dict[str, Any]) -> Call:
    """A call; what a transaction writes as plain values, because serializing them is part of the work."""
    for part in request.get("TransactItems", []):
        for body in part.values():
            for name in ("Item", "ExpressionAttributeValues", "Key"):
                if name in body:
                    body[name] = {key: plain(value) for key, value in body[name].items()}
    return operation, request


_NAMES = {(row["event"]["httpMethod"], row["event"]["resource"]): name for name, row in ROWS.items()}


def row_of(event: dict[str, Any]) -> str:
    """Which row an event is."""
    return _NAMES[event["httpMethod"], event["resource"]]


def is_page(row: str) -> bool:
    """Whether the row's answer is HTML."""
    return row.endswith("page")
