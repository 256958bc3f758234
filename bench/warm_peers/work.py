"""The work of a handler that goes through boto3: the calls, and boto3's own (de)serializers; the rest differs."""

from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from jinja2 import Environment, FileSystemLoader

from bench.warm_peers.rows import CALLS, REGION, TEMPLATES, issues, moment

client = boto3.client("dynamodb", region_name=REGION)
_read = TypeDeserializer().deserialize
_write = TypeSerializer().serialize
_pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
_pages.filters["moment"] = moment


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
    for operation, request in CALLS[row]:
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
    return _pages.get_template("list.html").render(items=issues(read(row)))
