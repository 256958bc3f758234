"""Pages for whoever tries the portal on their own machine; the deployed package has none of them."""

import json
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote

from chalicelib.answers import security_headers
from local import styles
from local.outbox import KeptMessages
from local.wsgi import Answer, Environ, StartResponse, problem, raw_target

_PAGE = Template((Path(__file__).parent / "outbox.html").read_text(encoding="utf-8"))
_HEADERS = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
]


_PATHS = ("/dev/outbox", "/dev/outbox.json", "/dev/styles", "/dev/styles.css")


class DevPages:
    """A WSGI app for everything under `/dev/`."""

    def __init__(self, messages: KeptMessages) -> None:
        self._messages = messages

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        return self._answer(environ).send(environ, start_response)

    def _answer(self, environ: Environ) -> Answer:
        path, query = raw_target(environ)
        if path not in _PATHS:
            return problem(404, "There is nothing here.")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            refused = problem(405, "This can only be read.")
            return Answer(405, [*refused.headers, ("Allow", "GET, HEAD")], refused.body)
        if path.startswith("/dev/styles"):
            asked = {name: values[-1] for name, values in parse_qs(query).items()}
            return _styles(path, asked, environ.get("HTTP_ACCEPT_LANGUAGE"))
        to = parse_qs(query).get("to", [None])[-1]
        items = self._messages.list(to)
        if path.endswith(".json"):
            body = json.dumps({"items": items}, ensure_ascii=False).encode()
            return Answer(200, [("Content-Type", "application/json"), *_HEADERS], body)
        return Answer(
            200, [("Content-Type", "text/html; charset=utf-8"), *_HEADERS], _page(items, to).encode()
        )


def _styles(path: str, query: dict[str, str], languages: str | None) -> Answer:
    """The style page, under the same policy as the pages that it shows parts of."""
    headers = list(security_headers(path).items())
    if path.endswith(".css"):
        return Answer(200, [("Content-Type", "text/css; charset=utf-8"), *headers], styles.css().encode())
    html = styles.page(query, languages).encode()
    return Answer(200, [("Content-Type", "text/html; charset=utf-8"), *headers], html)


def _page(items: list[dict[str, str]], to: str | None) -> str:
    messages = "\n".join(_message(item) for item in items) or "<p>No message yet.</p>"
    return _PAGE.substitute(all=' · <a href="/dev/outbox">All</a>' if to else "", messages=messages)


def _message(item: dict[str, str]) -> str:
    code = f"<p><strong>{escape(item['code'])}</strong></p>" if "code" in item else ""
    return (
        f'<article><header><a href="/dev/outbox?to={quote(item["to"], safe="")}">{escape(item["to"])}</a>'
        f"<span>{escape(item['channel'])}</span><span>{escape(item['template'])}</span>"
        f"<time>{escape(item['at'])}</time></header>{code}<p>{escape(item['text'])}</p></article>"
    )
