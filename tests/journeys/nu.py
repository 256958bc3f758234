"""The Nu HTML checker over many pages at once."""

import json
import subprocess
from pathlib import Path

from local.engines import ROOT

_JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors_in(pages: dict[str, str], folder: Path) -> list[str]:
    """What is wrong in pages, by their names; Java is started once for all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        file = folder / f"{number:03}.html"
        file.write_text(html, encoding="utf-8")
        names[file.name] = name
    command = ["java", "-jar", str(_JAR), "--errors-only", "--format", "json", "--exit-zero-always"]
    run = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=300, check=True)
    found = json.loads(run.stderr or run.stdout)["messages"]
    return [
        f"{names.get(one.get('url', '').rsplit('/', 1)[-1], '?')}: {one['message']} {one.get('extract', '')!r}"
        for one in found
    ]
