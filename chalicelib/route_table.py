"""Finds the app's route for a path as API Gateway does: fixed segments win over parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True)
class Match:
    """A route's path as declared, and the decoded values of its parameters."""

    resource: str
    parameters: dict[str, str]


@dataclass
class _Node:
    """A place in the tree of paths: what may come next, and the resource that ends here."""

    after: "dict[str, _Node]" = field(default_factory=dict)
    resource: str | None = None


#: What a parameter is called in the tree: any value but none.
_ANY = "{}"


class RouteTable:
    """The declared paths of an app, such as "/issues/{issue_id}". Finding one takes as long however many there are."""

    def __init__(self, resources: Iterable[str]) -> None:
        self._root = _Node()
        for resource in resources:
            node = self._root
            for segment in resource.split("/"):
                node = node.after.setdefault(_ANY if segment.startswith("{") else segment, _Node())
            node.resource = resource

    def match(self, raw_path: str) -> Match | None:
        """The route for a path that is still percent-encoded; None when there is none."""
        trimmed = raw_path.rstrip("/") if raw_path.endswith("/") and raw_path.strip("/") else raw_path
        try:
            given = [unquote_to_bytes(segment).decode() for segment in trimmed.split("/")]
        except UnicodeDecodeError:
            return None
        resource = _found(self._root, given)
        if resource is None:
            return None
        pairs = zip(resource.split("/"), given, strict=True)
        return Match(resource, {name[1:-1]: value for name, value in pairs if name.startswith("{")})


def _found(node: _Node, given: list[str]) -> str | None:
    if not given:
        return node.resource
    value, *others = given
    for name in (value, _ANY) if value else ("",):
        if name in node.after and (found := _found(node.after[name], others)):
            return found
    return None
