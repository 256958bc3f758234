"""A property worked out when first needed and then kept.

Python 3.11's `functools.cached_property` holds one lock for all objects of a class while it works: with a
server of many threads everybody waits for one person's round trip. This one holds none, so it is for objects
that one thread uses, such as a request.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801 - used as `property` is
    """Decorates a method without arguments."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self._work = work
        self.__doc__ = work.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Value:
        value = self._work(instance)
        instance.__dict__[self._work.__name__] = value  # found before this the next time
        return value
