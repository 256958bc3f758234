"""The story told once for all tests of a run that look at what it wrote and asked: telling it takes seconds."""

import secrets

import pytest

from chalicelib.db import Item
from infra.upkeep.walk import everything
from tests.engines import Engine
from tests.factories import make_portal, make_table
from tests.factories_photos import make_storage
from tests.recording import ASKED, RecordingClient

Asked = frozenset[tuple[str, str, str]]


@pytest.fixture(scope="session")
def _story(engine: Engine, engine_client: RecordingClient) -> tuple[list[Item], Asked]:
    from tests.story import tell  # most tests need none of it

    name = f"t{secrets.token_hex(6)}"
    make_table(client=engine_client, name=name)
    keys = {"access_key": engine.access_key, "secret_key": engine.secret_key}
    storage = make_storage(endpoint_url=engine.url, **keys)  # where letters are kept
    portal = make_portal(client=engine_client, table=name, storage=storage)
    before = set(ASKED)
    ASKED.clear()
    tell(portal)
    asked = frozenset(ASKED)
    ASKED.update(before)
    # How far a migration has come is no part of backups.
    items = [item for item in everything(portal.db) if not item["SK"].startswith("MIGRATION#")]
    engine_client.delete_table(TableName=name)
    return items, asked


@pytest.fixture(scope="session")
def told(_story: tuple[list[Item], Asked]) -> list[Item]:
    """All records of the story."""
    return _story[0]


@pytest.fixture(scope="session")
def asked_by_story(_story: tuple[list[Item], Asked]) -> Asked:
    """All that the story asked of its table, as `recording.ASKED` has it."""
    return _story[1]
