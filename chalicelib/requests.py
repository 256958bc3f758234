"""The request of this thread.

Chalice keeps the current request on the app object, which is right on Lambda, where a process serves
one request at a time, and wrong under a server with threads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalice.app import Request

_current: ContextVar[Request] = ContextVar("request")


def current_request() -> Request:
    """The request that this thread is answering."""
    return _current.get()


@contextmanager
def serving(request: Request) -> Iterator[None]:
    """Within it, `current_request` gives this request."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)
