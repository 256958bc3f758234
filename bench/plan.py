"""Fills a table and writes down what the portal asks it for in each of the four measured cases.

Run by `bench/stage.py` with a function's environment: `python -m bench.plan FILE`. The file holds API Gateway's events,
and per case the table calls of the portal in order, taken where they are handed to the client; the peers send the same.
"""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

import app
from bench.peers.marks import NEW_ID
from chalicelib.accounts.sessions import new_session
from chalicelib.issues.models import IssueFile
from chalicelib.portal import portal
from local import demo

Json = dict[str, Any]
#: An id begins with its moment, which all ids of one request share; these letters become the mark.
_TIME_LETTERS = 10
_ISSUES = 40
_TEXTS = ("厨房水槽下面漏水，接了一个盆，两个小时就满了。", "楼道三层的灯一闪一闪的，晚上看不清台阶。")


def main(target: Path) -> None:
    """Fill, record, write."""
    now = datetime.now(UTC)
    demo.main(now - timedelta(days=2))
    story = demo.Story(portal(), now)
    files = [
        story.report(story.owner, ("plumbing", "electrical")[n % 2], _TEXTS[n % 2], now - timedelta(hours=n))
        for n in range(_ISSUES, 0, -1)
    ]
    events = _events(_token(story, now), _with_a_past(story, files[0], now))
    calls = {case: _recorded(event) for case, event in events.items()}
    target.write_text(json.dumps({"events": events, "calls": calls}, ensure_ascii=False))


def _token(story: demo.Story, now: datetime) -> str:
    token, _, write = new_session(portal(), story.owner, now)
    portal().db.write(write)
    return token


def _with_a_past(story: demo.Story, file: IssueFile, now: datetime) -> str:
    """An issue that was acknowledged, handed over and begun; its id."""
    file = story.step(story.clerk, file, "acknowledged", now - timedelta(hours=3))
    file = story.hand(file, now - timedelta(hours=2))
    return story.step(story.technician, file, "in_progress", now - timedelta(hours=1)).issue.id


def _events(token: str, issue_id: str) -> dict[str, Json]:
    bearer = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    cookie = {"Cookie": f"__Host-session={token}", "Accept": "text/html", "Accept-Language": "en"}
    report = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": _TEXTS[0]}
    issues = "/api/v1/issues"
    return {
        "get": _event("GET", f"{issues}/{{issue_id}}", bearer, parameters={"issue_id": issue_id}),
        "list": _event("GET", issues, bearer),
        "transaction": _event(
            "POST", issues, {**bearer, "Content-Type": "application/json"}, body=json.dumps(report)
        ),
        "page": _event("GET", "/issues", cookie),
    }


def _event(
    method: str, resource: str, headers: Json, *, parameters: Json | None = None, body: str | None = None
) -> Json:
    """What API Gateway's REST API hands to a function."""
    path = resource.format(**(parameters or {}))
    headers = {**headers, "Host": "portal.example", "X-Forwarded-Proto": "https"}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": path,
            "httpMethod": method,
            "requestId": "5f9a2f6c-0001",
            "stage": "api",
            "protocol": "HTTP/1.1",
            "apiId": "a1",
            "accountId": "123456789012",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


class _Noting:
    """The portal's client, which writes down what it is asked."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.asked: list[tuple[str, Json]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            name = operation.title().replace("_", "")
            self.asked.append(
                (name, json.loads(json.dumps(request)))
            )  # as it is now: it is added to on its way
            return getattr(self.client, operation)(**request)

        return call


def _recorded(event: Json) -> list[tuple[str, Json]]:
    """The table calls of one request."""
    table: Any = portal().db
    table._client = noting = _Noting(table._client)
    answer = app.app(event, None)
    table._client = noting.client
    assert answer["statusCode"] in (200, 201), answer
    made = json.loads(answer["body"])["id"] if answer["statusCode"] == 201 else ""
    return [(name, _plain(request, made) if made else request) for name, request in noting.asked]


def _plain(request: Json, made: str) -> Json:
    """A transaction with values in plain Python, as one writes them, and a mark where the new id was."""
    if "TransactItems" not in request:
        return request
    read = TypeDeserializer().deserialize
    for action in request["TransactItems"]:
        for body in action.values():
            for field in {"Item", "Key", "ExpressionAttributeValues"} & set(body):
                body[field] = {name: read(value) for name, value in body[field].items()}
    text = json.dumps(request, default=int).replace(made[:_TIME_LETTERS], NEW_ID)
    marked: Json = json.loads(re.sub(r"NUMBER#[\d-]+", f"NUMBER#{NEW_ID}", text))
    return marked


if __name__ == "__main__":
    main(Path(sys.argv[1]))
