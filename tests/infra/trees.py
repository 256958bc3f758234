"""Looking into templates."""

from typing import Any

Tree = dict[str, Any]


def properties(template: Tree, name: str) -> Tree:
    """A resource's properties."""
    found: Tree = template["Resources"][name]["Properties"]
    return found


def of_type(template: Tree, kind: str) -> dict[str, Tree]:
    """The properties of all resources of a type, by name."""
    return {n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == f"AWS::{kind}"}


def walk(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Every leaf of a tree with the way to it."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from walk(part, (*path, name))
    elif isinstance(value, list):
        for part in value:
            yield from walk(part, path)
    else:
        yield path, value
