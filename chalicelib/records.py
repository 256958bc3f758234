"""What is said to the table: keys, writes, and values in DynamoDB's wire form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from chalicelib.conditions import Condition
from chalicelib.errors import PortalError

Item = dict[str, Any]
Wire = dict[str, Any]


class K(NamedTuple):
    """A record's key."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Put:
    """Write a whole item. By default only when no item has its key."""

    item: Item
    condition: Condition | None = None
    error: PortalError | None = None
    replace: bool = False


@dataclass(frozen=True)
class Update:
    """Change some attributes of one item: `sets`, `removes`, and `adds` for counters."""

    key: K
    sets: Item = field(default_factory=dict)
    removes: Sequence[str] = ()
    adds: Mapping[str, int] = field(default_factory=dict)
    condition: Condition | None = None
    error: PortalError | None = None


@dataclass(frozen=True)
class Delete:
    """Remove one item."""

    key: K
    condition: Condition | None = None
    error: PortalError | None = None


@dataclass(frozen=True)
class Check:
    """Change nothing, but refuse the transaction when the condition does not hold."""

    key: K
    condition: Condition
    error: PortalError | None = None


Op = Put | Update | Delete | Check


class Page(NamedTuple):
    """Some items of a query, and where to go on (None at the end)."""

    items: list[Item]
    next: Item | None


def encode(value: Any) -> Wire:
    """A value as DynamoDB's AttributeValue. Floats are refused: money and counts are whole numbers."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, list | tuple):
        return {"L": [encode(part) for part in value]}
    if isinstance(value, Mapping):
        return {"M": encode_item(value)}
    raise TypeError(f"no AttributeValue for {type(value).__name__}")


def decode(wire: Wire) -> Any:
    """The value of an AttributeValue, as `encode` takes it."""
    ((kind, value),) = wire.items()
    if kind in ("S", "BOOL"):
        return value
    if kind == "N":
        return int(value)
    if kind == "M":
        return decode_item(value)
    if kind == "L":
        return [decode(part) for part in value]
    raise TypeError(f"unexpected AttributeValue {kind}")


def encode_item(item: Mapping[str, Any]) -> Wire:
    """An item in wire form; attributes that are None are left out. Texts, which most are, are written in place."""
    return {
        name: {"S": value} if value.__class__ is str else encode(value)
        for name, value in item.items()
        if value is not None
    }


def decode_item(wire: Wire) -> Item:
    """An item from its wire form. Texts and numbers, which nearly all attributes are, are read in place."""
    return {
        name: value["S"] if "S" in value else int(value["N"]) if "N" in value else decode(value)
        for name, value in wire.items()
    }


class Expressions:
    """Builds one request's expressions with their placeholders."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: Wire = {}

    def condition(self, condition: Condition) -> str:
        """The text of a condition; its names and values are kept for `fields`."""
        return condition.text(partial(self._name, mark="n"), partial(self._value, mark="n"))

    def update(self, sets: Item, removes: Sequence[str], adds: Mapping[str, int]) -> str:
        """SET, REMOVE and ADD clauses."""
        clauses = {
            "SET": [f"{self._name(n)} = {self._value(v)}" for n, v in sets.items() if v is not None],
            "REMOVE": [self._name(n) for n in [*removes, *(n for n, v in sets.items() if v is None)]],
            "ADD": [f"{self._name(n)} {self._value(v)}" for n, v in adds.items()],
        }
        return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)

    def _name(self, name: str, mark: str = "u") -> str:
        placeholder = f"#{mark}{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def _value(self, value: Any, mark: str = "u") -> str:
        placeholder = f":{mark}{len(self.values)}"
        self.values[placeholder] = encode(value)
        return placeholder

    def fields(self) -> Wire:
        """The request's fields for the names and values used."""
        names = {"ExpressionAttributeNames": self.names} if self.names else {}
        values = {"ExpressionAttributeValues": self.values} if self.values else {}
        return {**names, **values}


def wire_key(key: K) -> Wire:
    """A key in wire form."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}
