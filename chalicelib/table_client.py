"""DynamoDB's client with less work a call: the first try goes the short way, everything else is botocore's own.

What each lever saves was measured with `bench/warm.py` and `bench/cold.py`; each can be taken out by itself.
"""

import json
import os
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib import aws
from chalicelib.transport import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Transport

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient

#: botocore's settings, as the portal has them.
SETTINGS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "read_timeout": READ_TIMEOUT_S,
    "retries": {"mode": "standard", "max_attempts": 3},
    "max_pool_connections": 32,
    # Requests are built in one module, which tests run with validation on.
    "parameter_validation": False,
    # Put together anew for each request otherwise, from 14 parts, twice.
    "user_agent": "owner-portal Botocore",
}
#: What goes the short way first; what only commands ask (scans, backups) is left to botocore.
OPERATIONS = {
    "get_item": "GetItem",
    "batch_get_item": "BatchGetItem",
    "query": "Query",
    "update_item": "UpdateItem",
    "transact_write_items": "TransactWriteItems",
}


def connect(
    region: str, endpoint_url: str | None, session: "Session | None" = None, **settings: Any
) -> "DynamoDBClient":
    """A client, of the process's session or another, with `settings` besides `SETTINGS`; opens no connection yet."""
    wire = aws.transport("dynamodb", region, endpoint_url, session)

    def make() -> Any:
        from botocore.config import Config

        config = Config(**{**SETTINGS, **settings})
        return _lean(aws.client("dynamodb", region, endpoint_url, config, session), wire)

    client: Any = _Client(make, wire) if wire else make()
    return client  # type: ignore[no-any-return]


class _Client:
    """Is called as botocore's client. A process whose first tries all go well, as nearly all do, never loads that:
    saves half of a cold start, and of a warm call what botocore's layers take."""

    def __init__(self, make: Callable[[], Any], wire: Transport) -> None:
        self._make, self._wire = make, wire

    @cached_property
    def _botocore(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        call = partial(self._ask, name) if name in OPERATIONS else getattr(self._botocore, name)
        self.__dict__[name] = call  # found at once from now on
        return call

    def close(self) -> None:
        """Close the connections, as botocore's client does."""
        self._wire.close()
        if "_botocore" in self.__dict__:
            self._botocore.close()

    def _ask(self, operation: str, **request: Any) -> Any:
        if operation == "transact_write_items":
            # botocore would add one; here its tries must have that of the first.
            request.setdefault("ClientRequestToken", os.urandom(16).hex())
        with self._wire.first_try(f"DynamoDB_20120810.{OPERATIONS[operation]}", request) as answer:
            return getattr(self._botocore, operation)(**request) if answer is None else answer


def _lean(client: Any, wire: Transport | None) -> Any:
    """Put the handlers in place."""
    from botocore import UNSIGNED

    events = client.meta.events
    # Saves a third of a list's time.
    events.register("before-parse.dynamodb", read_answer)
    if wire:
        # Further tries are signed and sent as the first one is.
        events.register("choose-signer.dynamodb", lambda **_: UNSIGNED)
        events.register("before-send.dynamodb", wire.send)
    return client


def read_answer(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Read an answer as the JSON that it is. botocore's parser would walk through it by its model and change nothing:
    there is no binary and no date in it. Errors are left to the parser."""
    if response_dict["status_code"] < 300:
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b""
