"""How requests reach DynamoDB: signed here, over kept connections, each sent and received in one piece.

botocore's own way (its signer and urllib3) takes three times the processor time for a short request. What goes wrong
is raised as botocore raises it, so that its retries treat it as their own; each try is signed anew.
"""

import json
import select
import socket
import ssl
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)

from chalicelib.signing import Signer

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import Credentials

#: As `Config` of the client says for botocore's own connections, in seconds.
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
_CHUNK = 65_536


class BrokenAnswerError(Exception):
    """The other side closed the connection, or what came is no answer that DynamoDB gives."""


class Transport:
    """Connections to one endpoint; for many threads, each of which has a connection to itself while it asks."""

    def __init__(
        self, url: str, region: str, credentials: "Callable[[], Credentials | None]", certificates: str
    ) -> None:
        """`credentials` are looked up at the first request; `certificates` is the file of trusted authorities."""
        self._idle: list[socket.socket] = []
        self._first = threading.local()
        parts = urlsplit(url)
        self._url, self._region, self._credentials = url, region, credentials
        self._netloc = parts.netloc
        self._address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self._tls = ssl.create_default_context(cafile=certificates) if parts.scheme == "https" else None

    def __del__(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def first_try(self, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        """Answer a call by the first try when that goes well, as nearly all do; a handler of `before-call`.

        Otherwise what came of it, an answer or an exception, is kept for `send`, to which botocore comes next in this
        thread: it counts that as its own first try, reads the error, and tries again where that makes sense.
        """
        try:
            answer = self._ask(params["headers"], params["body"])
        except BotoCoreError as error:
            self._first.outcome = error
            return None
        if answer.status_code != 200 or not _is_whole(answer):
            self._first.outcome = answer
            return None
        said = {"HTTPStatusCode": 200, "HTTPHeaders": dict(answer.headers), "RetryAttempts": 0}
        return answer, {**json.loads(answer.content), "ResponseMetadata": said}

    def send(self, request: "AWSPreparedRequest", **_: Any) -> AWSResponse:
        """Sign and send a request; raises what botocore raises when that fails. A handler of `before-send`."""
        outcome = self._first.__dict__.pop("outcome", None)
        if isinstance(outcome, BotoCoreError):
            raise outcome
        return outcome or self._ask(request.headers, request.body)

    def _ask(self, headers: Any, body: Any) -> AWSResponse:
        asked = self._written(headers, body or b"")
        connection = self._kept() or self._new()
        try:
            connection.sendall(asked)
            status, told, got = _receive(connection)
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except (OSError, ValueError, BrokenAnswerError) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        if told.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._idle.append(connection)
        return _Answer(self._url, status, told, got)

    def _written(self, headers: Any, body: bytes) -> bytes:
        """The whole request, in one piece: one call of the system, one TLS record."""
        given = {name.lower(): _text(value) for name, value in headers.items()}
        given |= {"host": self._netloc, "content-length": str(len(body))}
        signed = self._signer().signed(given, body, datetime.now(UTC))
        lines = "".join([f"{name}: {value}\r\n" for name, value in signed.items()])
        return f"POST / HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body

    def _signer(self) -> Signer:
        found = self._credentials()
        if found is None:
            raise NoCredentialsError
        frozen: Any = found.get_frozen_credentials()  # each time: they get renewed
        return Signer(frozen.access_key, frozen.secret_key, frozen.token, self._region, "dynamodb")

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

    def _new(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_hostname=self._address[0])
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except ssl.SSLError as error:
            raise SSLError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        connection.settimeout(READ_TIMEOUT_S)
        return connection


class _Answer(AWSResponse):
    """An answer whose body is read already."""

    def __init__(self, url: str, status: int, headers: dict[str, str], body: bytes) -> None:
        given: Any = headers
        super().__init__(url, status, given, None)
        self._content = body


def _receive(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by their names in lower case, and body. DynamoDB says how long each of its answers is; one that
    does not is refused, as is one cut short."""
    got = _more(connection)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(connection)
    first, *lines = got[:end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "content-length" not in headers:
        raise BrokenAnswerError(first)
    parts, missing = [got[end + 4 :]], int(headers["content-length"]) - (len(got) - end - 4)
    while missing > 0:
        parts.append(_more(connection))
        missing -= len(parts[-1])
    if missing:
        raise BrokenAnswerError("more than was said")
    return int(first.split(" ", 2)[1]), headers, b"".join(parts)


def _more(connection: socket.socket) -> bytes:
    if got := connection.recv(_CHUNK):
        return got
    raise BrokenAnswerError("closed")


def _is_whole(answer: AWSResponse) -> bool:
    """Whether the body is what DynamoDB's checksum says, where it says one."""
    told = answer.headers.get("x-amz-crc32")
    return told is None or int(told) == zlib.crc32(answer.content)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
