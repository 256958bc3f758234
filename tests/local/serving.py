"""Serves a WSGI app for the length of a test."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from waitress import wasyncore

from local.serve import make_server
from local.wsgi import Wsgi


@contextmanager
def served(site: Wsgi) -> Iterator[int]:
    """The port on which the portal's own web server serves `site`."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(site, listener)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(5)


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    """A connection to a served app."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
