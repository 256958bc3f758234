"""What the peers are told: which calls of the table each row makes, with which keys and items.

A peer neither checks the session that it reads, nor permission, nor builds its conditions: it sends what the portal has
sent. That is less work than a real handler has, so ratios against it are on the safe side.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROWS: dict[str, Any] = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
TEMPLATES = Path(__file__).parent / "templates"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
REGION = "us-east-1"
_ZONE = ZoneInfo("Asia/Shanghai")


def plain(wire: dict[str, Any]) -> Any:
    """A value as a handler has it before it is serialized."""
    ((kind, value),) = wire.items()
    if kind == "M":
        return {name: plain(part) for name, part in value.items()}
    if kind == "L":
        return [plain(part) for part in value]
    return int(value) if kind == "N" else value


def _with_plain_items(operation: str, request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A call; what a transaction writes as plain values, because serializing them is part of the work."""
    for part in request.get("TransactItems", []):
        for body in part.values():
            for name in ("Item", "ExpressionAttributeValues", "Key"):
                if name in body:
                    body[name] = {key: plain(value) for key, value in body[name].items()}
    return operation, request


CALLS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    name: [_with_plain_items(*call) for call in row["calls"]] for name, row in ROWS.items()
}
_NAMES = {(row["event"]["httpMethod"], row["event"]["resource"]): name for name, row in ROWS.items()}


def row_of(event: dict[str, Any]) -> str:
    """Which row an event is."""
    return _NAMES[event["httpMethod"], event["resource"]]


def is_page(row: str) -> bool:
    """Whether the row's answer is HTML."""
    return row.endswith("page")


def issues(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The issues among what was read, for a page's rows."""
    return [item for item in rows if item["PK"].startswith("ISSUE#")]


def moment(text: str) -> str:
    """A kept moment as a page says it; a filter of the pages' templates."""
    return f"{datetime.fromisoformat(text).astimezone(_ZONE):%m-%d %H:%M}"
