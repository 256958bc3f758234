"""DynamoDB's condition and update expressions over wire JSON, as far as the portal uses them; anything else raises."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

Wire = dict[str, Any]
Test = Callable[[Wire], bool]
Operand = Callable[[Wire], Wire | None]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),.]|[:#]?\w+)")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def condition(text: str, names: dict[str, str], values: Wire) -> Test:
    """A condition, filter or key condition as a test of an item."""
    parser = _Parser(text, names, values)
    found = parser.either()
    parser.end()
    return found


def update(text: str, names: dict[str, str], values: Wire, item: Wire) -> Wire:
    """An item after `SET a = :b`, `REMOVE a` and `ADD a :b`; it keeps attributes that are not named."""
    parser = _Parser(text, names, values)
    changed = dict(item)
    while parser.more():
        verb = parser.take()
        parser.take_clause(verb, changed)
    return changed


def ordered(value: Wire) -> tuple[str, Any]:
    """A value as its type and something that compares as DynamoDB does."""
    ((kind, content),) = value.items()
    return kind, Decimal(content) if kind == "N" else content


def _compared(sign: str, left: Wire | None, right: Wire | None) -> bool:
    if left is None or right is None:
        return sign == "<>" and left is not right
    (kind, one), (other_kind, other) = ordered(left), ordered(right)
    if sign in ("=", "<>"):
        return ((kind, one) == (other_kind, other)) is (sign == "=")
    return kind == other_kind and _ORDER[sign](one, other)


@lru_cache(4096)
def _tokens(text: str) -> tuple[str, ...]:
    found = tuple(_TOKEN.findall(text))
    if "".join(found) != re.sub(r"\s+", "", text):
        raise ValueError(f"what is {text!r}?")
    return found


class _Parser:
    """Recursive descent: OR over AND over NOT over comparisons and functions."""

    def __init__(self, text: str, names: dict[str, str], values: Wire) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._names, self._values = names, values

    def more(self) -> bool:
        """Whether anything is left."""
        return self._at < len(self._tokens)

    def take(self, wanted: str | None = None) -> str:
        """The next token, which must be `wanted` if that is given."""
        token: str = self._tokens[self._at]
        if wanted is not None and token != wanted:
            raise ValueError(f"{token!r} stands where {wanted!r} was expected")
        self._at += 1
        return token

    def _accept(self, wanted: str) -> bool:
        found = self.more() and self._tokens[self._at] == wanted
        self._at += found
        return found

    def end(self) -> None:
        """Raise ValueError when something is left."""
        if self.more():
            raise ValueError(f"{self._tokens[self._at :]} is too much")

    def either(self) -> Test:
        """`a OR b`"""
        parts = [self._both()]
        while self._accept("OR"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def _both(self) -> Test:
        parts = [self._single()]
        while self._accept("AND"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _single(self) -> Test:
        if self._accept("NOT"):
            inner = self._single()
            return lambda item: not inner(item)
        if self._accept("("):
            found = self.either()
            self.take(")")
            return found
        if self._tokens[self._at + 1] == "(":
            return self._function()
        return self._comparison()

    def _function(self) -> Test:
        name = self.take()
        self.take("(")
        first = self._operand()
        second = self._operand() if self._accept(",") else None
        self.take(")")
        if name == "attribute_exists":
            return lambda item: first(item) is not None
        if name == "attribute_not_exists":
            return lambda item: first(item) is None
        if name == "begins_with" and second is not None:
            return lambda item: ((first(item) or {}).get("S") or "").startswith((second(item) or {})["S"])
        raise ValueError(f"{name} is not used by the portal")

    def _comparison(self) -> Test:
        left, sign = self._operand(), self.take()
        if sign == "BETWEEN":
            low = self._operand()
            self.take("AND")
            high = self._operand()
            return lambda i: _compared(">=", left(i), low(i)) and _compared("<=", left(i), high(i))
        if sign not in ("=", "<>", *_ORDER):
            raise ValueError(f"{sign} is not used by the portal")
        right = self._operand()
        return lambda item: _compared(sign, left(item), right(item))

    def _operand(self) -> Operand:
        token = self.take()
        if token.startswith(":"):
            value = self._values[token]
            return lambda item: value
        path = [self._names.get(token, token)]
        while self._accept("."):
            part = self.take()
            path.append(self._names.get(part, part))
        return lambda item: _at(item, path)

    def take_clause(self, verb: str, item: Wire) -> None:
        """One clause of an update, applied."""
        while True:
            name = self._names[self.take()]
            if verb == "SET":
                self.take("=")
                item[name] = self._values[self.take()]
            elif verb == "ADD":
                old = Decimal(item.get(name, {"N": "0"})["N"])
                item[name] = {"N": str(old + Decimal(self._values[self.take()]["N"]))}
            elif verb == "REMOVE":
                item.pop(name, None)
            else:
                raise ValueError(f"{verb} is not used by the portal")
            if not self._accept(","):
                return


def _at(item: Wire, path: list[str]) -> Wire | None:
    found: Wire | None = item.get(path[0])
    for name in path[1:]:
        found = (found or {}).get("M", {}).get(name)
    return found


def bounds(request: Wire, hash_key: str, range_key: str) -> tuple[str, str, str]:
    """The partition, and between which sort keys the range lies: as narrow as its own texts say."""
    names = request.get("ExpressionAttributeNames", {})
    text = request["KeyConditionExpression"]
    for placeholder, name in names.items():
        text = text.replace(f"{placeholder} ", f"{name} ").replace(f"{placeholder},", f"{name},")
    words = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
    values = {n: ordered(v)[1] for n, v in request["ExpressionAttributeValues"].items()}
    partition = values[words[words.index(hash_key) + 2]]
    if range_key not in words:
        return partition, "", "\U0010ffff"
    at = words.index(range_key)
    if words[at - 1] == "begins_with":
        prefix = values[words[at + 1]]
        return partition, prefix, f"{prefix}\U0010ffff"
    sign, value = words[at + 1], values[words[at + 2]]
    if sign == "BETWEEN":
        return partition, value, values[words[at + 4]]
    return partition, "" if sign in ("<", "<=") else value, "\U0010ffff" if sign in (">", ">=") else value
