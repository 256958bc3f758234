"""What `make run` is told by its environment, what it needs to itself, and what it tells its processes."""

import fcntl
import os
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.engines import EngineProcess

#: Where a running portal tells other commands how to reach its engine; holds keys, for its owner only.
ENVIRONMENT_FILE = "environment.json"

#: Caps against abuse, wide enough for demonstrations and measurements.
_WIDE_CAPS = {
    "REPORTS_PER_DAY": "1000",
    "BOOKINGS_PER_DAY": "10000",
    "PHOTOS_PER_DAY": "10000",
    "MESSAGES_PER_DAY": "10000",
    "FOLLOWS_PER_DAY": "1000",
    "CODES_PER_PHONE": "1000",
    "CODES_PER_ADDRESS": "100000",
    "CLAIMS_PER_ADDRESS": "1000",
    "CLAIMS_PER_CODE": "1000",
}

_CHOSEN = {
    "TABLE_NAME": "portal",
    "MEDIA_BUCKET": "portal-media",
    "AWS_REGION": "us-east-1",
    # Browsers can ask for messages; nothing is pushed to them, as all messages are kept here.
    "MESSAGES_FILE": "local/messages.json",
}


class CannotRunError(Exception):
    """The portal can't be started; the message says why in one line."""


@dataclass(frozen=True)
class Options:
    """What `make run` reads from its environment."""

    host: str
    port: int
    data: Path
    engine: str

    @classmethod
    def read(cls, environment: dict[str, str]) -> "Options":
        """Raises CannotRunError for what makes no sense."""
        port, engine = environment.get("PORT") or "8000", environment.get("ENGINE") or "embedded"
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise CannotRunError(f"PORT must be a number from 1 to 65535, not {port!r}.")
        if engine not in ("embedded", "aws"):
            raise CannotRunError(f"ENGINE must be embedded or aws, not {engine!r}.")
        data = Path(environment.get("DATA") or ".local").expanduser().resolve()
        return cls(environment.get("HOST") or "127.0.0.1", int(port), data, engine)

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the portal."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def listen(options: Options) -> socket.socket:
    """The portal's socket, held from the first moment on; raises CannotRunError when the port is taken."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise CannotRunError(f"Cannot listen on {options.host} port {options.port}: {reason}.") from error
    return listener


@contextmanager
def sole_use(data: Path) -> Iterator[None]:
    """Hold a DATA folder against other portals; raises CannotRunError when one has it."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = open(data / "lock", "w")  # noqa: SIM115
    except OSError as error:
        raise CannotRunError(f"Cannot use the data folder {data}: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRunError(f"Another running portal uses the data folder {data}.") from error
        yield


def keep_to_this_machine(environment: MutableMapping[str, str]) -> None:
    """Drop the AWS account and the proxy that a developer's shell may name: the engine is here."""
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [environment.get(name), "127.0.0.1", "localhost"]))


def child_environment(options: Options, engine: EngineProcess | None) -> dict[str, str]:
    """What the portal's processes find in their environment; what is set outside wins, but for the engine."""
    chosen = _WIDE_CAPS | _CHOSEN
    given = {name: os.environ.get(name) or value for name, value in chosen.items()}
    fixed = {
        "PORTAL_STAGE": "local",
        "AWS_DEFAULT_REGION": given["AWS_REGION"],
        "KEY_FILE": str(options.data / "keys" / "data.key"),
        "OUTBOX_FILE": str(options.data / "outbox.sqlite"),
        "PYTHONUNBUFFERED": "1",
    }
    if engine is None:
        return given | fixed
    return given | fixed | {
        "TABLE_NAME": "portal",
        "MEDIA_BUCKET": "portal-media",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": engine.url,
        "AWS_ACCESS_KEY_ID": engine.access_key,
        "AWS_SECRET_ACCESS_KEY": engine.secret_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
