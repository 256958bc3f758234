"""One POST to a provider, told apart by what may have become of the message."""

from typing import NamedTuple

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from chalicelib.errors import Unavailable
from chalicelib.messages.notifier import Unsure

#: Tries are counted by the queue, which knows what a second one may do.
_pool = urllib3.PoolManager(retries=False)


class Answer(NamedTuple):
    """A provider's answer."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
    """Send a body. Raises Unavailable when the provider can't have got it or says that it takes nothing now, Unsure
    when it got it and did not answer as it should."""
    timeout = urllib3.Timeout(connect=min(3.0, timeout_s), read=timeout_s)
    try:
        answer = _pool.request("POST", url, body=body, headers=headers, timeout=timeout, redirect=False)
    except (NewConnectionError, ConnectTimeoutError) as error:
        raise Unavailable from error
    except HTTPError as error:
        raise Unsure from error
    if answer.status in (429, 503):
        raise Unavailable
    if answer.status >= 500:
        raise Unsure
    return Answer(answer.status, answer.data)
