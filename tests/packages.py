"""The package that Lambda would get, built once in a run, unpacked, and run alone."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.package.build import build
from tests.engines import Engine


@dataclass(frozen=True)
class Package:
    """`zip` as `make package` leaves it, its `template`, and `tree`, the zip unpacked as Lambda does it."""

    zip: Path
    template: dict[str, Any]
    tree: Path

    @property
    def names(self) -> list[str]:
        """The files in the zip."""
        return zipfile.ZipFile(self.zip).namelist()

    def run(self, code: str, environment: dict[str, str] | None = None, given: Any = None) -> Any:
        """What `code` leaves in `result`, run with nothing on the path but the package; it may read `given`."""
        script = (
            f"import sys, json\nsys.path.insert(0, {str(self.tree)!r})\ngiven = json.loads(sys.argv[1])\n"
        )
        script += f"{code}\nsys.stderr.write('\\nRESULT' + json.dumps(result))"
        done = subprocess.run(
            [getattr(sys, "_base_executable", sys.executable), "-I", "-S", "-B", "-c", script, json.dumps(given)],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(environment or {})},
            cwd=self.tree, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stderr.rpartition("RESULT")[2])


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The package of `prod`: about ten seconds for the first test that asks for it."""
    out = build("prod", out=tmp_path_factory.mktemp("package"))
    tree = tmp_path_factory.mktemp("task")
    zipfile.ZipFile(out / "deployment.zip").extractall(tree)
    return Package(out / "deployment.zip", json.loads((out / "template.json").read_text()), tree)


def environment_for(engine: Engine, table: str, key_file: Path) -> dict[str, str]:
    """What the packaged portal needs to work on a test's table."""
    return {
        "PORTAL_STAGE": "local",
        "TABLE_NAME": table,
        "KEY_FILE": str(key_file),
        "AWS_ENDPOINT_URL": engine.url,
        "AWS_ACCESS_KEY_ID": engine.access_key,
        "AWS_SECRET_ACCESS_KEY": engine.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
