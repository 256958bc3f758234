"""One deployed portal for all tests of this folder, and the journey through it."""

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from tests.deployed.cloud import SERVICES, Cloud, running_cloud
from tests.deployed.journey import Journey
from tests.deployed.triggers import Triggers
from tests.engines import start_engine


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stage's package and template, as `make package` builds them."""
    folder: Path = import_module("infra.package.build").build("dev", out=tmp_path_factory.mktemp("build"))
    return folder


@pytest.fixture(scope="session")
def cloud(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A new portal with the usual people, and nothing told yet."""
    folder = tmp_path_factory.mktemp("cloud")
    engine = start_engine(folder / "engine", auth=True, services=SERVICES)
    try:
        with running_cloud(engine, built, folder) as started:
            yield started
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def told(cloud: Cloud) -> Iterator[Journey]:
    """The whole journey, told once."""
    with closing(Triggers(cloud)) as triggers, closing(Journey(cloud, triggers)) as journey:
        journey.run()
        yield journey
