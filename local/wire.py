"""What a DynamoDB request changes, read from its wire JSON alone."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from local.writelog import Change

Json = dict[str, Any]
#: A table and one of its keys or items, as wire JSON.
Place = tuple[str, Json]

DEFINES = {"CreateTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups"}
READS = {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"}


def table_name(name: str) -> str:
    """A table's name from a name or an ARN."""
    return name.rsplit("/", 1)[-1]


def _single(member: str) -> Callable[[Json], list[Place]]:
    return lambda body: [(table_name(body["TableName"]), body[member])]


def _batch(body: Json) -> list[Place]:
    return [
        (
            table_name(table),
            (entry.get("PutRequest") or entry["DeleteRequest"]).get("Item") or entry["DeleteRequest"]["Key"],
        )
        for table, entries in body["RequestItems"].items()
        for entry in entries
    ]


def _transaction(body: Json) -> list[Place]:
    actions = [(kind, action) for entry in body["TransactItems"] for kind, action in entry.items()]
    return [
        (table_name(action["TableName"]), action["Item"] if kind == "Put" else action["Key"])
        for kind, action in actions
        if kind != "ConditionCheck"
    ]


#: For each operation that writes items: which places it touches.
WRITES: dict[str, Callable[[Json], list[Place]]] = {
    "PutItem": _single("Item"),
    "UpdateItem": _single("Key"),
    "DeleteItem": _single("Key"),
    "BatchWriteItem": _batch,
    "TransactWriteItems": _transaction,
}


def is_read(operation: str) -> bool:
    """True for what changes nothing."""
    return operation in READS or operation.startswith(("Describe", "List", "GetRecords", "GetShardIterator"))


class Tables:
    """The key attributes and the time-to-live attribute of each table, learnt from its definitions."""

    def __init__(self) -> None:
        self._keys: dict[str, list[str]] = {}
        self._expiry: dict[str, str] = {}

    def learn(self, operation: str, body: Json) -> None:
        """Take in a table definition that the engine has accepted."""
        name = table_name(body["TableName"])
        if operation == "CreateTable":
            self._keys[name] = sorted(part["AttributeName"] for part in body["KeySchema"])
        elif operation == "UpdateTimeToLive":
            wanted = body["TimeToLiveSpecification"]
            self._expiry[name] = wanted["AttributeName"] if wanted["Enabled"] else ""

    def key(self, place: Place) -> Json:
        """The key of a key or an item."""
        name, attributes = place
        return {attribute: attributes[attribute] for attribute in self._keys[name]}

    def identity(self, place: Place) -> str:
        """The same text for the same key, however its numbers are written."""
        parts = [next(iter(value.items())) for value in self.key(place).values()]
        return json.dumps(
            [[kind, str(Decimal(text).normalize()) if kind == "N" else text] for kind, text in parts]
        )

    def put(self, place: Place) -> Change:
        """The log's change for an item that is there now."""
        name, item = place
        expires = item.get(self._expiry.get(name, ""), {}).get("N")
        row = (name, self.identity(place), json.dumps(item, separators=(",", ":"), ensure_ascii=False))
        statement = "insert or replace into items (name, key, item, expires) values (?, ?, ?, ?)"
        return statement, (*row, int(Decimal(expires)) if expires else None)

    def remove(self, place: Place) -> Change:
        """The log's change for an item that is gone."""
        return "delete from items where name = ? and key = ?", (place[0], self.identity(place))


def definition_changes(operation: str, body: Json) -> list[Change]:
    """The log's changes for a definition, or for a table that was deleted."""
    name = table_name(body["TableName"])
    if operation == "DeleteTable":
        return [
            ("delete from items where name = ?", (name,)),
            ("delete from definitions where name = ?", (name,)),
        ]
    row = (name, operation, json.dumps(body, separators=(",", ":")))
    return [("insert into definitions (name, operation, body) values (?, ?, ?)", row)]
