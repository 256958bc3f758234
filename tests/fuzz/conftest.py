"""One running portal for all of these tests, and somebody signed in for each role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Client
from bench.live import LivePortal

PHONES = {
    "owner": "+8613800000001",
    "neighbour": "+8613800000002",
    "cedar_owner": "+8613800000003",
    "front_line": "+8613900000001",
    "technician": "+8613900000002",
    "designer": "+8613900000003",
    "manager": "+8613900000004",
    "auditor": "+8613900000005",
    "cedar_front_line": "+8613900000011",
}


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """A portal with the demo data."""
    portal = LivePortal.in_folder(Path(tmp_path_factory.mktemp("portal")))
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture(scope="session")
def tokens(live: LivePortal) -> dict[str, str | None]:
    """Everybody's session token, by who they are; `nobody` has none."""
    found: dict[str, str | None] = {"nobody": None}
    for who, phone in PHONES.items():
        client = Client(live.url)
        client.sign_in(phone)
        found[who] = client.token
        client.close()
    return found
