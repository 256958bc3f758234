"""(a) A bare handler with a `boto3.client`, TypeDeserializer, `json.dumps` and plain Jinja2."""

import json
from typing import Any

from bench.peers.boto import page, read
from bench.peers.rows import is_page, row_of


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One request."""
    row = row_of(event)
    if is_page(row):
        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": page(row)}
    body = json.dumps({"items": read(row)}, default=int)
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}
