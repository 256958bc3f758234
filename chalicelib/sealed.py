"""Where records hold sealed texts, and under which context: for checks, and for sealing anew with another key.

The stores seal and open by themselves; this page repeats their contexts, and a test compares: a sealed text that
is not listed here would stay under an old key, which could then never be taken out.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.crypto import Keyring
from chalicelib.records import Item


class Place(NamedTuple):
    """A sealed text within a record: the way to it, what it says now, and what it was sealed for."""

    way: tuple[str, ...]
    text: str
    context: str


_PARTITION: Callable[[Item], str] = lambda item: f"{item['PK']}|name"  # noqa: E731 - a table of contexts reads best
_MESSAGE: Callable[[Item], str] = lambda item: "inbox|name"  # noqa: E731
_PROFILE: Callable[[Item], str] = lambda item: f"{item['PK']}|phone"  # noqa: E731
_MEMBER: Callable[[Item], str] = lambda item: f"{item['PK']}|{item['SK']}|name"  # noqa: E731


def _partition(name: str) -> Callable[[Item], str]:
    """A text that is sealed for its partition and its own name."""
    return lambda item: f"{item['PK']}|{name}"


#: (beginning of the partition key, of the sort key) → ways to sealed texts, each with its context.
_SEALED: dict[tuple[str, str], list[tuple[tuple[str, ...], Callable[[Item], str]]]] = {
    ("ACCOUNT", "PROFILE"): [(("name",), _PARTITION), (("phone",), _PROFILE)],
    ("ACCOUNT", "INBOX"): [(("who",), _MESSAGE)],
    ("BOOKING", "META"): [(("owner_name",), _PARTITION), (("consultant_name",), _PARTITION)],
    ("PROJECT", "META"): [(("designer_name",), _PARTITION)],
    ("PROJECT", "C"): [(("author_name",), _PARTITION)],
    ("COMMITMENT", "META"): [(("offered_name",), _PARTITION), (("signed_name",), _PARTITION)],
    ("DESIGNER", "LINE"): [(("consultant_name",), _PARTITION)],
    ("ACCOUNT", "REACH"): [(("email",), _partition("email")), (("openid",), _partition("openid"))],
    ("ACCOUNT", "REACHPUSH"): [(("subscription",), _partition("subscription"))],
    ("POINTS", "VOUCHER"): [(("code",), _partition("voucher"))],
    ("OUTBOX", ""): [(("who",), _MESSAGE)],
    ("COMMUNITY", "STAFF"): [(("name",), _MEMBER)],
    ("ISSUE", "META"): [(("reporter", "name"), _PARTITION), (("assignee", "name"), _PARTITION)],
    ("ISSUE", "T"): [
        (("actor", "name"), _PARTITION),
        (("assignee", "name"), _PARTITION),
        (("before", "assignee", "name"), _PARTITION),
    ],
    ("ISSUE", "H"): [(("holder", "name"), _PARTITION)],
    ("COMPLAINT", "META"): [(("person", "name"), _PARTITION), (("handler", "name"), _PARTITION)],
    ("COMPLAINT", "T"): [(("actor", "name"), _PARTITION), (("handler", "name"), _PARTITION)],
}


def sealed_in(item: Item) -> Iterator[Place]:
    """The sealed texts of a record; none where it holds none."""
    head = item["PK"].partition("#")[0]
    tail = "" if head == "OUTBOX" else item["SK"].partition("#")[0]
    for way, context in _SEALED.get((head, tail), ()):
        text = _at(item, way)
        if text is not None:
            yield Place(way, text, context(item))


def _at(item: Item, way: tuple[str, ...]) -> str | None:
    for name in way:
        if not isinstance(item, dict) or name not in item:
            return None
        item = item[name]
    return str(item)


def resealed(item: Item, keys: Keyring) -> Item:
    """The attributes of a record that hold texts of older keys, with those sealed by the current one; empty when
    there is nothing to do. Raises Unsealable for a text that does not open."""
    changed: Item = {}
    for way, text, context in sealed_in(item):
        if not keys.is_current(text):
            attribute = changed.get(way[0], item[way[0]])
            changed[way[0]] = _with(attribute, way[1:], keys.seal(keys.open(text, context), context))
    return changed


def _with(value: object, way: tuple[str, ...], text: str) -> object:
    """A value with the text at the end of the way replaced."""
    if not way:
        return text
    assert isinstance(value, dict)
    return {**value, way[0]: _with(value[way[0]], way[1:], text)}
