"""Calls of the table that go well at once, without botocore in between; all others are botocore's.

A call through botocore looks for the endpoint by rules, walks through the request by the service's model, and tells
six sorts of listeners: 0.1 ms a call, a quarter of a list's time. `db.py` speaks DynamoDB's own JSON already, so it is
sent as it stands. What does not go well (`Transport.first_try`) goes on in botocore as the first of its tries.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from chalicelib.transport import Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: The operations of requests. Any other is botocore's from the start.
_OURS = {
    "batch_get_item": "BatchGetItem",
    "get_item": "GetItem",
    "query": "Query",
    "transact_write_items": "TransactWriteItems",
    "update_item": "UpdateItem",
}


class ShortWay:
    """A client of DynamoDB as botocore makes it; only its answers come without their `ResponseMetadata`."""

    def __init__(self, client: "DynamoDBClient", wire: Transport, checked: bool) -> None:
        """`wire` gets `client`'s requests too, when botocore sends them; `checked` has botocore look at each first."""
        self._plain, self._wire, self._checked = client, wire, checked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._plain, name)
        if name in _OURS:
            found = partial(self._call, _OURS[name], found)
        self.__dict__[name] = found  # looked up before this the next time
        return found

    def _call(self, operation: str, plain: Callable[..., Any], **request: Any) -> Any:
        if operation == "TransactWriteItems":
            # The same for each try: a transaction whose answer was lost is not carried out twice.
            request.setdefault("ClientRequestToken", str(uuid4()))
        if self._checked:
            self._check(operation, request)
        answer = self._wire.first_try(operation, request)
        if answer is not None:
            return answer
        try:
            return plain(**request)
        finally:
            self._wire.forget_first_try()

    def _check(self, operation: str, request: dict[str, Any]) -> None:
        shape: Any = self._plain.meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
