"""Where cold starts are measured: the plan's stand-in for the table, and a deployed function's environment."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.plan import prepared

ROOT = Path(__file__).resolve().parent.parent
#: What a function is given, as far as it matters here; a variable more may have botocore look elsewhere for settings.
_GIVEN = (
    "PATH", "PORTAL_STAGE", "TABLE_NAME", "MEDIA_BUCKET", "PUBLIC_ORIGIN", "REPORTS_PER_DAY", "KEYRING_CIPHERTEXT",
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "BENCH_PLAN",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A table that answers. `environment` is a deployed function's, as far as it matters here."""

    environment: dict[str, str]
    plan: Path

    def event(self, case: str) -> dict[str, Any]:
        """API Gateway's event of a row of the plan."""
        found: dict[str, Any] = json.loads(self.plan.read_text())[case]["event"]
        return found


@contextmanager
def stage() -> Iterator[Stage]:
    """The stand-in, while it answers."""
    with TemporaryDirectory() as folder, prepared(Path(folder)) as (_, plan):
        yield Stage({"LANG": "C.UTF-8"} | {name: os.environ[name] for name in _GIVEN}, plan)
