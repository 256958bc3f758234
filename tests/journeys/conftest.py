"""The running portal and the browsers of these tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.phones import Phones, chromium
from tests.journeys.running import Running, running_portal


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One portal for all journeys, with the demo data."""
    with running_portal(tmp_path_factory.mktemp("journeys") / "data") as portal:
        yield portal


# Playwright holds an event loop while it is open, which other tests can't have: not for the whole session.
@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def phones(running: Running, chrome: Browser) -> Iterator[Phones]:
    """Browsers for this test; at its end all of them must have been content."""
    opened = Phones(running, chrome)
    yield opened
    opened.done()
