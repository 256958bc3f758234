"""What is scanned and tested is what is built: Chalice's template without the package is Chalice's template."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.sam import ROOT, chalice_template


def test_the_template_is_the_one_that_chalice_package_writes(tmp_path: Path) -> None:
    for name in ("app.py", "chalicelib", "company", "locale", "static", "templates", "vendor"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "requirements.txt").write_text("")  # the libraries don't show in a template
    shutil.copytree(ROOT / ".chalice", tmp_path / ".chalice", ignore=shutil.ignore_patterns("deploy*"))
    chalice = [sys.executable, "-c", "from chalice.cli import main; main()"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    subprocess.run(
        [*chalice, "--project-dir", str(tmp_path), "package", "--stage", "prod", str(tmp_path / "out")],
        env={**inherited, "AWS_DEFAULT_REGION": "cn-north-1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )
    written = json.loads((tmp_path / "out" / "sam.json").read_text())
    assert json.loads(json.dumps(chalice_template("prod"))) == written
