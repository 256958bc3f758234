"""A DynamoDB table in this process: SQLite's B-trees for the keys and for each index, so that a query reads only
its range, whatever the table holds. For measurements over large tables; the engine of `make run` walks all
records for an index query. It answers the calls that `chalicelib/db.py` makes, on wire JSON."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from bench.expressions import Test, bounds, condition, update

Wire = dict[str, Any]
_Key = tuple[str, str]


def _refused(operation: str, code: str, reasons: list[str] | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}}
    if reasons is not None:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, operation)


class Table:
    """One table with its indexes, as a DynamoDB client sees it. One caller at a time; others wait."""

    def __init__(self, definition: Wire) -> None:
        self._indexes = {
            index["IndexName"]: tuple(part["AttributeName"] for part in index["KeySchema"])
            for index in definition["GlobalSecondaryIndexes"]
        }
        self._columns = sorted({name for keys in self._indexes.values() for name in keys})
        self._lock = threading.RLock()
        # An unnamed database is a file that SQLite removes by itself; nothing of it need survive.
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._db.execute("pragma synchronous = off")
        self._db.execute("pragma journal_mode = off")
        self._db.execute("pragma cache_size = -200000")
        columns = "".join(f", {name} text" for name in self._columns)
        self._db.execute(
            f"create table items (pk text, sk text, item text{columns}, primary key (pk, sk)) without rowid"
        )
        for name, (hash_key, range_key) in self._indexes.items():
            self._db.execute(
                f"create index by_{name} on items ({hash_key}, {range_key}, pk, sk) where {hash_key} is not null"
            )
        # Never committed: that would write each change to the disk at once, nine tenths of a simulated month.
        self._db.execute("begin")

    def close(self) -> None:
        """Let the table go."""
        self._db.close()

    def load(self, items: Iterable[Wire]) -> None:
        """Put many items, without conditions."""
        marks = ", ".join("?" * (3 + len(self._columns)))
        self._db.executemany(f"insert or replace into items values ({marks})", map(self._row, items))

    def count(self) -> tuple[int, int]:
        """How many items there are, and how many characters of JSON."""
        found: tuple[int, int] = self._db.execute("select count(*), sum(length(item)) from items").fetchone()
        return found

    def forget(self, pk: str, sk: str) -> None:
        """Remove one item, as its time to live would."""
        self._db.execute("delete from items where pk = ? and sk = ?", (pk, sk))

    def _row(self, item: Wire) -> tuple[str | None, ...]:
        text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
        kept = [item[name]["S"] if name in item else None for name in self._columns]
        return item["PK"]["S"], item["SK"]["S"], text, *kept

    def _find(self, key: Wire) -> Wire | None:
        place = (key["PK"]["S"], key["SK"]["S"])
        row = self._db.execute("select item from items where pk = ? and sk = ?", place).fetchone()
        return json.loads(row[0]) if row else None

    def get_item(self, **request: Any) -> Wire:
        """GetItem."""
        with self._lock:
            item = self._find(request["Key"])
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> Wire:
        """BatchGetItem."""
        with self._lock:
            found = {
                name: [item for key in wanted["Keys"] if (item := self._find(key))]
                for name, wanted in request["RequestItems"].items()
            }
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> Wire:
        """Query: a range of one partition, at most `Limit` items of it, then the filter."""
        names, values = (
            request.get("ExpressionAttributeNames", {}),
            request.get("ExpressionAttributeValues", {}),
        )
        in_range = condition(request["KeyConditionExpression"], names, values)
        keep: Test = lambda item: True  # noqa: E731
        if "FilterExpression" in request:
            keep = condition(request["FilterExpression"], names, values)
        limit = request.get("Limit", 1_000_000)
        with self._lock:
            read, more = _first(self._walk(request, in_range), limit)
        kept = [item for item in read if keep(item)]
        answer: Wire = {"Count": len(kept), "ScannedCount": len(read)}
        if request.get("Select") != "COUNT":
            answer["Items"] = kept
        if more:
            named = ("PK", "SK", *self._indexes.get(request.get("IndexName", ""), ()))
            answer["LastEvaluatedKey"] = {name: read[-1][name] for name in named}
        return answer

    def scan(self, **request: Any) -> Wire:
        """Scan: at most `Limit` of all items, here by their keys."""
        after, limit = request.get("ExclusiveStartKey"), request["Limit"]
        start = (after["PK"]["S"], after["SK"]["S"]) if after else ("", "")
        where = "select item from items where (pk, sk) > (?, ?) order by pk, sk limit ?"
        with self._lock:
            found = [json.loads(text) for (text,) in self._db.execute(where, (*start, limit))]
        answer: Wire = {"Items": found, "Count": len(found), "ScannedCount": len(found)}
        if len(found) == limit:
            answer["LastEvaluatedKey"] = {name: found[-1][name] for name in ("PK", "SK")}
        return answer

    def _walk(self, request: Wire, in_range: Test) -> Iterator[Wire]:
        """The items of the range in order; the walk begins at the range and ends with it."""
        hash_key, range_key = self._indexes.get(request.get("IndexName", ""), ("PK", "SK"))
        partition, low, high = bounds(request, hash_key, range_key)
        forward = request.get("ScanIndexForward", True)
        after = request.get("ExclusiveStartKey")
        order = "asc" if forward else "desc"
        where, given = f"{hash_key} = ? and {range_key} >= ? and {range_key} <= ?", [partition, low, high]
        if after:
            sign = ">" if forward else "<"
            where += f" and ({range_key}, pk, sk) {sign} (?, ?, ?)"
            given += [after[range_key]["S"], after["PK"]["S"], after["SK"]["S"]]
        columns = f"{range_key} {order}, pk {order}, sk {order}"
        rows = self._db.execute(f"select item from items where {where} order by {columns}", given)
        for (text,) in rows:
            item = json.loads(text)
            if in_range(item):
                yield item

    def update_item(self, **request: Any) -> Wire:
        """UpdateItem, giving back the whole new item."""
        with self._lock:
            before = self._find(request["Key"])
            if not _holds(request, before):
                raise _refused("UpdateItem", "ConditionalCheckFailedException")
            after = _after("Update", request, before)
            assert after is not None, "an update leaves an item"
            self.load([after])
        return {"Attributes": after}

    def transact_write_items(self, **request: Any) -> Wire:
        """TransactWriteItems: all of it or nothing."""
        with self._lock:
            actions = [next(iter(part.items())) for part in request["TransactItems"]]
            before = [self._find(body.get("Key") or body["Item"]) for _, body in actions]
            held = [_holds(body, old) for (_, body), old in zip(actions, before, strict=True)]
            if not all(held):
                reasons = ["None" if one else "ConditionalCheckFailed" for one in held]
                raise _refused("TransactWriteItems", "TransactionCanceledException", reasons)
            after = [(body, _after(v, body, old)) for (v, body), old in zip(actions, before, strict=True)]
            self.load([item for _, item in after if item])
            for body in (body for body, item in after if item is None):
                self.forget(body["Key"]["PK"]["S"], body["Key"]["SK"]["S"])
        return {}


def _first(items: Iterator[Wire], limit: int) -> tuple[list[Wire], bool]:
    """The first items, and whether DynamoDB would say that there may be more: it does after a full page."""
    read: list[Wire] = []
    for item in items:
        read.append(item)
        if len(read) == limit:
            return read, True
    return read, False


def _holds(body: Wire, item: Wire | None) -> bool:
    text = body.get("ConditionExpression")
    if text is None:
        return True
    names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
    return condition(text, names, values)(item or {})


def _after(verb: str, body: Wire, before: Wire | None) -> Wire | None:
    if verb == "Put":
        item: Wire = body["Item"]
        return item
    if verb == "Delete":
        return None
    if verb == "ConditionCheck":
        return before
    names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
    return update(body["UpdateExpression"], names, values, before or dict(body["Key"]))
