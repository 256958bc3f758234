"""Chalice's part: the deployed code in a tree, and the SAM template, both from `chalice package`."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

#: What Chalice reads of the project. Libraries are fetched by `wheels`, so it is shown no requirements.
_SHOWN = ("app.py", "chalicelib", "company", "locale", "static", "templates", "vendor")


def packaged(root: Path, stage: str, work: Path) -> tuple[Path, dict[str, Any]]:
    """Run `chalice package` for a stage; gives back the unpacked tree and the template."""
    project, out, tree = work / "project", work / "chalice", work / "tree"
    for folder in (project, out, tree):
        shutil.rmtree(folder, ignore_errors=True)
    _show(root, project)
    _run_chalice(project, stage, out)
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(tree)
    template: dict[str, Any] = json.loads((out / "sam.json").read_text())
    return tree, template


def _show(root: Path, project: Path) -> None:
    """A project made of links to this one: Chalice keeps its caches there, and reads nothing that it must not."""
    project.mkdir(parents=True)
    for name in _SHOWN:
        (project / name).symlink_to(root / name)
    (project / "requirements.txt").write_text("")
    kept = shutil.ignore_patterns("deploy*")
    shutil.copytree(root / ".chalice", project / ".chalice", ignore=kept)


def _run_chalice(project: Path, stage: str, out: Path) -> None:
    # Chalice asks for a region before it writes a template that names none.
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [
            sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())",
            "--project-dir", str(project), "package", "--stage", stage, str(out),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )  # fmt: skip
