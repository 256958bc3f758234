"""What is done to the tree before it is zipped, one named trick at a time; each can be left out."""

import shutil
from collections.abc import Callable
from pathlib import Path

Step = Callable[[Path], None]

#: Name → step, in the order in which they are taken.
STEPS: dict[str, Step] = {}


def step(name: str) -> Callable[[Step], Step]:
    """Register a step under the name by which `--without` leaves it out."""

    def register(work: Step) -> Step:
        STEPS[name] = work
        return work

    return register


@step("leftovers")
def drop_leftovers(tree: Path) -> None:
    """Drop what the build leaves behind: compiled files of other machines, installers' scripts."""
    for folder in [*tree.rglob("__pycache__"), tree / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)
