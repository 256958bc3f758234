"""Real engines for tests: the embedded one or bare ministack, each on a free port of its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boto3.session import Session

from local.engines import SERVICES, EngineProcess, start


@dataclass
class Engine:
    """A running engine with its address and root key."""

    url: str
    access_key: str
    secret_key: str
    process: EngineProcess = field(repr=False)

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this engine."""
        session: Any = Session(self.access_key, self.secret_key, region_name="us-east-1")
        return session.client(service, endpoint_url=self.url, **options)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()


def start_engine(data_dir: Path, auth: bool = True, log: bool = False, services: str = SERVICES) -> Engine:
    """Start local.engine (log=True) or bare ministack; returns when it answers, raises EngineFailedError."""
    process = start(data_dir, auth=auth, durable=log, services=services)
    return Engine(process.url, process.access_key, process.secret_key, process)
