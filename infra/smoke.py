"""Proves from outside that a portal answers as it should: `make smoke URL=https://…`. Changes nothing."""

import http.client
import json
import re
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_TIMEOUT_S = 30
_BROWSER = "text/html,application/xhtml+xml"


class Wrong(Exception):
    """A check failed; the text says how."""


@dataclass(frozen=True)
class Answer:
    """One answer; header names in lower case, each with all its values."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """A header's first value, or nothing."""
        return self.headers.get(name, [""])[0]

    def expect(self, status: int, kind: str = "") -> "Answer":
        """Itself; raises Wrong for another status or type."""
        if self.status != status:
            raise Wrong(f"answers {self.status} instead of {status}")
        if kind and not self.header("content-type").startswith(kind):
            raise Wrong(f"is {self.header('content-type') or 'of no type'} instead of {kind}")
        return self


class Site:
    """A portal somewhere: `url` with the stage's path, if it has one."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for anything but an http address."""
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"not an address of a portal: {url}")
        self.secure, self._host, self.base = parts.scheme == "https", parts.netloc, parts.path

    def get(self, path: str, accept: str = _BROWSER) -> Answer:
        """Fetch a path below the portal's own."""
        return self.fetch(self.base + path, accept)

    def fetch(self, target: str, accept: str = _BROWSER) -> Answer:
        """Fetch an address of the portal's host, without following where it leads."""
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self._host, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", target, headers={"Accept": accept})
            got = connection.getresponse()
            headers: dict[str, list[str]] = {}
            for name, value in got.getheaders():
                headers.setdefault(name.lower(), []).append(value)
            return Answer(got.status, headers, got.read())
        finally:
            connection.close()

    def speaks_old_tls(self) -> bool:
        """Whether it takes a connection older than TLS 1.2."""
        context = ssl.create_default_context()
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        connection = http.client.HTTPSConnection(self._host, timeout=_TIMEOUT_S, context=context)
        try:
            connection.connect()
        except OSError:
            return False
        connection.close()
        return True


def _health(site: Site) -> None:
    if json.loads(site.get("/healthz", "application/json").expect(200).body) != {"status": "ok"}:
        raise Wrong("the table does not answer")


def _login(site: Site) -> None:
    page = site.get("/login").expect(200, "text/html").body.decode()
    if 'name="phone"' not in page:
        raise Wrong("has no field for the phone number")
    if f'"{site.base}/static/' not in page:
        raise Wrong(f"its links don't lead below {site.base or '/'}: is BASE_PATH right?")


def _static(site: Site) -> None:
    page = site.get("/login").expect(200).body.decode()
    if not (found := re.search(r'<link[^>]*href="([^"]+\.css)"', page)):
        raise Wrong("the sign-in page names no style sheet")
    file = site.fetch(found[1], "text/css").expect(200, "text/css")
    if "immutable" not in file.header("cache-control"):
        raise Wrong("browsers are not told to keep it")


def _headers(site: Site) -> None:
    page = site.get("/login")
    wanted = {
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cache-control": "no-store",
        **({"strict-transport-security": "max-age="} if site.secure else {}),
    }
    if bad := [name for name, words in wanted.items() if words not in page.header(name)]:
        raise Wrong(f"not as it should be: {', '.join(bad)}")


def _unknown(site: Site) -> None:
    for accept in (_BROWSER, "application/json"):
        answer = site.get("/no/such/page", accept).expect(404)
        if b"Missing Authentication Token" in answer.body:
            raise Wrong("shows the gateway's own words")


def _openapi(site: Site) -> None:
    document = json.loads(
        site.get("/api/openapi.json", "application/json").expect(200, "application/json").body
    )
    if not str(document.get("openapi")).startswith("3.1"):
        raise Wrong("is not OpenAPI 3.1")


def _cookies(site: Site) -> None:
    given = site.get("/login?lang=en").expect(200).headers.get("set-cookie", [])
    if not given:
        raise Wrong("the chosen language is not remembered")
    for line in given:
        name, flags = line.split("=")[0], {part.strip() for part in line.split(";")[1:]}
        needed = {"Path=/", "SameSite=Lax"} | (
            {"HttpOnly", "Secure"} if "session" in name and site.secure else set()
        )
        if lacking := sorted(needed - flags):
            raise Wrong(f"{name} goes without {', '.join(lacking)}")


def _private(site: Site) -> None:
    site.get("/api/v1/me", "application/json").expect(401, "application/problem+json")
    leads = site.get("/").expect(303).header("location")
    if not urlsplit(leads).path.startswith(f"{site.base}/login"):
        raise Wrong(f"leads to {leads} instead of the sign-in page")


def _deployed(site: Site) -> None:
    if not site.secure:
        return
    site.get("/dev/outbox").expect(404)
    if site.speaks_old_tls():
        raise Wrong("takes connections older than TLS 1.2")


CHECKS: dict[str, Callable[[Site], None]] = {
    "the table answers (/healthz)": _health,
    "the sign-in page": _login,
    "a static file": _static,
    "security headers": _headers,
    "an unknown path is 404": _unknown,
    "the API's document": _openapi,
    "cookies": _cookies,
    "nothing without signing in": _private,
    "nothing for developers, no old TLS (https only)": _deployed,
}


def run(site: Site) -> bool:
    """Run all checks, one line each; True when all went well."""
    well = True
    for name, check in CHECKS.items():
        try:
            check(site)
            print(f"ok   {name}")
        except (Wrong, OSError, ValueError, http.client.HTTPException) as error:
            well = False
            print(f"BAD  {name}: {error or type(error).__name__}")
    return well


def main() -> int:
    """Check the portal at the address given; 1 when something is wrong, 2 without an address."""
    try:
        site = Site(sys.argv[1] if len(sys.argv) > 1 else "")
    except ValueError as error:
        print(f"{error} (make smoke URL=https://…)", file=sys.stderr)
        return 2
    return 0 if run(site) else 1


if __name__ == "__main__":
    sys.exit(main())
