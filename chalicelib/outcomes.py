"""What comes of a request: an answer, read from its socket, or a failure; and each as botocore would have it."""

import socket
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_CHUNK = 65_536


class BrokenAnswerError(Exception):
    """The other side closed the connection, or what came is no answer that these services give."""


class Answer(NamedTuple):
    """What came: the headers' names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether it is a 200 and whole: the body is what DynamoDB's checksum says, where it says one."""
        told = self.headers.get("x-amz-crc32")
        return self.status == 200 and (told is None or int(told) == zlib.crc32(self.body))

    def for_botocore(self, url: str) -> "AWSResponse":
        """As botocore has an answer whose body is read already."""
        from botocore.awsrequest import AWSResponse

        headers: Any = self.headers
        made: Any = AWSResponse(url, self.status, headers, None)
        made._content = self.body
        return made  # type: ignore[no-any-return]


class Failure(NamedTuple):
    """Nothing came; `name` is botocore's word for it."""

    name: str
    cause: Exception | None = None

    def raised(self, url: str) -> Exception:
        """The error that botocore raises then."""
        from botocore import exceptions

        made: Exception = getattr(exceptions, self.name)(endpoint_url=url, error=self.cause)
        made.__cause__ = self.cause
        return made


def receive(connection: socket.socket) -> Answer:
    """An answer to its end. These services say how long it is; one that does not is refused, as is one cut short."""
    got = _more(connection)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(connection)
    first, *lines = got[:end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for line in lines for name, _, value in [line.partition(":")]}
    if "content-length" not in headers:
        raise BrokenAnswerError(first)
    parts, missing = [got[end + 4 :]], int(headers["content-length"]) - (len(got) - end - 4)
    while missing > 0:
        parts.append(_more(connection))
        missing -= len(parts[-1])
    if missing:
        raise BrokenAnswerError("more than was said")
    return Answer(int(first.split(" ", 2)[1]), headers, b"".join(parts))


def _more(connection: socket.socket) -> bytes:
    if got := connection.recv(_CHUNK):
        return got
    raise BrokenAnswerError("closed")
