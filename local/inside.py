"""Runs a module on a portal's data: `python -m local.inside MODULE ARGUMENT…`, DATA as for `make run`.

A running portal is asked for nothing but its engine; without one, the engine is started for as long as the
module takes. With ENGINE=aws the environment already says where the data is.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from local.engines import EngineFailedError, start
from local.options import (
    ENVIRONMENT_FILE,
    CannotRunError,
    Options,
    child_environment,
    keep_to_this_machine,
    sole_use,
)
from local.setup import set_up


def run_inside(options: Options, command: list[str]) -> int:
    """The module's exit code; raises CannotRunError and EngineFailedError."""
    if options.engine == "aws":
        return _run(command, {})
    keep_to_this_machine(os.environ)
    running = environment_of_running(options.data)
    if running is not None:
        return _run(command, running)
    with sole_use(options.data):
        (options.data / "keys").mkdir(mode=0o700, exist_ok=True)
        engine = start(options.data)
        try:
            environment = child_environment(options, engine)
            set_up(engine, environment["TABLE_NAME"], environment["MEDIA_BUCKET"])
            return _run(command, environment)
        finally:
            engine.stop()


def environment_of_running(data: Path) -> dict[str, str] | None:
    """What the processes of the portal that runs on this folder have in their environment; None without one."""
    try:
        with sole_use(data):
            return None
    except CannotRunError:
        known: dict[str, str] = json.loads((data / ENVIRONMENT_FILE).read_text())
        return known


def _run(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", *command], env=os.environ | environment, check=False
    ).returncode


def main() -> int:
    """Run what the command line says."""
    os.umask(0o077)
    try:
        return run_inside(Options.read(dict(os.environ)), sys.argv[1:])
    except (CannotRunError, EngineFailedError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
