"""Cursors: where a list goes on, sealed for one person and one list, so that they are useless to anyone else."""

from typing import Any

from chalicelib.accounts.models import Person
from chalicelib.crypto import Keyring, Unsealable
from chalicelib.errors import N_, Invalid

_BAD = N_("This link to the next page is not valid any more. Start from the first page.")


def scope(what: str, **filters: Any) -> str:
    """What a cursor belongs to: the list and its filters."""
    return f"{what}?{sorted((k, v) for k, v in filters.items() if v not in (None, '', False))}"


def give(keys: Keyring, person: Person, of: str, place: str | None) -> str | None:
    """The cursor of a place in a list; None at the end."""
    return keys.seal(place, f"cursor|{person.id}|{of}") if place else None


def take(keys: Keyring, person: Person, of: str, cursor: str | None) -> str | None:
    """The place that a cursor stands for; raises Invalid for one of another person or list, or a changed one."""
    if not cursor:
        return None
    try:
        return keys.open(cursor, f"cursor|{person.id}|{of}")
    except Unsealable as error:
        raise Invalid.field("cursor", "bad_cursor", _BAD) from error
