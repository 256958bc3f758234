"""A DynamoDB client that writes down what each call would be billed, worked out from real items."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.bill import Bill, Charge, Read
from bench.capacity import (
    TRANSACTION,
    Index,
    Wire,
    batch_units,
    item_size,
    query_units,
    read_units,
    write_units,
)


class Meter:
    """A client like the one that it wraps; `bill` collects what is asked of it."""

    def __init__(self, client: Any, definition: Wire) -> None:
        self.plain = client
        self.bill = Bill()
        self._indexes = Index.all_of(definition)
        self._keys = {index.name: index.keys[0] for index in self._indexes}
        self._lock = threading.RLock()

    @contextmanager
    def measured(self) -> Iterator[Bill]:
        """What is asked within goes on a bill of its own."""
        before, self.bill = self.bill, Bill()
        try:
            yield self.bill
        finally:
            self.bill = before

    def __getattr__(self, operation: str) -> Any:
        charge = getattr(type(self), f"_charge_{operation}", None)
        if charge is None:  # what only commands ask (scans): no request of a person's is made of it
            return getattr(self.plain, operation)

        def call(**request: Any) -> Any:
            started = time.thread_time()
            try:
                with self._lock:
                    return self._metered(operation, charge, request)
            finally:
                self.bill.table_s += time.thread_time() - started

        return call

    def _metered(self, operation: str, charge: Any, request: Wire) -> Any:
        self.bill.calls.append(operation)
        self.bill.sent += _bytes(request)
        answer = charge(self, request)
        self.bill.received += _bytes({n: v for n, v in answer.items() if n != "ResponseMetadata"})
        return answer

    def _add(self, kind: str, partition: str, units: float, index: str = "") -> None:
        if units:
            self.bill.charges.append(Charge(kind, partition, units, index))

    def _charge_get_item(self, request: Wire) -> Any:
        answer = self.plain.get_item(**request)
        size = item_size(answer["Item"]) if answer.get("Item") else 0
        consistent = request.get("ConsistentRead", False)
        self._add("read", request["Key"]["PK"]["S"], read_units(size, consistent=consistent))
        return answer

    def _charge_batch_get_item(self, request: Wire) -> Any:
        answer = self.plain.batch_get_item(**request)
        for table, wanted in request["RequestItems"].items():
            sizes = {_place(item): item_size(item) for item in answer["Responses"].get(table, [])}
            for key in wanted["Keys"]:
                size = sizes.get(_place(key), 0)
                units = batch_units([size], consistent=wanted.get("ConsistentRead", False))
                self._add("read", key["PK"]["S"], units)
        return answer

    def _charge_query(self, request: Wire) -> Any:
        answer = self.plain.query(**request)
        read = answer.get("Items")
        if read is None or "FilterExpression" in request:
            read = self.plain.query(**_unfiltered(request))["Items"]
        index = request.get("IndexName", "")
        partition = _partition(request, self._keys.get(index, "PK"))
        sizes = [item_size(item) for item in read]
        units = query_units(sizes, consistent=request.get("ConsistentRead", False))
        self._add("read", partition, units, index)
        self.bill.reads.append(Read(partition, len(read), request.get("Limit")))
        return answer

    def _charge_scan(self, request: Wire) -> Any:
        answer = self.plain.scan(**request)
        sizes = [item_size(item) for item in answer["Items"]]
        self._add("read", "*", query_units(sizes, consistent=request.get("ConsistentRead", False)))
        return answer

    def _charge_update_item(self, request: Wire) -> Any:
        before = self._look(request["Key"], request["TableName"])
        answer = self.plain.update_item(**request)
        self._write(before, self._look(request["Key"], request["TableName"]), request["Key"], 1)
        return answer

    def _charge_transact_write_items(self, request: Wire) -> Any:
        bodies = [body for part in request["TransactItems"] for body in part.values()]
        places = [(body.get("Key") or body["Item"], body["TableName"]) for body in bodies]
        before = [self._look(key, table) for key, table in places]
        answer = self.plain.transact_write_items(**request)
        for (key, table), old in zip(places, before, strict=True):
            self._write(old, self._look(key, table), key, TRANSACTION)
        return answer

    def _look(self, key: Wire, table: str) -> Wire | None:
        only = {"PK": key["PK"], "SK": key["SK"]}
        found: Wire | None = self.plain.get_item(TableName=table, Key=only, ConsistentRead=True).get("Item")
        return found

    def _write(self, before: Wire | None, after: Wire | None, key: Wire, times: int) -> None:
        self._add("write", key["PK"]["S"], times * write_units(before, after))
        for index in self._indexes:
            units = index.write_units(before, after)
            entry = index.entry(after) or index.entry(before)
            if units and entry:
                self._add("write", entry[index.keys[0]]["S"], units, index.name)


def _place(item: Wire) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def _bytes(body: Wire) -> int:
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _unfiltered(request: Wire) -> Wire:
    """The same query without its filter, giving back the items that it reads."""
    left_out = ("FilterExpression", "Select")
    kept = {name: value for name, value in request.items() if name not in left_out}
    used = set(re.findall(r"[#:]\w+", request["KeyConditionExpression"]))
    for field_name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if field_name in kept:
            kept[field_name] = {n: v for n, v in kept[field_name].items() if n in used}
    return kept


def _partition(request: Wire, hash_key: str) -> str:
    """The partition key's value that a query names."""
    names: dict[str, str] = request.get("ExpressionAttributeNames", {})
    for name, value in re.findall(r"([#\w]+) = (:\w+)", request["KeyConditionExpression"]):
        if names.get(name, name) == hash_key:
            return str(request["ExpressionAttributeValues"][value]["S"])
    raise ValueError("a query names its partition")
