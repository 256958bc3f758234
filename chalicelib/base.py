"""The base of all models: pydantic's, built when first used."""

import os

from pydantic import BaseModel, ConfigDict

# pydantic would look through all installed packages for plugins before it builds the first model.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class Base(BaseModel):
    """A model whose checks are compiled at its first use: a cold start needs five of them, not a hundred, and
    compiling all took a third of it. Who serves with several threads calls `build_all` before they start."""

    model_config = ConfigDict(defer_build=True)


def build_all() -> None:
    """Compile every model that has been imported; raises what a wrong model raises."""
    waiting = Base.__subclasses__()
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        model.model_rebuild()
