"""Commands on a portal's data, with and without a running portal."""

import json
import os
import subprocess
import sys
from pathlib import Path

from local.engines import ROOT
from local.inside import environment_of_running
from local.options import ENVIRONMENT_FILE, sole_use

TABLE_NAMES = "import boto3, sys; print(boto3.client('dynamodb').list_tables()['TableNames'], sys.argv[1:])"


def test_without_a_running_portal_the_engine_is_started_for_the_command(tmp_path: Path) -> None:
    module = tmp_path / "told.py"
    module.write_text(TABLE_NAMES)
    environment = os.environ | {"DATA": str(tmp_path / "data"), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "local.inside", "told", "people.csv"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "['portal'] ['people.csv']\n")
    assert environment_of_running(tmp_path / "data") is None


def test_a_running_portals_engine_is_used(tmp_path: Path) -> None:
    (tmp_path / ENVIRONMENT_FILE).write_text(json.dumps({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}))
    with sole_use(tmp_path):
        assert environment_of_running(tmp_path) == {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert environment_of_running(tmp_path) is None
