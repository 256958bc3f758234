"""The OpenAPI 3.1 document, made from the declared routes and their models.

`python -m chalicelib.openapi` prints it; a test compares it with `docs/openapi.json`.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.errors import PortalError
from chalicelib.web import ROUTES, Route

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_ERRORS = {
    "400": "The body is not JSON",
    "401": "No session",
    "403": "Not yours to do",
    "404": "Not there, or not yours to see",
    "405": "Not for this method",
    "409": "The state does not allow it (any more); `code` says why",
    "413": "Too large",
    "415": "A content type that is not taken",
    "422": "Something in it is wrong; `errors` says what",
    "429": "A cap against abuse; `Retry-After` says when again",
    "503": "Try again in a few seconds; `Retry-After` says when",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key from the same person gives the same answer again.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
}


def _codes(kind: type[PortalError]) -> Iterator[str]:
    """What `code` can be, by this kind of error and those made of it."""
    if kind.__module__.startswith("chalicelib."):
        yield kind.code
    for narrower in kind.__subclasses__():
        yield from _codes(narrower)


def _problem() -> dict[str, Any]:
    """The schema of errors. It lists the codes in words: more may come, and callers go by the status then."""
    told = "One of " + ", ".join(f"`{code}`" for code in sorted(set(_codes(PortalError))))
    code = {"type": "string", "description": told}
    return {**_PROBLEM, "properties": {**_PROBLEM["properties"], "code": code}}


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    import app  # noqa: F401 - importing it declares every route

    routes = sorted((r for r in ROUTES if r.kind == "api"), key=lambda r: (r.path, r.method))
    schemas = _schemas(routes)
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Owner portal",
            "version": "1",
            "description": "What the portal's pages are built on.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _problem()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
            },
        },
    }


def _schemas(routes: list[Route]) -> dict[str, Any]:
    bodies = {(r.body, "validation") for r in routes if r.body}
    answers = {(r.answer, "serialization") for r in routes if r.answer}
    ordered = sorted(bodies | answers, key=lambda pair: (pair[0].__name__, pair[1]))
    refs, schema = models_json_schema(ordered, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {"refs": refs, **schema}


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', route.path.lower()).strip('_')}",
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": _parameters(route),
        "responses": {str(route.status): _answer(route, schemas), **_problems(route)},
    }
    if route.access.public:
        operation["security"] = []
    if route.body:
        ref = schemas["refs"][(route.body, "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref}}}
    elif route.accepts != "application/json":
        content = {route.accepts: {"schema": {"type": "string"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query:
        found += _query_parameters(route.query)
    return [*found, _KEY] if route.once else found


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    properties = model.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _plain(schema)}
        for name, schema in properties.items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A query's value is there or not, never null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    return options[0] if len(options) == 1 else {k: v for k, v in schema.items() if k != "title"}


def _answer(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if not route.answer:
        return {"description": "Done" if route.status == 204 else "As described"}
    ref = schemas["refs"][(route.answer, "serialization")]
    return {"description": route.summary, "content": {"application/json": {"schema": ref}}}


def _problems(route: Route) -> dict[str, Any]:
    possible = {"405", "503", "413", "400", "422"}
    if not route.access.public:
        possible |= {"401"}
    if route.access.roles or route.method != "GET":
        possible |= {"403"}
    named = route.body.model_fields if route.body else {}
    looked_up = not route.access.public and any(name == "code" or name.endswith("_id") for name in named)
    if "{" in route.path or route.query or looked_up:
        possible |= {"404"}
    if route.method != "GET":
        possible |= {"409", "415", "429"}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if route.path == "/api/v1/auth/session":
        possible |= {"401"}
    return {code: {"description": _ERRORS[code], "content": content} for code in sorted(possible)}


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))
