"""The checks from outside: a sound portal passes, and what is broken is seen by the check that is for it."""

from collections.abc import Callable, Iterable

import pytest

from app import app
from chalicelib.routes import fallback
from infra import smoke
from local.bridge import Bridge
from local.wsgi import Environ, StartResponse, Wsgi
from tests.factories import People
from tests.local.serving import served

Headers = list[tuple[str, str]]
Break = Callable[[str, str, Headers, bytes], tuple[str, Headers, bytes]]


def broken(site: Wsgi, how: Break) -> Wsgi:
    """The site with each answer (path, status, headers, body) changed on its way."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        seen: list[tuple[str, Headers]] = []
        body = b"".join(site(environ, lambda status, headers: seen.append((status, headers))))
        status, headers, body = how(environ["PATH_INFO"], *seen[0], body)
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _without(header: str) -> Break:
    return lambda _, status, headers, body: (status, [h for h in headers if h[0].lower() != header], body)


def _status(path: str, instead: str) -> Break:
    return lambda at, status, headers, body: (instead if at == path else status, headers, body)


def _text(old: bytes, new: bytes) -> Break:
    return lambda _, status, headers, body: (status, headers, body.replace(old, new))


def _header(name: str, old: str, new: str) -> Break:
    return lambda _, status, headers, body: (
        status,
        [(key, value.replace(old, new) if key.lower() == name else value) for key, value in headers],
        body,
    )


@pytest.fixture(scope="module")
def site(shared_site: People) -> Wsgi:
    """The portal as the local server serves it."""
    return Bridge(app, fallback)


def bad(site: Wsgi, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The names of the checks that fail."""
    with served(site) as port:
        well = smoke.run(smoke.Site(f"http://127.0.0.1:{port}"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(smoke.CHECKS)
    found = [line[5:].split(":")[0] for line in lines if line.startswith("BAD")]
    assert well is not bool(found)
    return found


def test_a_sound_portal_passes(site: Wsgi, capsys: pytest.CaptureFixture[str]) -> None:
    assert bad(site, capsys) == []


@pytest.mark.parametrize(
    ("how", "seen_by"),
    [
        (_status("/healthz", "503 Service Unavailable"), "the table answers (/healthz)"),
        (_text(b'name="phone"', b'name="fax"'), "the sign-in page"),
        (_header("cache-control", "immutable", ""), "a static file"),
        (_without("content-security-policy"), "security headers"),
        (_without("x-content-type-options"), "security headers"),
        (_status("/no/such/page", "403 Forbidden"), "an unknown path is 404"),
        (_text(b'"openapi": "3.1', b'"openapi": "3.0'), "the API's document"),
        (_header("set-cookie", "; SameSite=Lax", ""), "cookies"),
        (_status("/", "200 OK"), "nothing without signing in"),
        (_status("/api/v1/me", "200 OK"), "nothing without signing in"),
    ],
)
def test_what_is_broken_is_seen(
    site: Wsgi, how: Break, seen_by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bad(broken(site, how), capsys) == [seen_by]


def test_a_wrong_base_path_is_named(site: Wsgi, capsys: pytest.CaptureFixture[str]) -> None:
    def below_api(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        shorter = {
            name: str(environ.get(name, "")).removeprefix("/api") for name in ("PATH_INFO", "REQUEST_URI")
        }
        return site({**environ, **shorter}, start_response)

    with served(below_api) as port:
        assert smoke.run(smoke.Site(f"http://127.0.0.1:{port}/api")) is False
    assert "is BASE_PATH right?" in capsys.readouterr().out


def test_the_exit_code_says_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for words, code in (([], 2), (["nowhere"], 2), (["http://127.0.0.1:1"], 1)):
        monkeypatch.setattr("sys.argv", ["smoke", *words])
        assert smoke.main() == code
    assert "Connection refused" in capsys.readouterr().out
