"""Templates of all stages, made once."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.scan import templates
from local.engines import SERVICES
from tests.engines import Engine, start_engine


@pytest.fixture(scope="session")
def made() -> dict[str, dict[str, Any]]:
    """Stage → template."""
    return templates()


@pytest.fixture(scope="session")
def prod(made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The template of prod."""
    return made["prod"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that has what a deploy talks to as well."""
    services = f"{SERVICES},cloudformation,kms,sqs,lambda"
    started = start_engine(tmp_path_factory.mktemp("engine"), services=services)
    yield started
    started.stop()
