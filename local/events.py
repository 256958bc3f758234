"""Lambda's event shapes, as the deployed triggers send them, and the app's handlers with kept messages."""

import base64
import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

Event = dict[str, Any]
Handler = Callable[[Event, object], Any]

_REGION = "us-east-1"


@cache
def handlers() -> Any:
    """The app's module, with messages kept on this machine."""
    import app
    from chalicelib.messages.notifier import use
    from local.outbox import KeptMessages

    use(KeptMessages(os.environ["OUTBOX_FILE"]))
    return app


def context(name: str) -> object:
    """What a handler gets as its Lambda context."""
    return SimpleNamespace(function_name=name, aws_request_id=str(uuid.uuid4()))


def _bridge_event(source: str, detail_type: str, detail: Event, now: datetime) -> Event:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "account": "000000000000",
        "region": _REGION,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [],
        "source": source,
        "detail-type": detail_type,
        "detail": detail,
    }


def object_created(bucket: str, key: str, size: int) -> Event:
    """EventBridge's word that an object of `size` bytes has arrived in a bucket."""
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "size": size}, "reason": "PostObject"}
    return _bridge_event("aws.s3", "Object Created", detail, datetime.now(UTC))


def tick(now: datetime) -> Event:
    """EventBridge's scheduled event."""
    return _bridge_event("aws.events", "Scheduled Event", {}, now)


def stream_event(records: list[Event], arn: str) -> Event:
    """The event of a DynamoDB stream trigger, in wire JSON."""
    return {"Records": [{**_wire(record), "eventSourceARN": arn} for record in records]}


def _wire(value: Any) -> Any:
    """Wire JSON from what boto3 has read: bytes as base64, times as seconds."""
    if isinstance(value, dict):
        return {name: _wire(part) for name, part in value.items() if name != "userIdentity"}
    if isinstance(value, list):
        return [_wire(part) for part in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value
