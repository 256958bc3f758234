"""A portal in which everything has happened: its records are looked at, or put into other tables."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from chalicelib.db import Db, Item
from chalicelib.portal import Portal
from tests.factories import make_table
from tests.recording import RecordingClient


@pytest.fixture
def lived_in(portal: Portal, told: list[Item]) -> Portal:
    """A portal with these records, and with their photos in its bucket."""
    portal.db.put_all(told)
    wide = {item["id"] for item in told if item["PK"].startswith("PHOTO#") and item.get("wide")}
    for photo in _ready(told):
        for size in ("full", "thumb", *(["wide"] if photo in wide else [])):
            portal.storage.write(f"photos/{photo}/{size}.webp", b"picture", "image/webp", "private")
    return portal


@pytest.fixture
def second(engine_client: RecordingClient, portal: Portal) -> Iterator[Portal]:
    """Another portal with an empty table, and the same bucket."""
    name = f"t{secrets.token_hex(6)}"
    make_table(client=engine_client, name=name)
    yield replace(portal, db=Db(cast(Any, engine_client), name, sleep=lambda _: None))
    engine_client.delete_table(TableName=name)


def _ready(items: list[Item]) -> Any:
    return [item["id"] for item in items if item["PK"].startswith("PHOTO#") and item["status"] == "ready"]
