"""A portal whose outside channels count."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.portal import Portal
from tests.factories import People
from tests.messages.providers import FakeProvider
from tests.messages.world import World


@pytest.fixture
def provider() -> FakeProvider:
    """One that knows no tokens."""
    return FakeProvider()


@pytest.fixture
def world(portal: Portal, people: People, provider: FakeProvider) -> Any:
    """The usual people, and messages that go to `provider`."""
    return World(replace(portal, notifier=provider), people, provider)
