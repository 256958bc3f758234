"""What must hold for a write, and which rows a query wants: DynamoDB's conditions, as expressions that can be joined.

The same words as boto3's. That package's can't be had without the whole of it, which is a tenth of a cold start.
"""

from collections.abc import Callable
from typing import Any

#: Gives the placeholder for an attribute's name, and for a value.
Namer = Callable[[str], str]
Valuer = Callable[[Any], str]


class Condition:
    """One condition, or several joined by `&` and `|`."""

    def __init__(self, form: str, name: str = "", values: tuple[Any, ...] = ()) -> None:
        """`form` holds `{0}` for the name and `{1}`, `{2}` for the values."""
        self._form = form
        self._name = name
        self._values = values

    def text(self, name_of: Namer, value_of: Valuer) -> str:
        """The expression, with placeholders made by the two functions. A dot in a name leads into a map."""
        path = ".".join(map(name_of, self._name.split(".")))
        return self._form.format(path, *map(value_of, self._values))

    def __and__(self, other: "Condition") -> "Condition":
        return _Joined("AND", self, other)

    def __or__(self, other: "Condition") -> "Condition":
        return _Joined("OR", self, other)


class _Joined(Condition):
    def __init__(self, word: str, one: Condition, other: Condition) -> None:
        super().__init__(word)
        self._one = one
        self._other = other

    def text(self, name_of: Namer, value_of: Valuer) -> str:
        return f"({self._one.text(name_of, value_of)} {self._form} {self._other.text(name_of, value_of)})"


class Key:
    """A key attribute: what a query may ask of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def eq(self, value: Any) -> Condition:
        """Is `value`."""
        return Condition("{0} = {1}", self._name, (value,))

    def lt(self, value: Any) -> Condition:
        """Comes before `value`."""
        return Condition("{0} < {1}", self._name, (value,))

    def lte(self, value: Any) -> Condition:
        """Comes before `value`, or is it."""
        return Condition("{0} <= {1}", self._name, (value,))

    def gt(self, value: Any) -> Condition:
        """Comes after `value`."""
        return Condition("{0} > {1}", self._name, (value,))

    def between(self, low: Any, high: Any) -> Condition:
        """From `low` to `high`, both included."""
        return Condition("{0} BETWEEN {1} AND {2}", self._name, (low, high))

    def begins_with(self, text: str) -> Condition:
        """Is a text that begins so."""
        return Condition("begins_with({0}, {1})", self._name, (text,))


class Attr(Key):
    """Any attribute: what a condition or filter may ask of it besides."""

    def ne(self, value: Any) -> Condition:
        """Is there, and is not `value`."""
        return Condition("{0} <> {1}", self._name, (value,))

    def exists(self) -> Condition:
        """The item has it."""
        return Condition("attribute_exists({0})", self._name)

    def not_exists(self) -> Condition:
        """There is no such item, or it has none."""
        return Condition("attribute_not_exists({0})", self._name)
