"""Finds the app's route for a path as API Gateway does: fixed segments win over parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True)
class Match:
    """A route's path as declared, and the decoded values of its parameters."""

    resource: str
    parameters: dict[str, str]


class RouteTable:
    """The declared paths of an app, such as "/issues/{issue_id}"."""

    def __init__(self, resources: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[list[str], str]]] = {}
        for resource in resources:
            segments = resource.split("/")
            self._by_length.setdefault(len(segments), []).append((segments, resource))
        for entries in self._by_length.values():
            entries.sort(key=lambda entry: [_is_parameter(segment) for segment in entry[0]])

    def match(self, raw_path: str) -> Match | None:
        """The route for a path that is still percent-encoded; None when there is none."""
        trimmed = raw_path.rstrip("/") if raw_path.endswith("/") and raw_path.strip("/") else raw_path
        try:
            given = [unquote_to_bytes(segment).decode() for segment in trimmed.split("/")]
        except UnicodeDecodeError:
            return None
        for declared, resource in self._by_length.get(len(given), []):
            if all(
                wanted == value or (_is_parameter(wanted) and value)
                for wanted, value in zip(declared, given, strict=True)
            ):
                pairs = zip(declared, given, strict=True)
                return Match(resource, {name[1:-1]: value for name, value in pairs if _is_parameter(name)})
        return None


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
