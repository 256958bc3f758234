"""How requests reach DynamoDB: kept connections of the standard library's HTTP client.

botocore's own way (urllib3) takes twice the processor time for a short request. Errors are raised as botocore's, so that its
retries treat them as its own.
"""

import select
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

#: As `Config` of the client says for botocore's own connections, in seconds.
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5


class Transport:
    """Connections to one host; for many threads, each of which has a connection to itself while it asks."""

    def __init__(self, url: str, certificates: str) -> None:
        """`certificates` is the file of authorities that are trusted, for https."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._netloc, self._path_from = parts.netloc, len(f"{parts.scheme}://{parts.netloc}")
        self._tls = ssl.create_default_context(cafile=certificates) if parts.scheme == "https" else None
        self._idle: list[HTTPConnection] = []

    def send(self, request: "AWSPreparedRequest", **_: Any) -> AWSResponse:
        """Send a signed request; raises what botocore raises when that fails. A handler of `before-send`."""
        connection = self._kept() or self._new(request.url)
        try:
            connection.sock.sendall(self._head(request) + (request.body or b""))
            answer = HTTPResponse(connection.sock, method=request.method)
            answer.begin()
            body = answer.read()
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (OSError, HTTPException) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from error
        if answer.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return _Answer(request.url, answer.status, answer.headers, body)

    def _head(self, request: "AWSPreparedRequest") -> bytes:
        """The request's first lines. In one piece with the body they take one call of the system."""
        path = request.url[self._path_from :] or "/"
        lines = [f"{name}: {_text(value)}\r\n" for name, value in request.headers.items()]
        head = f"{request.method} {path} HTTP/1.1\r\nHost: {self._netloc}\r\n{''.join(lines)}\r\n"
        return head.encode("latin-1")

    def _kept(self) -> HTTPConnection | None:
        """A connection from before that is still open: one that the other side has closed says so by being readable."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                return None
            poll = select.poll()
            poll.register(connection.sock, select.POLLIN)
            if not poll.poll(0):
                return connection
            connection.close()
        return None

    def _new(self, url: str) -> HTTPConnection:
        timeout: Any = {"timeout": CONNECT_TIMEOUT_S}
        connection = (
            HTTPSConnection(self._host, self._port, context=self._tls, **timeout)
            if self._tls
            else HTTPConnection(self._host, self._port, **timeout)
        )
        try:
            connection.connect()
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except ssl.SSLError as error:
            raise SSLError(endpoint_url=url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        connection.sock.settimeout(READ_TIMEOUT_S)
        return connection


class _Answer(AWSResponse):
    """An answer whose body is read already."""

    def __init__(self, url: str, status: int, headers: Any, body: bytes) -> None:
        super().__init__(url, status, headers, None)
        self._content = body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
