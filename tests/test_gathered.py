"""Addresses that the gateway hands on as one: each still comes to its own route."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import features, gathered
from chalicelib.web import ROUTES

BELOW = sorted(
    f"{route.method} {route.path}" for route in ROUTES if gathered.prefix_of(route.path) is not None
)


@pytest.fixture(autouse=True)
def _written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All routes, as the package's step writes them down."""
    routes = {f"{route.method} {route.path}": "feature" for route in ROUTES}
    monkeypatch.setattr(features, "written", lambda: routes)
    gathered._routes.cache_clear()
    yield
    gathered._routes.cache_clear()


def _event(method: str, path: str) -> dict[str, Any]:
    return {
        "resource": "/desk/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Accept-Language": "en"},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": "x"},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/desk/{proxy+}",
            "path": path,
            "httpMethod": method,
            "requestId": "r1",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("route", BELOW)
def test_every_address_below_a_prefix_is_led_to_its_own_route(route: str) -> None:
    method, path = route.split(" ")
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    given = {name: f"v{n}" for n, name in enumerate(names)}
    event = _event(method, path.format(**given))
    assert gathered.led(event) is None
    assert event["resource"] == event["requestContext"]["resourcePath"] == path
    assert event["pathParameters"] == (given or None)


def test_what_is_nowhere_is_said_in_the_portals_words(site: Any) -> None:
    answer = gathered.led(_event("GET", "/desk/nowhere/at/all"))
    assert answer is not None
    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Security-Policy"]


def test_another_method_is_told_which_there_are(site: Any) -> None:
    answer = gathered.led(_event("DELETE", "/api/v1/desk/issues"))
    assert answer is not None
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET")
