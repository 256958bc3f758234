"""Calls the Chalice app as API Gateway would: a proxy event in, a proxy answer out."""

import base64
import gzip
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from chalice.app import Chalice, Response
from chalice.local import LocalChalice

from chalicelib.base import build_all
from chalicelib.route_table import Match, RouteTable
from local.wsgi import Answer, Environ, StartResponse, problem, raw_target, request_headers

Event = dict[str, Any]
#: Renders 404 and 405: what the gateway answers when no route takes a request.
Fallback = Callable[[Event, int], Response]

MAX_BODY_BYTES = 10 * 1024 * 1024
_GZIP_FROM_BYTES = 1024
_TEXTUAL = ("text/", "application/json", "application/problem+json", "application/javascript",
            "application/manifest+json", "image/svg+xml")  # fmt: skip

log = logging.getLogger(__name__)


class Bridge:
    """A WSGI app around a Chalice app."""

    def __init__(self, app: Chalice, fallback: Fallback) -> None:
        # Chalice keeps the current request on the app; its own local server's class keeps one per thread.
        app.__class__ = LocalChalice
        build_all()  # before there are threads that would all build the same model
        self._app = app
        self._fallback = fallback
        self._routes = RouteTable(app.routes)
        self._binary_types = list(app.api.binary_types)

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        return self._answer(environ).send(environ, start_response)

    def _answer(self, environ: Environ) -> Answer:
        request_id = str(uuid.uuid4())
        if int(environ.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
            return problem(413, "A request may hold at most 10 MB.", request_id)
        path, _ = raw_target(environ)
        match = self._routes.match(path)
        event = self._event(environ, match, request_id)
        try:
            answer = _from_proxy(self._call(event, match))
        except Exception:
            log.exception("The app raised for request %s", request_id)
            answer = problem(500, "Something went wrong on our side.", request_id)
        return _compressed(answer, environ.get("HTTP_ACCEPT_ENCODING", ""))

    def _call(self, event: Event, match: Match | None) -> dict[str, Any]:
        """The app's answer, or the fallback's where no route takes the path or the method."""
        if match is None:
            return self._fallback(event, 404).to_dict(self._binary_types)
        methods = set(self._app.routes[match.resource])
        context = event["requestContext"]
        if context["httpMethod"] == "HEAD" and "HEAD" not in methods:
            context["httpMethod"] = event["httpMethod"] = "GET"
        if context["httpMethod"] in methods:
            return self._app(event, None)
        event["allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        answer = self._fallback(event, 405).to_dict(self._binary_types)
        answer["headers"]["Allow"] = event["allow"]
        return answer

    def _event(self, environ: Environ, match: Match | None, request_id: str) -> Event:
        path, query = raw_target(environ)
        headers = request_headers(environ) | {"X-Forwarded-Proto": environ.get("wsgi.url_scheme", "http")}
        queries = parse_qs(query, keep_blank_values=True, errors="replace") or None
        body, encoded = self._body(environ, headers.get("Content-Type", ""))
        resource = match.resource if match else path
        return {
            "resource": resource,
            "path": unquote(path),
            "httpMethod": environ["REQUEST_METHOD"],
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in queries.items()}
            if queries
            else None,
            "multiValueQueryStringParameters": queries,
            "pathParameters": match.parameters if match and match.parameters else None,
            "stageVariables": None,
            "requestContext": _context(environ, resource, path, request_id),
            "body": body,
            "isBase64Encoded": encoded,
        }

    def _body(self, environ: Environ, content_type: str) -> tuple[str | None, bool]:
        """The body as an event carries it: text, or base64 for binary types and what is no text."""
        data = environ["wsgi.input"].read(MAX_BODY_BYTES)
        if not data:
            return None, False
        if content_type.split(";")[0].strip().lower() not in self._binary_types:
            try:
                return data.decode(), False
            except UnicodeDecodeError:
                pass
        return base64.b64encode(data).decode(), True


def _context(environ: Environ, resource: str, path: str, request_id: str) -> Event:
    return {
        "resourcePath": resource,
        "path": path,
        "httpMethod": environ["REQUEST_METHOD"],
        "requestId": request_id,
        "requestTimeEpoch": int(time.time() * 1000),
        "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        "stage": "local",
        "apiId": "local",
        "accountId": "local",
        "domainName": environ.get("HTTP_HOST", ""),
        "identity": {
            "sourceIp": environ.get("REMOTE_ADDR", ""),
            "userAgent": environ.get("HTTP_USER_AGENT"),
        },
    }


def _from_proxy(answer: dict[str, Any]) -> Answer:
    """A WSGI answer from Lambda's proxy format."""
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    return Answer(answer["statusCode"], headers, raw.encode() if isinstance(raw, str) else raw)


def _compressed(answer: Answer, accepted: str) -> Answer:
    """The answer, compressed as API Gateway does when it is text, long, and the caller takes gzip."""
    names = {name.lower(): value for name, value in answer.headers}
    textual = names.get("content-type", "").startswith(_TEXTUAL)
    if not textual or len(answer.body) <= _GZIP_FROM_BYTES or "content-encoding" in names:
        return answer
    vary = [("Vary", "Accept-Encoding")]
    if not _takes_gzip(accepted):
        return Answer(answer.status, answer.headers + vary, answer.body)
    packed = gzip.compress(answer.body, compresslevel=5, mtime=0)
    return Answer(answer.status, [*answer.headers, *vary, ("Content-Encoding", "gzip")], packed)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
