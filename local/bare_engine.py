"""ministack by itself, which keeps no tables: what tests run on.

Its own server is written in Python down to the reading of headers: that took longer than the requests themselves.
Run with the engine's own environment: `.venv-engine/bin/python -m local.bare_engine FD`.
"""

import socket
import sys
from importlib import import_module

#: The clients keep their connections; closing one under a request would look like a fault.
KEEP_ALIVE_S = 3600


def main(descriptor: int) -> None:
    """Serve on a socket that is bound already, until SIGTERM."""
    uvicorn = import_module("uvicorn")
    config = uvicorn.Config(
        import_module("ministack.app").app,
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
