"""The table by `boto3.client`, as its documentation shows it: TypeSerializer in, TypeDeserializer out."""

from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from bench.peers.rows import REGION, calls

client = boto3.client("dynamodb", region_name=REGION)
_read = TypeDeserializer().deserialize
_write = TypeSerializer().serialize


def _serialized(request: dict[str, Any]) -> dict[str, Any]:
    ops = []
    for part in request["TransactItems"]:
        ((verb, body),) = part.items()
        wire = {
            field: {name: _write(value) for name, value in body[field].items()}
            for field in ("Item", "Key", "ExpressionAttributeValues")
            if field in body
        }
        ops.append({verb: {**body, **wire}})
    return {"TransactItems": ops}


def read(row: str) -> list[dict[str, Any]]:
    """Make a row's calls; gives back all items that were read."""
    found: list[dict[str, Any]] = []
    for operation, request in calls(row):
        given = _serialized(request) if "TransactItems" in request else request
        answer = getattr(client, operation)(**given)
        items = answer.get("Items") or [
            item for part in answer.get("Responses", {}).values() for item in part
        ]
        items += [answer["Item"]] if "Item" in answer else []
        found += [{name: _read(value) for name, value in item.items()} for item in items]
    return found


def page(row: str) -> str:
    """A page of the row's issues."""
    from bench.peers.page import rendered  # calls of the API need no templates

    return rendered(read(row))
