"""The desk's addresses, which the gateway knows as one: it takes 300 parts of addresses without asking AWS for more,
and the portal has more. What comes by such an address is led to its route here."""

from functools import cache
from typing import Any

from chalicelib.route_table import RouteTable

Event = dict[str, Any]
#: Everything below these goes to the gateway as one address each.
PREFIXES = ("/desk/", "/api/v1/desk/")
#: What the gateway calls the rest of such an address.
REST = "{proxy+}"


def prefix_of(path: str) -> str | None:
    """The prefix that a path is below, if any."""
    return next((prefix for prefix in PREFIXES if path.startswith(prefix)), None)


def led(event: Event) -> dict[str, Any] | None:
    """Give an event the route that its path means, as the gateway does for all others. Where there is none (404), or
    not for this method (405), the answer to it."""
    methods, table = _routes()
    match = table.match(event["path"])
    method = event["httpMethod"]
    if match is None:
        return _refused(event, 404)
    known = methods[match.resource]
    if method not in known:
        event["allow"] = ", ".join(sorted(known))
        return _refused(event, 405)
    event["resource"] = event["requestContext"]["resourcePath"] = match.resource
    event["pathParameters"] = match.parameters or None
    return None


@cache
def _routes() -> tuple[dict[str, set[str]], RouteTable]:
    from chalicelib.features import written

    found: dict[str, set[str]] = {}
    for route in written():
        method, path = route.split(" ", 1)
        if prefix_of(path):
            found.setdefault(path, set()).add(method)
    return found, RouteTable(found)


def _refused(event: Event, status: int) -> dict[str, Any]:
    from chalicelib.routes import fallback

    answer: dict[str, Any] = fallback(event, status).to_dict()
    if allow := event.get("allow"):
        answer["headers"]["Allow"] = allow
    return answer
