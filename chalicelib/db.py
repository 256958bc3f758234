"""The only module that talks to DynamoDB.

Items are plain dicts of str, int, bool, None-free lists and maps. Keys are (`PK`, `SK`) pairs of strings.
A write names the error that a failed condition means, so callers read as the rules they enforce.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib import aws_errors, table_client
from chalicelib.conditions import Attr, Condition, Key
from chalicelib.errors import Conflict, Unavailable
from chalicelib.records import (
    Check,
    Delete,
    Expressions,
    Item,
    K,
    Op,
    Page,
    Put,
    Update,
    Wire,
    decode_item,
    encode_item,
    wire_key,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["Check", "Db", "Delete", "Item", "K", "Op", "Page", "Put", "Update", "decode_item"]

_BUSY = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
_AWAY = {
    "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "ThrottlingError",
    "InternalServerError", "ServiceUnavailable", "InternalFailure", "RequestTimeout", "LimitExceededException",
}  # fmt: skip
_TRIES_WHEN_BUSY = 8
#: DynamoDB takes at most this many keys in one BatchGetItem.
_BATCH = 100
#: … and this many items in one BatchWriteItem.
_BATCH_WRITE = 25


class Db:
    """One table. `calls` counts round trips; tests hold requests to their budgets with it."""

    def __init__(
        self, client: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._sleep = sleep
        self.table = table
        self.calls: list[str] = []

    @classmethod
    def connect(cls, table: str, region: str, endpoint_url: str | None) -> "Db":
        """A table by name; opens no connection yet."""
        return cls(table_client.connect(region, endpoint_url), table)

    def _call(self, operation: str, **request: Any) -> Any:
        self.calls.append(operation)
        if len(self.calls) > 1000:
            del self.calls[:500]
        try:
            return getattr(self._client, operation)(**request)
        except aws_errors.ClientError as error:
            if error.response["Error"]["Code"] in _AWAY:
                raise Unavailable from error
            raise
        except aws_errors.BotoCoreError as error:
            raise Unavailable from error

    def get(self, key: K) -> Item | None:
        """One item, read consistently, or None."""
        answer = self._call("get_item", TableName=self.table, Key=wire_key(key), ConsistentRead=True)
        return decode_item(answer["Item"]) if answer.get("Item") else None

    def batch_get(self, keys: Sequence[K]) -> list[Item | None]:
        """Several items in the order asked for, None where there is none; one round trip per 100."""
        found: dict[K, Item] = {}
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), _BATCH):
            self._fetch(unique[start : start + _BATCH], found)
        return [found.get(key) for key in keys]

    def _fetch(self, keys: list[K], found: dict[K, Item]) -> None:
        wanted: Any = {self.table: {"Keys": [wire_key(key) for key in keys], "ConsistentRead": True}}
        for attempt in range(5):
            answer = self._call("batch_get_item", RequestItems=wanted)
            for wire in answer["Responses"].get(self.table, []):
                item = decode_item(wire)
                found[K(item["PK"], item["SK"])] = item
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return
            self._sleep(0.05 * 2**attempt)
        raise Unavailable

    def query(
        self,
        key: Condition | str,
        *,
        index: str | None = None,
        keep: Condition | None = None,
        limit: int | None = None,
        start: Item | None = None,
        newest_first: bool = False,
    ) -> Page:
        """One page of a partition: `key` is a partition of the table, or a condition on an index's keys.

        `keep` filters after reading, so it does not lower the cost; `limit` counts what is read.
        Reads of the table are consistent, reads of an index are not.
        """
        expressions = Expressions()
        condition = Key("PK").eq(key) if isinstance(key, str) else key
        request: Wire = {
            "TableName": self.table,
            "KeyConditionExpression": expressions.condition(condition),
            "ScanIndexForward": not newest_first,
            "ConsistentRead": index is None,
        }
        optional = {
            "IndexName": index,
            "FilterExpression": expressions.condition(keep) if keep is not None else None,
            "Limit": limit,
            "ExclusiveStartKey": encode_item(start) if start else None,
        }
        request |= {name: value for name, value in optional.items() if value is not None}
        answer = self._call("query", **request, **expressions.fields())
        last = answer.get("LastEvaluatedKey")
        return Page([decode_item(wire) for wire in answer["Items"]], decode_item(last) if last else None)

    def query_all(self, key: Condition | str, **options: Any) -> list[Item]:
        """A whole partition, for those that are small by nature (one issue, one community's staff)."""
        items: list[Item] = []
        start: Item | None = None
        while True:
            page = self.query(key, start=start, **options)
            items += page.items
            start = page.next
            if start is None:
                return items

    def scan(self, limit: int, start: Item | None = None) -> Page:
        """Some of all the table's records, in no order: for exports, checks and migrations, never for a request."""
        request: Wire = {"TableName": self.table, "Limit": limit, "ConsistentRead": True}
        if start:
            request["ExclusiveStartKey"] = encode_item(start)
        answer = self._call("scan", **request)
        last = answer.get("LastEvaluatedKey")
        return Page([decode_item(wire) for wire in answer["Items"]], decode_item(last) if last else None)

    def put_all(self, items: Sequence[Item]) -> None:
        """Write whole items over whatever has their keys, each by itself: for bringing back a backup."""
        for first in range(0, len(items), _BATCH_WRITE):
            some = items[first : first + _BATCH_WRITE]
            wanted: Any = {self.table: [{"PutRequest": {"Item": encode_item(item)}} for item in some]}
            for attempt in range(_TRIES_WHEN_BUSY):
                wanted = self._call("batch_write_item", RequestItems=wanted).get("UnprocessedItems")
                if not wanted:
                    break
                self.pause(attempt)
            else:
                raise Unavailable

    def count(self, key: Condition, *, index: str, limit: int) -> int:
        """How many items, counting no further than `limit` so that the cost is bounded."""
        expressions = Expressions()
        answer = self._call(
            "query", TableName=self.table, IndexName=index, Select="COUNT", Limit=limit,
            KeyConditionExpression=expressions.condition(key), **expressions.fields(),
        )  # fmt: skip
        return int(answer["Count"])

    def update(self, op: Update) -> Item:
        """Change one item and give it back as it is now; raises the op's error when its condition fails.

        Tried again, like `write`, when a transaction has the item at this very moment.
        """
        expressions = Expressions()
        request = self._update_fields(op, expressions)
        for attempt in range(_TRIES_WHEN_BUSY):
            try:
                answer = self._call("update_item", ReturnValues="ALL_NEW", **request)
                return decode_item(answer["Attributes"])
            except aws_errors.ClientError as error:
                if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    raise op.error or Conflict() from error
                self._judge(error, ())
            self.pause(attempt)
        raise Unavailable

    def write(self, *ops: Op) -> None:
        """All of the writes or none. Raises the error of the first one whose condition failed.

        Two transactions that touch one item at once make DynamoDB refuse one of them; that one is tried
        again, its conditions judged anew. Raises Unavailable when that keeps happening.
        """
        request = [self._wire_op(op) for op in ops]
        for attempt in range(_TRIES_WHEN_BUSY):
            try:
                self._call("transact_write_items", TransactItems=request)
                return
            except aws_errors.ClientError as error:
                self._judge(error, ops)
            self.pause(attempt)
        raise Unavailable

    def pause(self, attempt: int) -> None:
        """Wait a moment before trying again, longer each time, so that those who collided get apart."""
        self._sleep(random.uniform(0.01, 0.03) * 2 ** min(attempt, 5))  # noqa: S311 - jitter, not a secret

    @staticmethod
    def _judge(error: "aws_errors.ClientError", ops: Sequence[Op]) -> None:
        """Return when it is worth another try; otherwise raise what the refusal means."""
        code = error.response["Error"]["Code"]
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
        for op, reason in zip(ops, reasons, strict=False):
            if reason == "ConditionalCheckFailed":
                raise op.error or Conflict() from error
        if code in _BUSY or (
            code == "TransactionCanceledException" and any(r in _BUSY | _AWAY for r in reasons)
        ):
            return
        raise error

    def _wire_op(self, op: Op) -> Wire:
        expressions = Expressions()
        if isinstance(op, Put):
            return {"Put": self._put_fields(op, expressions)}
        if isinstance(op, Update):
            return {"Update": self._update_fields(op, expressions)}
        verb = "Delete" if isinstance(op, Delete) else "ConditionCheck"
        return {verb: self._fields({"Key": wire_key(op.key)}, op.condition, expressions)}

    def _put_fields(self, op: Put, expressions: Expressions) -> Wire:
        condition = op.condition
        if condition is None and not op.replace:
            condition = Attr("PK").not_exists()
        return self._fields({"Item": encode_item(op.item)}, condition, expressions)

    def _update_fields(self, op: Update, expressions: Expressions) -> Wire:
        body = {
            "Key": wire_key(op.key),
            "UpdateExpression": expressions.update(op.sets, op.removes, op.adds),
        }
        return self._fields(body, op.condition, expressions)

    def _fields(self, body: Wire, condition: Condition | None, expressions: Expressions) -> Wire:
        text = {"ConditionExpression": expressions.condition(condition)} if condition is not None else {}
        return {"TableName": self.table, **body, **text, **expressions.fields()}
