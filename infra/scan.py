"""Checks the templates of all stages with cfn-lint and checkov, without a network: `make scan`.

An exception stands with its reason where it holds, in the resource's `Metadata` (`infra/resources/`). Checkov runs
without them, so that one run says both: what fails and is excused by nobody, and which exception nothing needs.
"""

import argparse
import copy
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.sam import ROOT, STAGES, chalice_template
from infra.template import merge

SCAN_BIN = ROOT / ".venv-scan" / "bin"
#: Both regions of China, where less is available, and two elsewhere.
REGIONS = ("cn-north-1", "cn-northwest-1", "eu-central-1", "ap-southeast-1")
Exception_ = tuple[str, str]
Tree = dict[str, Any]


def templates() -> dict[str, Tree]:
    """The templates of all stages, as `make package` writes them but for the package itself."""
    return {stage: merge(chalice_template(stage), stage) for stage in STAGES}


def exceptions(template: Tree) -> dict[Exception_, str]:
    """(resource, check) → reason, as the resources say."""
    found = {}
    for name, resource in template["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            found[name, skip["id"]] = skip.get("comment", "")
    return found


def lint(folder: Path) -> str:
    """What cfn-lint says about the templates in a folder; empty when all is well."""
    command = [
        str(SCAN_BIN / "cfn-lint"),
        "--regions",
        *REGIONS,
        "-t",
        *map(str, sorted(folder.glob("*.json"))),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


def failed_checks(folder: Path) -> dict[str, set[Exception_]]:
    """Stage → what checkov finds, exceptions or not. Raises RuntimeError when it could not look."""
    files = [word for file in sorted(folder.glob("*.json")) for word in ("-f", str(file))]
    options = [
        "--framework",
        "cloudformation",
        "--output",
        "json",
        "--quiet",
        "--soft-fail",
        "--skip-download",
    ]
    answer = subprocess.run(
        [str(SCAN_BIN / "checkov"), *files, *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    try:
        rows = json.loads(answer.stdout)["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError) as error:
        raise RuntimeError(f"checkov did not answer: {answer.stdout[-500:]}{answer.stderr[-500:]}") from error
    found: dict[str, set[Exception_]] = {file.stem: set() for file in folder.glob("*.json")}
    for row in rows:
        found[Path(row["file_path"]).stem].add((row["resource"].split(".")[-1], row["check_id"]))
    return found


def write(folder: Path, made: dict[str, Tree]) -> None:
    """Write templates to a folder, without the exceptions."""
    for stage, template in made.items():
        bare = copy.deepcopy(template)
        for resource in bare["Resources"].values():
            resource.get("Metadata", {}).pop("checkov", None)
            if not resource.get("Metadata", True):
                del resource["Metadata"]
        (folder / f"{stage}.json").write_text(json.dumps(bare, indent=1))


def findings(made: dict[str, Tree]) -> list[str]:
    """One line for each thing that is not as it should be."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, made)
        lines = [line for line in lint(folder).splitlines() if line.strip()]
        failed = failed_checks(folder)
    for stage, template in made.items():
        excused = exceptions(template)
        lines += [f"{stage}: {name} fails {check}" for name, check in sorted(failed[stage] - set(excused))]
        lines += [
            f"{stage}: {name} needs no exception of {check}"
            for name, check in sorted(set(excused) - failed[stage])
        ]
        lines += [
            f"{stage}: {name} gives no reason for {check}"
            for (name, check), why in excused.items()
            if not why
        ]
    return lines


def main() -> int:
    """Say what was found; 1 when that is anything."""
    parser = argparse.ArgumentParser(description="Check the templates of all stages.")
    parser.add_argument("stage", nargs="?", help="say which exceptions this stage has")
    args = parser.parse_args()
    made = templates()
    lines = findings(made)
    print("\n".join(lines) or f"cfn-lint and checkov find nothing in {', '.join(made)}.")
    if args.stage in made:
        for (name, check), why in exceptions(made[args.stage]).items():
            print(f"  excused: {name} {check}: {why}")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
