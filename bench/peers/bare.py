"""(a) A bare handler around `boto3.client`: what one writes without any framework."""

import json
from typing import Any

from bench.peers import boto

_JSON = {"Content-Type": "application/json"}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one of the four cases."""
    path, method = event["path"], event["httpMethod"]
    if path == "/issues":
        from bench.peers.page import rendered  # only this case needs Jinja2

        return {
            "statusCode": 200,
            "headers": {"Content-Type": "text/html"},
            "body": rendered(boto.read("page")),
        }
    if method == "POST":
        json.loads(event["body"])
        return _json(201, {"id": boto.write("transaction")})
    if path == "/api/v1/issues":
        return _json(200, {"items": boto.read("list")})
    first, *timeline = boto.read("get")
    return _json(200, {**first, "timeline": timeline})


def _json(status: int, body: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": _JSON, "body": json.dumps(body, default=str)}
