"""API Gateway on this machine: real HTTP becomes proxy events for the API's function, by the built template alone."""

import base64
from typing import Any
from urllib.parse import unquote

from chalicelib.route_table import Match, RouteTable
from local.bridge import Bridge, Event
from local.wsgi import Answer, Environ, StartResponse, problem, raw_target
from tests.deployed.runtime_api import Failed, Function

_ANY_METHOD = "x-amazon-apigateway-any-method"


class Gateway(Bridge):
    """The routes and binary types of a template's API, served below its stage's path."""

    def __init__(self, api: dict[str, Any], function: Function) -> None:
        """`api` holds the properties of the template's `AWS::Serverless::Api`."""
        self._definition = api["DefinitionBody"]
        self._stage = f"/{api['StageName']}"
        self._routes = RouteTable(path for path in self._definition["paths"] if not path.endswith("{proxy+}"))
        self._binary_types = self._definition["x-amazon-apigateway-binary-media-types"]
        self._function = function

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        return self._passed(environ).send(environ, start_response)

    def _passed(self, environ: Environ) -> Answer:
        target, _ = raw_target(environ)
        if not target.startswith(f"{self._stage}/"):
            return problem(403, "Forbidden")
        below = {**environ, "REQUEST_URI": environ["REQUEST_URI"].removeprefix(self._stage)}
        match = self._match(raw_target(below)[0])
        methods = self._definition["paths"][match.resource] if match else {}
        if match is None or not {environ["REQUEST_METHOD"].lower(), _ANY_METHOD} & set(methods):
            return problem(403, "Missing Authentication Token")
        event = self._event(below, match, "from-the-gateway")
        event["headers"]["X-Forwarded-Proto"] = "https"
        event["requestContext"] |= {"path": unquote(target), "stage": self._stage.strip("/")}
        try:
            return self._answered(event, self._function.invoke(event))
        except Failed as error:
            return problem(502, f"Internal server error; {error}")

    def _match(self, path: str) -> Match | None:
        """A path's resource: one of its own, else the greedy one that takes all below a prefix."""
        if found := self._routes.match(path):
            return found
        for resource in self._definition["paths"]:
            prefix = resource.removesuffix("{proxy+}")
            if prefix != resource and path.startswith(prefix) and path != prefix:
                return Match(resource, {"proxy": unquote(path.removeprefix(prefix))})
        return None

    def _answered(self, event: Event, answer: dict[str, Any]) -> Answer:
        """The function's answer. Base64 becomes bytes only for those who first of all accept a binary type."""
        headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers += [(name, str(value)) for value in values]
        body = (answer.get("body") or "").encode()
        accepted = event["headers"].get("Accept", "").split(",")[0].split(";")[0].strip()
        if answer.get("isBase64Encoded") and accepted in self._binary_types:
            body = base64.b64decode(body)
        return Answer(answer["statusCode"], headers, body)
