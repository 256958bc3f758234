"""(d) The floor: requests signed by hand and sent with `http.client`, answers taken apart without a library."""

import hashlib
import hmac
import http.client
import json
import os
import time
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from bench.peers.plan import CALLS, new_id, with_new_id

_URL = urlsplit(os.environ["AWS_ENDPOINT_URL"])
_REGION = os.environ["AWS_DEFAULT_REGION"]
_connection = http.client.HTTPConnection(_URL.netloc, timeout=5)
_READERS: dict[str, Any] = {
    "S": str,
    "BOOL": bool,
    "N": int,
    "M": lambda value: _item(value),
    "L": lambda value: [_value(part) for part in value],
}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one of the four cases."""
    path = event["path"]
    if path == "/issues":
        from bench.peers.page import rendered  # only this case needs Jinja2

        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": rendered(_read("page"))}
    if event["httpMethod"] == "POST":
        json.loads(event["body"])
        return _json(201, {"id": _write("transaction")})
    if path == "/api/v1/issues":
        return _json(200, {"items": _read("list")})
    first, *timeline = _read("get")
    return _json(200, {**first, "timeline": timeline})


def _json(status: int, body: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


def _read(case: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for operation, request in CALLS[case]:
        answer = _send(operation, request)
        found = answer["Items"] if "Items" in answer else list(chain(*answer["Responses"].values()))
        items = [_item(item) for item in found]
    return items


def _write(case: str) -> str:
    made = new_id()
    for operation, request in CALLS[case]:
        writes = operation == "TransactWriteItems"
        _send(operation, _wire_actions(with_new_id(request, made)) if writes else request)
    return made


def _wire_actions(request: dict[str, Any]) -> dict[str, Any]:
    for action in request["TransactItems"]:
        for body in action.values():
            for field in ("Item", "Key", "ExpressionAttributeValues"):
                if field in body:
                    body[field] = {name: _wire(value) for name, value in body[field].items()}
    return request


def _wire(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, dict):
        return {"M": {name: _wire(part) for name, part in value.items()}}
    return {"L": [_wire(part) for part in value]} if isinstance(value, list) else {"S": value}


def _item(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in wire.items()}


def _value(wire: dict[str, Any]) -> Any:
    ((kind, value),) = wire.items()
    return _READERS[kind](value)


def _send(operation: str, request: dict[str, Any]) -> Any:
    body = json.dumps(request).encode()
    _connection.request("POST", "/", body, _signed(f"DynamoDB_20120810.{operation}", body))
    answer = _connection.getresponse()
    said = json.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(said)
    return said


def _signed(target: str, body: bytes) -> dict[str, str]:
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{moment[:8]}/{_REGION}/dynamodb/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "host": _URL.netloc,
        "x-amz-date": moment,
        "x-amz-target": target,
    }
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    )
    return headers
