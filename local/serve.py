"""The web server's process: the app, the media store and the /dev pages under one address."""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from local.bridge import Bridge
from local.devpages import DevPages
from local.guard import die_with_parent
from local.media import MediaProxy
from local.outbox import KeptMessages
from local.wsgi import Environ, StartResponse, Wsgi, problem, raw_target

#: Longer bodies are cut off unread; up to here the portal reads them and says what the limit is.
_HARD_BODY_LIMIT = 64 * 1024 * 1024


class OneAddress:
    """Sends each request to the part of the portal that answers it."""

    def __init__(self, app: Wsgi, dev: DevPages, media: MediaProxy | None) -> None:
        self._app, self._dev, self._media = app, dev, media

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path, _ = raw_target(environ)
        if path.startswith("/dev/"):
            return self._dev(environ, start_response)
        if self._media and self._media.takes(path):
            return self._media(environ, start_response)
        return self._app(environ, start_response)


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers requests that are no HTTP, or far too long, in the same form as everything else."""

    def execute(self) -> None:
        error = self.request.error
        answer = problem(error.code, str(error.body))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(answer.headers)
        self.set_close_on_finish()
        self.content_length = len(answer.body)
        self.write(answer.body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


def make_server(site: Wsgi, listener: socket.socket) -> Any:
    """A server on a socket that is already bound; `run()` serves, SystemExit in it stops in order."""
    server = create_server(
        site,
        sockets=[listener],
        threads=24,
        connection_limit=1000,
        backlog=1024,
        ident=None,
        max_request_body_size=_HARD_BODY_LIMIT,
        expose_tracebacks=False,
        clear_untrusted_proxy_headers=False,
    )
    server.channel_class = _Channel
    return server


def main(descriptor: int, once_there: Path | None = None) -> None:
    """Serve the portal on an inherited socket until SIGTERM, from the moment on at which a file is there."""
    die_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for every request that waits
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kept = KeptMessages(os.environ["OUTBOX_FILE"])
    engine_url = os.environ.get("AWS_ENDPOINT_URL")
    media = _media(engine_url) if engine_url else None
    site = OneAddress(_portal(kept), DevPages(kept), media)
    while once_there and not once_there.exists():
        time.sleep(0.02)  # Callers wait in the socket's queue.
    make_server(site, socket.socket(fileno=descriptor)).run()


def _media(engine_url: str) -> MediaProxy:
    return MediaProxy(engine_url, os.environ["MEDIA_BUCKET"], os.environ["AWS_ACCESS_KEY_ID"])


def _portal(kept: KeptMessages) -> Bridge:
    from app import app
    from chalicelib.messages.notifier import use
    from chalicelib.routes import fallback

    use(kept)
    return Bridge(app, fallback)


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
