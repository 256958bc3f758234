"""Short calls of services that speak JSON: signed here, over kept connections, each sent and received in one piece.

botocore's own way (its signer and urllib3) takes three times the processor time for a short request, and loading it
half of a cold start. What goes wrong is raised as botocore raises it, so that its retries treat it as their own; each
try is signed anew.
"""

import json
import os
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.outcomes import Answer, BrokenAnswerError, Failure, receive
from chalicelib.signing import Signer

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

#: As the client's settings say for botocore's own connections, in seconds.
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
#: How each service has its JSON labelled.
_TYPES = {"dynamodb": "application/x-amz-json-1.0", "kms": "application/x-amz-json-1.1"}


class Transport:
    """Connections to one endpoint; for many threads, each of which has a connection to itself while it asks."""

    def __init__(
        self,
        service: str,
        url: str,
        region: str,
        keys: Callable[[], tuple[str, str, str | None] | None],
        authorities: Callable[[], str],
    ) -> None:
        """`keys` (access key, secret, token) are asked for with each request; `authorities` names the file or
        folder of trusted ones, with the first connection that needs it."""
        self._idle: list[socket.socket] = []
        self._first = threading.local()
        parts = urlsplit(url)
        self._service, self._url, self._region, self._keys = service, url, region, keys
        self._netloc = parts.netloc
        self._address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self._authorities = authorities if parts.scheme == "https" else None

    def close(self) -> None:
        """Close what is kept open; the next request opens anew."""
        while self._idle:
            self._idle.pop().close()

    __del__ = close

    @contextmanager
    def first_try(self, target: str, request: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
        """What the service says to a call when all goes well, as it nearly always does; else None.

        Then what came of it, an answer or a failure, is kept for `send`, to which botocore comes within this context:
        it counts that as its own first try, reads the error, and tries again where that makes sense.
        """
        headers = {
            "x-amz-target": target,
            "content-type": _TYPES[self._service],
            "user-agent": "owner-portal",
        }
        outcome = self._ask(headers, json.dumps(request).encode())
        if isinstance(outcome, Answer) and outcome.is_good:
            yield json.loads(outcome.body)
            return
        self._first.outcome = outcome
        try:
            yield None
        finally:
            self._first.__dict__.clear()  # should botocore not have come

    def send(self, request: "AWSPreparedRequest", **_: Any) -> "AWSResponse":
        """Sign and send a request; raises what botocore raises when that fails. A handler of `before-send`."""
        given: Any = {name.lower(): _text(value) for name, value in request.headers.items()}
        body: Any = request.body or b""
        outcome = self._first.__dict__.pop("outcome", None) or self._ask(given, body)
        if isinstance(outcome, Failure):
            raise outcome.raised(self._url)
        return outcome.for_botocore(self._url)

    def _ask(self, headers: dict[str, str], body: bytes) -> Answer | Failure:
        keys = self._keys()
        if keys is None:
            return Failure("NoCredentialsError")
        connection = self._kept() or self._new()
        if isinstance(connection, Failure):
            return connection
        try:
            connection.sendall(self._written(keys, headers, body))
            answer = receive(connection)
        except TimeoutError as error:
            connection.close()
            return Failure("ReadTimeoutError", error)
        except (OSError, ValueError, BrokenAnswerError) as error:
            connection.close()
            return Failure("ConnectionClosedError", error)
        if answer.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def _written(self, keys: tuple[str, str, str | None], headers: dict[str, str], body: bytes) -> bytes:
        """The whole request, in one piece: one call of the system, one TLS record."""
        given = {**headers, "host": self._netloc, "content-length": str(len(body))}
        signed = Signer(*keys, self._region, self._service).signed(given, body, datetime.now(UTC))
        lines = "".join([f"{name}: {value}\r\n" for name, value in signed.items()])
        return f"POST / HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body

    def _kept(self) -> socket.socket | None:
        """A connection from before that is still open: one that the other side has closed can be read from."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                return None
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            if not poll.poll(0):
                return connection
            connection.close()
        return None

    def _new(self) -> socket.socket | Failure:
        try:
            connection = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._authorities:
                tls = _context(self._authorities())
                connection = tls.wrap_socket(connection, server_hostname=self._address[0])
        except TimeoutError as error:
            return Failure("ConnectTimeoutError", error)
        except ssl.SSLError as error:
            return Failure("SSLError", error)
        except OSError as error:
            return Failure("EndpointConnectionError", error)
        connection.settimeout(READ_TIMEOUT_S)
        return connection


@cache
def _context(authorities: str) -> ssl.SSLContext:
    """One for all services and connections: reading a file of all authorities takes 13 ms, a folder none."""
    is_folder = os.path.isdir(authorities)
    return ssl.create_default_context(
        cafile=None if is_folder else authorities, capath=authorities if is_folder else None
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
