"""Signature version 4, for forms and links that phones use without us and for calls of the table: pure computation.

botocore signs with the clock of the moment only. Here the time is an argument, so that a link can be the
same for everybody during some minutes, and be cached by browsers.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Signer:
    """Who signs, for which region and service. `token` comes with temporary credentials, as in Lambda."""

    access_key: str
    secret_key: str
    token: str | None
    region: str
    service: str = "s3"

    def credential(self, now: datetime) -> str:
        """The key and what its signatures of that day are good for."""
        return f"{self.access_key}/{self._scope(now)}"

    def signature(self, text: str, now: datetime) -> str:
        """64 hex digits."""
        key = _day_key(self.secret_key, f"{now:%Y%m%d}", self.region, self.service)
        return _hmac(key, text).hex()

    def link(self, url: str, now: datetime, valid_s: int) -> str:
        """A GET of `url` (without a query) that works from `now` on for `valid_s` seconds."""
        parts = urlsplit(url)
        query = self._query(now, valid_s)
        request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"{ALGORITHM}\n{stamp(now)}\n{self._scope(now)}\n{digest}"
        return f"{url}?{query}&X-Amz-Signature={self.signature(text, now)}"

    def signed(self, headers: dict[str, str], body: bytes, now: datetime) -> dict[str, str]:
        """Headers (names in lower case) of a POST to `/`, with those that sign host, type, AWS's own, and the body."""
        own = {"x-amz-date": stamp(now)} | ({"x-amz-security-token": self.token} if self.token else {})
        headers = headers | own
        names = sorted(n for n in headers if n in ("host", "content-type") or n.startswith("x-amz-"))
        lines = "".join([f"{name}:{headers[name]}\n" for name in names])
        request = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"{ALGORITHM}\n{own['x-amz-date']}\n{self._scope(now)}\n{digest}"
        headers["authorization"] = (
            f"{ALGORITHM} Credential={self.credential(now)}, SignedHeaders={';'.join(names)}, "
            f"Signature={self.signature(text, now)}"
        )
        return headers

    def _query(self, now: datetime, valid_s: int) -> str:
        fields = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": self.credential(now),
            "X-Amz-Date": stamp(now),
            "X-Amz-Expires": str(valid_s),
            "X-Amz-Security-Token": self.token,
            "X-Amz-SignedHeaders": "host",
        }
        return "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in fields.items() if value)

    def _scope(self, now: datetime) -> str:
        return f"{now:%Y%m%d}/{self.region}/{self.service}/aws4_request"


def stamp(now: datetime) -> str:
    """A UTC time as signatures spell it."""
    return f"{now:%Y%m%dT%H%M%SZ}"


@lru_cache(maxsize=8)
def _day_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
