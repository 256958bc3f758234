"""Lets browsers reach the engine's object store through the portal's own address.

Only what carries its own permission goes through: objects under a signed link, and signed form uploads. The
Host header stays as it came, since the signature covers it.
"""

import http.client
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from local.signature import is_signed_link, may_be_signed_form
from local.wsgi import Environ, StartResponse, problem, raw_target, request_headers

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
_BLOCK = 64 * 1024
_NOT_FORWARDED = {
    "connection",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "authorization",
    "cookie",
    "expect",
}
_NOT_RETURNED = {"connection", "keep-alive", "transfer-encoding", "date", "server"}
#: Whatever somebody uploaded must not run as a page of the portal.
_SAFE = [("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'; sandbox")]


class MediaProxy:
    """A WSGI app for `/<bucket>` and what is below it."""

    def __init__(self, engine_url: str, bucket: str, access_key: str) -> None:
        self._engine = urlsplit(engine_url).netloc
        self._bucket, self._access_key = bucket, access_key

    def takes(self, path: str) -> bool:
        """True for the bucket's own path and all below it."""
        return path == f"/{self._bucket}" or path.startswith(f"/{self._bucket}/")

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer 404 or 413."""
        path, query = raw_target(environ)
        if not self._allowed(environ, path, query):
            return problem(404, "There is nothing here.").send(environ, start_response)
        if int(environ.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD_BYTES:
            return problem(413, "A file may have at most 25 MB.").send(environ, start_response)
        try:
            return self._forward(environ, f"{path}?{query}" if query else path, start_response)
        except OSError:
            return problem(503, "The store of pictures does not answer.").send(environ, start_response)

    def _allowed(self, environ: Environ, path: str, query: str) -> bool:
        is_object = len(path) > len(self._bucket) + 2
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return is_object and is_signed_link(self._access_key, query)
        headers = {"content-type": environ.get("CONTENT_TYPE", "")}
        return not is_object and may_be_signed_form(environ["REQUEST_METHOD"], query, headers)

    def _forward(self, environ: Environ, target: str, start_response: StartResponse) -> Iterator[bytes]:
        connection = http.client.HTTPConnection(self._engine, timeout=60)
        connection.putrequest(environ["REQUEST_METHOD"], target, skip_host=True, skip_accept_encoding=True)
        for name, value in request_headers(environ).items():
            if name.lower() not in _NOT_FORWARDED:
                connection.putheader(name, value)
        connection.endheaders()
        while block := environ["wsgi.input"].read(_BLOCK):
            connection.send(block)
        answer = connection.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_RETURNED]
        start_response(f"{answer.status} {answer.reason or 'Status'}", headers + _SAFE)
        return _blocks(connection, answer)


def _blocks(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while block := answer.read(_BLOCK):
            yield block
    finally:
        connection.close()
