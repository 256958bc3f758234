"""Versions: which one holds, and from when a new one may. No I/O, no clock."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.errors import N_, Invalid
from chalicelib.managing.models import Body, Version
from chalicelib.managing.policy import AHEAD, LATEST

_PAST = N_("This time is over, or too near. Leave it empty for “as soon as possible”.")
_FAR = N_("Choose a time within a year.")


def in_force(versions: Iterable[Version[Body]], at: datetime) -> Version[Body] | None:
    """The version that holds at a moment, None before the first: the newest of those that hold from then or earlier.

    One made later goes before one made earlier for a later day, which then never holds. As no version holds before
    it was made, what held at a moment in the past stays."""
    holding = [one for one in versions if one.valid_from <= at]
    return max(holding, key=lambda one: one.number, default=None)


def valid_from(wanted: datetime | None, now: datetime) -> datetime:
    """From when a version made now holds; raises Invalid for a moment that is over, too near or too far."""
    soonest = now + AHEAD
    if wanted is None:
        return soonest
    if wanted < soonest:
        raise Invalid.field("valid_from", "past", _PAST)
    if wanted > now + LATEST:
        raise Invalid.field("valid_from", "too_far", _FAR)
    return wanted
