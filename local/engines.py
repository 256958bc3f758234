"""Starts the embedded engine as a child process on a free port of this machine."""

import json
import os
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
_DURABLE = [str(ENGINE_PYTHON), "-m", "local.engine"]
#: What the local portal needs of AWS.
SERVICES = "dynamodb,dynamodbstreams,s3,iam,sts"
_BARE = [str(ENGINE_PYTHON), "-m", "local.bare_engine"]


class EngineFailedError(Exception):
    """The engine did not come up; the message holds the end of its log."""


@dataclass
class EngineProcess:
    """A running engine."""

    url: str
    access_key: str
    secret_key: str
    child: subprocess.Popen[bytes]
    log: Path

    def wait_until_up(self, limit_s: float = 300) -> None:
        """Return when it answers; raises EngineFailedError when it ends first or the time is up."""
        address = urlsplit(self.url)
        end = time.monotonic() + limit_s
        while time.monotonic() < end and self.child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((address.hostname or "", address.port or 0)) == 0:
                    return
            time.sleep(0.02)
        self.kill()
        said = self.log.read_text(errors="replace")[-2000:]
        raise EngineFailedError(f"The engine did not start:\n{said}")

    def stop(self) -> None:
        """End it in order, within seconds."""
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.child.kill()
        self.child.wait()


def root_keys(data: Path) -> tuple[str, str]:
    """This DATA folder's key pair, made at its first use and readable by its owner only."""
    path = data / "keys.json"
    if not path.exists():
        made = {"access_key": "LOCAL" + secrets.token_hex(8).upper(), "secret_key": secrets.token_urlsafe(30)}
        scratch = path.with_suffix(".new")
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        scratch.replace(path)
    kept = json.loads(path.read_text())
    return kept["access_key"], kept["secret_key"]


def start(data: Path, auth: bool = True, durable: bool = True, services: str = SERVICES) -> EngineProcess:
    """Start an engine that keeps its data in a folder; returns when it answers, raises EngineFailedError."""
    engine = launch(data, auth, durable, services)
    engine.wait_until_up()
    return engine


def launch(data: Path, auth: bool = True, durable: bool = True, services: str = SERVICES) -> EngineProcess:
    """Start an engine without waiting for it; its address is known at once."""
    data.mkdir(parents=True, exist_ok=True)
    access_key, secret_key = root_keys(data)
    with socket.socket() as listener, open(data / "engine.log", "wb") as log:
        listener.bind(("127.0.0.1", 0))
        address, port = listener.getsockname()
        descriptor = listener.fileno()
        command = [*_DURABLE, str(data), str(descriptor)] if durable else [*_BARE, str(descriptor)]
        environment = _environment(data, port, auth, services) | {
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key,
        }
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            pass_fds=[descriptor],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    return EngineProcess(f"http://{address}:{port}", access_key, secret_key, child, data / "engine.log")


def _environment(data: Path, port: int, auth: bool, services: str) -> dict[str, str]:
    """ministack's settings: only the services in use, objects on disk, nothing beyond this machine."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return inherited | {
        "AUTH": str(auth).lower(),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": services,
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str((data / "objects").resolve()),
        "MINISTACK_REGION": "us-east-1",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # ministack tidies up containers; whatever runs in Docker here is none of its business.
        "DOCKER_HOST": "unix:///nonexistent",
        "PYTHONUNBUFFERED": "1",
    }
