"""From a clean clone to `build/<stage>/`: the zip, the template."""

import importlib
import importlib.util
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from infra.package.archive import write_zip
from infra.package.chalice_part import packaged
from infra.package.steps import run_steps
from infra.package.wheels import fetched

ROOT = Path(__file__).resolve().parent.parent.parent


def build(stage: str, *, without: Collection[str] = (), out: Path | None = None) -> Path:
    """Build one stage's package, leaving out the named steps; gives back the folder that holds it."""
    out = out or ROOT / "build" / stage
    tree, template = packaged(ROOT, stage, out / "work")
    shutil.copytree(fetched(ROOT / "requirements.txt", ROOT / "build" / "wheels"), tree, dirs_exist_ok=True)
    run_steps(tree, without)
    write_zip(tree, out / "deployment.zip")
    text = json.dumps(merged(template, stage), indent=2)
    (out / "template.json").write_text(text + "\n")
    return out


def merged(sam: dict[str, Any], stage: str) -> dict[str, Any]:
    """Chalice's template with what else the portal needs: `infra/template.py`'s `merge(sam, stage)`."""
    if importlib.util.find_spec("infra.template") is None:
        return sam
    found: dict[str, Any] = importlib.import_module("infra.template").merge(sam, stage)
    return found
