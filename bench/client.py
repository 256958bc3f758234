"""One person's connection to the portal: sign-in, calls, and how long each took."""

import gzip
import http.client
import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit


class UnexpectedAnswer(Exception):
    """The portal answered with a status that this call must not get."""


@dataclass(frozen=True)
class Sample:
    """One call: what for, when it ended (monotonic), how long it took, what came back."""

    kind: str
    at: float
    ms: float
    status: int


@dataclass(frozen=True)
class Answer:
    """A status with headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Client:
    """Calls with one kept connection; `samples` collects every call. Not for several threads at once."""

    url: str
    token: str | None = None
    samples: list[Sample] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def call(
        self,
        kind: str,
        method: str,
        path: str,
        body: object = None,
        *,
        expect: Collection[int] = (200,),
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call with a JSON body (bytes and texts go as they are). Raises UnexpectedAnswer for another
        status than those expected, OSError or HTTPException when the portal is away."""
        headers = {"Accept-Encoding": "gzip", **(headers or {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        data, headers["Content-Type"] = _encoded(body)
        started = time.perf_counter()
        answer = self._send(method, path, data, headers)
        took_ms = (time.perf_counter() - started) * 1000
        self.samples.append(Sample(kind, time.monotonic(), took_ms, answer.status))
        if answer.status not in expect:
            raise UnexpectedAnswer(f"{kind}: {method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        found = {name.lower(): value for name, value in answer.getheaders()}
        text = gzip.decompress(raw) if found.get("content-encoding") == "gzip" else raw
        return Answer(answer.status, found, text)

    def close(self) -> None:
        """Drop the connection; the next call makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def upload(self, kind: str, form: dict[str, Any], data: bytes) -> None:
        """Send a file to the media store by the form that the portal gave."""
        boundary = "----photo"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form["fields"].items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        body = ("".join(parts) + head).encode() + data + f"\r\n--{boundary}--\r\n".encode()
        content = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        started = time.perf_counter()
        answer = self._send("POST", urlsplit(form["url"]).path, body, content)
        took_ms = (time.perf_counter() - started) * 1000
        self.samples.append(Sample(kind, time.monotonic(), took_ms, answer.status))
        if answer.status not in (200, 201, 204):
            raise UnexpectedAnswer(f"{kind}: {answer.status} {answer.body[:300]!r}")

    def sign_in(self, phone: str) -> dict[str, Any]:
        """Sign in with the code that the local portal keeps; gives back the account."""
        self._ask_for_code(phone)
        kept = self.call("sign_in", "GET", f"/dev/outbox.json?to={quote(phone)}").json["items"]
        code = next(item["code"] for item in kept if "code" in item)
        given = {"phone": phone, "code": code}
        session = self.call("sign_in", "POST", "/api/v1/auth/session", given, expect=(201,)).json
        self.token = session["token"]
        account: dict[str, Any] = session["account"]
        return account

    def _ask_for_code(self, phone: str) -> None:
        """Ask for a code; when one was sent to this phone just now, wait until another may be."""
        path, body = "/api/v1/auth/code", {"phone": phone}
        answer = self.call("sign_in", "POST", path, body, expect=(202, 429))
        if answer.status == 429:
            time.sleep(int(answer.headers["retry-after"]))
            self.call("sign_in", "POST", path, body, expect=(202,))


def _encoded(body: object) -> tuple[bytes | None, str]:
    if isinstance(body, str):
        return body.encode(), "text/csv"
    return (None if body is None else json.dumps(body).encode()), "application/json"


def with_query(path: str, **query: object) -> str:
    """A path with a query of what is not None."""
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
