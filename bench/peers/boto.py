"""The table by `boto3.client`, as its documentation shows it: TypeSerializer in, TypeDeserializer out."""

from itertools import chain
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from bench.peers.plan import CALLS, new_id, with_new_id

_METHODS = {
    "BatchGetItem": "batch_get_item",
    "GetItem": "get_item",
    "Query": "query",
    "TransactWriteItems": "transact_write_items",
}
_VALUES = ("Item", "ExpressionAttributeValues")
client = boto3.client("dynamodb")
_deserialize = TypeDeserializer().deserialize
_serialize = TypeSerializer().serialize


def read(case: str) -> list[dict[str, Any]]:
    """Do a case's reads; the items of the last one."""
    items: list[dict[str, Any]] = []
    for operation, request in CALLS[case]:
        answer = getattr(client, _METHODS[operation])(**request)
        found = answer["Items"] if "Items" in answer else list(chain(*answer["Responses"].values()))
        items = [{name: _deserialize(value) for name, value in item.items()} for item in found]
    return items


def write(case: str) -> str:
    """Do a case's reads, then its transaction with a new record's id; that id."""
    made = new_id()
    for operation, request in CALLS[case]:
        if operation == "TransactWriteItems":
            actions = with_new_id(request["TransactItems"], made)
            client.transact_write_items(TransactItems=[_wire(action) for action in actions])
        else:
            for items in getattr(client, _METHODS[operation])(**request)["Responses"].values():
                for item in items:
                    _ = {name: _deserialize(value) for name, value in item.items()}
    return made


def _wire(action: dict[str, dict[str, Any]]) -> Any:
    ((verb, body),) = action.items()
    values = {
        field: {name: _serialize(value) for name, value in body[field].items()}
        for field in _VALUES
        if field in body
    }
    if "Key" in body:
        values["Key"] = {name: _serialize(value) for name, value in body["Key"].items()}
    return {verb: {**body, **values}}
