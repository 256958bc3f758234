"""A small browser for tests: sends requests through the bridge to the app, keeps cookies, follows redirects."""

import io
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import app
from chalicelib.routes import fallback
from local.bridge import Bridge

HOST = "portal.example"
_BRIDGE = Bridge(app.app, fallback)


@dataclass
class Page:
    """An answer."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str
    url: str

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)

    def value(self, name: str) -> str:
        """The value of the first hidden field of that name."""
        found = re.search(rf'name="{re.escape(name)}"[^>]*value="([^"]*)"', self.text)
        assert found, f"no field {name} in {self.text[:500]}"
        return found[1]


@dataclass
class Browser:
    """One person's browser, or with `token` one program's calls."""

    token: str | None = None
    address: str = "192.0.2.1"
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, follow: bool = False, **headers: str) -> Page:
        """GET a path with its query."""
        page = self.send("GET", path, b"", headers)
        while follow and page.status == 303:
            page = self.send("GET", urljoin(page.url, page.headers["location"]), b"", headers)
        return page

    def post(self, path: str, fields: Any, *, follow: bool = False, **headers: str) -> Page:
        """Send a page's form."""
        body = urlencode(fields, doseq=True).encode()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            **headers,
        }
        page = self.send("POST", path, body, sent)
        if follow and page.status == 303:
            return self.get(urljoin(page.url, page.headers["location"]), follow=True)
        return page

    def api(self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str) -> Page:
        """A call of the JSON API, `path` below /api/v1."""
        data = b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if key:
            sent["Idempotency-Key"] = key
        return self.send(method, f"/api/v1{path}", data, {**sent, **headers})

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        """Any request at all."""
        environ = self._environ(method, path, body, {**self.headers, **headers})
        told: list[Any] = []
        chunks = _BRIDGE(environ, lambda status, lines, *_: told.extend((status, lines)))
        status, lines = told
        cookies = [value for name, value in lines if name.lower() == "set-cookie"]
        for line in cookies:
            self._keep(line)
        text = b"".join(chunks).decode()
        return Page(int(status[:3]), {n.lower(): v for n, v in lines}, cookies, text, path)

    def _keep(self, line: str) -> None:
        name, _, value = line.split(";", 1)[0].partition("=")
        if "Max-Age=0" in line:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def _environ(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        parts = urlsplit(path)
        target = quote(parts.path, safe="/%~:@!$&'()*+,;=") + (f"?{parts.query}" if parts.query else "")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": target,
            "REMOTE_ADDR": self.address,
            "HTTP_HOST": HOST,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        elif self.cookies:
            headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()), **headers}
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environ
