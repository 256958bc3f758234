"""Clients between the portal and a table: one that writes down every request, and one that fails on demand."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.session import get_session
from botocore.validate import ParamValidator

from chalicelib.table_client import OPERATIONS

Request = dict[str, Any]

#: Every (operation, request) that a test's portal has sent in this run, in the shape of its expressions only.
SEEN: dict[str, tuple[str, Request]] = {}
#: Every item that was written, by (kind of partition, kind of row): the attributes' names.
WRITTEN: dict[tuple[str, str], set[str]] = {}
#: Everything that was asked of a table or an index of it, by IAM's action and kind of partition.
ASKED: set[tuple[str, str, str]] = set()


class RecordingClient:
    """A DynamoDB client that remembers what it was asked, and may be told to fail."""

    def __init__(self, client: Any) -> None:
        self.plain = client
        self._faults: list[Callable[[str, Request], Exception | None]] = []
        self._after: list[Callable[[str, Request], Exception | None]] = []

    def __getattr__(self, operation: str) -> Any:
        send = getattr(self.plain, operation)
        if not callable(send) or operation in ("exceptions", "meta", "close"):
            return send

        def call(**request: Any) -> Any:
            remember(operation, request)
            _check(operation, request)
            _raise_first(self._faults, operation, request)
            answer = send(**request)
            _raise_first(self._after, operation, request)
            return answer

        return call

    @contextmanager
    def failing(
        self, fault: Callable[[str, Request], Exception | None], *, after: bool = False
    ) -> Iterator[None]:
        """Within it, requests for which `fault` gives an exception raise that: before they reach the table, or
        after they were carried out, as when an answer is lost on its way."""
        faults = self._after if after else self._faults
        faults.append(fault)
        try:
            yield
        finally:
            faults.remove(fault)


@cache
def _input(operation: str) -> Any:
    name = operation.title().replace("_", "")
    return get_session().get_service_model("dynamodb").operation_model(name).input_shape


def _check(operation: str, request: Request) -> None:
    """Look at a request as botocore would, which a first try goes past; raises its ParamValidationError."""
    if operation in OPERATIONS:
        report = ParamValidator().validate(request, _input(operation))
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())


def _raise_first(
    faults: list[Callable[[str, Request], Exception | None]], name: str, request: Request
) -> None:
    for fault in faults:
        if error := fault(name, request):
            raise error


class Once:
    """A fault for the n-th request (from 0) of an operation."""

    def __init__(self, operation: str, error: Exception, *, at: int = 0) -> None:
        self._operation, self._error, self._left = operation, error, at
        self.struck = False

    def __call__(self, operation: str, request: Request) -> Exception | None:
        if operation != self._operation or self.struck:
            return None
        self._left -= 1
        self.struck = self._left < 0
        return self._error if self.struck else None


def refusal(
    code: str, *, reasons: list[str] | None = None, operation: str = "TransactWriteItems"
) -> ClientError:
    """An error answer as DynamoDB sends it."""
    answer: Any = {"Error": {"Code": code, "Message": "made up"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    if reasons is not None:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, operation)


def remember(operation: str, request: Request) -> None:
    """Keep the request if its expressions are new, and the kinds of keys that it writes."""
    SEEN.setdefault(_shape(operation, request), (operation, copy.deepcopy(request)))
    ASKED.update(_asked(operation, request))
    for part in request.get("TransactItems", []):
        if "Put" in part:
            item = part["Put"]["Item"]
            _written(item, set(item))
        elif "Update" in part:
            names = part["Update"].get("ExpressionAttributeNames", {})
            _written(part["Update"]["Key"], {names[n] for n in names if n.startswith("#u")})
    if operation == "update_item":
        names = request.get("ExpressionAttributeNames", {})
        _written(request["Key"], {names[n] for n in names if n.startswith("#u")})


_ACTIONS = {
    "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem",
    "get_item": "GetItem", "update_item": "UpdateItem",
}  # fmt: skip


def _asked(operation: str, request: Request) -> Iterator[tuple[str, str, str]]:
    for part in request.get("TransactItems", []):
        for verb, body in part.items():
            yield _ACTIONS[verb], "", kind_of((body.get("Key") or body["Item"])["PK"]["S"])
    for wanted in request.get("RequestItems", {}).values():
        if operation == "batch_get_item":
            yield from (("BatchGetItem", "", kind_of(key["PK"]["S"])) for key in wanted["Keys"])
    if operation == "query":
        first = request["KeyConditionExpression"].strip("( ").split()[2].strip(")")
        kind = kind_of(request["ExpressionAttributeValues"][first]["S"])
        yield "Query", request.get("IndexName", ""), kind
    elif operation in _ACTIONS:
        yield _ACTIONS[operation], "", kind_of(request["Key"]["PK"]["S"])


def _written(item: Request, names: set[str]) -> None:
    kinds = (kind_of(item["PK"]["S"]), kind_of(item["SK"]["S"]))
    WRITTEN.setdefault(kinds, set()).update(names - {"PK", "SK"})


def kind_of(key: str) -> str:
    """The part of a key that says what it is: up to the first `#`, or else the whole when it is a word."""
    head, mark, _ = key.partition("#")
    if mark and head.isalpha() and head.isupper():
        return f"{head}#"
    return key if key.isalpha() else "…"


_EXPRESSIONS = (
    "ConditionExpression", "UpdateExpression", "KeyConditionExpression", "FilterExpression", "IndexName", "Select",
    "ReturnValues", "ConsistentRead", "ScanIndexForward",
)  # fmt: skip


def _shape(operation: str, request: Request) -> str:
    parts = request.get("TransactItems")
    if parts:
        return operation + "|".join(
            sorted({f"{verb}{_form(body)}" for p in parts for verb, body in p.items()})
        )
    return operation + _form(request)


def _form(body: Request) -> str:
    values = {name: next(iter(value)) for name, value in body.get("ExpressionAttributeValues", {}).items()}
    texts = [str(body.get(name)) for name in _EXPRESSIONS]
    return f"{texts}{sorted(body.get('ExpressionAttributeNames', {}).items())}{sorted(values.items())}"


class Meanwhile:
    """Not a fault, but somebody quicker: does something just before the n-th request (from 0) of an operation."""

    def __init__(self, operation: str, work: Callable[[], Any], *, at: int = 0) -> None:
        self._operation, self._work, self._left = operation, work, at
        self.done = False

    def __call__(self, operation: str, request: Request) -> None:
        if operation != self._operation or self.done:
            return
        self._left -= 1
        if self._left < 0:
            self.done = True
            self._work()
