"""Where the portal and its peers are measured: an engine of their own, filled, and the environment that names it."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boto3.session import Session

from chalicelib.crypto import Keyring
from local.engines import SERVICES, EngineProcess, start
from local.setup import set_up

ROOT = Path(__file__).resolve().parent.parent
_REGION = "us-east-1"


@dataclass(frozen=True)
class Stage:
    """A filled table. `environment` is a deployed function's, as far as it matters here."""

    environment: dict[str, str]
    plan: Path

    def event(self, case: str) -> dict[str, Any]:
        """API Gateway's event of a case: `get`, `list`, `transaction` or `page`."""
        found: dict[str, Any] = json.loads(self.plan.read_text())["events"][case]
        return found


@contextmanager
def stage() -> Iterator[Stage]:
    """An engine with 40 issues of one owner, and the plan of what the portal asks it for in each case."""
    with TemporaryDirectory() as folder:
        engine = start(Path(folder), auth=False, durable=False, services=f"{SERVICES},kms,sns")
        try:
            set_up(engine, "portal", "portal-media")
            made = Stage(_environment(engine, Path(folder)), Path(folder) / "plan.json")
            subprocess.run(
                [sys.executable, "-m", "bench.plan", str(made.plan)],
                cwd=ROOT, env={**os.environ, **made.environment}, stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
            yield made
        finally:
            engine.stop()


def _environment(engine: EngineProcess, folder: Path) -> dict[str, str]:
    """As Lambda gives it to a function, the keyring encrypted by the engine's KMS."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PORTAL_STAGE": "prod",
        "TABLE_NAME": "portal",
        "MEDIA_BUCKET": "portal-media",
        "PUBLIC_ORIGIN": "https://portal.example",
        "REPORTS_PER_DAY": "1000000",
        "KEYRING_CIPHERTEXT": _keyring(engine),
        "AWS_REGION": _REGION,
        "AWS_DEFAULT_REGION": _REGION,
        "AWS_ENDPOINT_URL": engine.url,
        "AWS_ACCESS_KEY_ID": engine.access_key,
        "AWS_SECRET_ACCESS_KEY": engine.secret_key,
        "PEER_PLAN": str(folder / "plan.json"),
    }


def _keyring(engine: EngineProcess) -> str:
    session = Session(engine.access_key, engine.secret_key, region_name=_REGION)
    kms = session.client("kms", endpoint_url=engine.url)
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    plain = Keyring.generate().to_json().encode()
    sealed = kms.encrypt(KeyId=key_id, Plaintext=plain, EncryptionContext={"portal": "keyring"})
    return base64.b64encode(sealed["CiphertextBlob"]).decode()
