"""(d) The floor: requests signed by hand over `http.client`, no SDK, no retries, no checks."""

import hashlib
import hmac
import http.client
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

from bench.peers.rows import ENDPOINT, REGION, calls, is_page, plain, row_of

_host = urlsplit(ENDPOINT).netloc
_connection = http.client.HTTPConnection(_host)
_ACCESS, _SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
_SIGNED = "content-type;host;x-amz-date;x-amz-target"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _signed(target: str, body: bytes) -> dict[str, str]:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    kind, scope = "application/x-amz-json-1.0", f"{stamp[:8]}/{REGION}/dynamodb/aws4_request"
    headers = f"content-type:{kind}\nhost:{_host}\nx-amz-date:{stamp}\nx-amz-target:{target}\n"
    canonical = f"POST\n/\n\n{headers}\n{_SIGNED}\n{hashlib.sha256(body).hexdigest()}"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{_SECRET}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    said = f"AWS4-HMAC-SHA256 Credential={_ACCESS}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
    return {"Content-Type": kind, "X-Amz-Date": stamp, "X-Amz-Target": target, "Authorization": said}


def _wire(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, dict):
        return {"M": {name: _wire(part) for name, part in value.items()}}
    return {"L": [_wire(part) for part in value]}


def _serialized(request: dict[str, Any]) -> dict[str, Any]:
    ops = []
    for part in request["TransactItems"]:
        ((verb, body),) = part.items()
        wire = {
            f: {n: _wire(v) for n, v in body[f].items()}
            for f in ("Item", "Key", "ExpressionAttributeValues")
            if f in body
        }
        ops.append({verb: {**body, **wire}})
    return {"TransactItems": ops}


def _call(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    given = _serialized(request) if "TransactItems" in request else request
    body = json.dumps(given).encode()
    target = "DynamoDB_20120810." + operation.title().replace("_", "")
    _connection.request("POST", "/", body, _signed(target, body))
    answer: dict[str, Any] = json.loads(_connection.getresponse().read())
    return answer


def _read(row: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for operation, request in calls(row):
        answer = _call(operation, request)
        items = answer.get("Items") or [
            item for part in answer.get("Responses", {}).values() for item in part
        ]
        items += [answer["Item"]] if "Item" in answer else []
        found += [{name: plain(value) for name, value in item.items()} for item in items]
    return found


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One request."""
    row = row_of(event)
    if is_page(row):
        from bench.peers.page import rendered  # calls of the API need no templates

        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": rendered(_read(row))}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"items": _read(row)}),
    }
