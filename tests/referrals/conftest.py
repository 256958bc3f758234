"""A world in which owners invite others."""

import pytest

from tests.referrals.worlds import World, copied, make_world


@pytest.fixture(scope="session")
def first_world() -> World:
    """Made once; tests copy it."""
    return make_world()


@pytest.fixture
def world(first_world: World) -> World:
    return copied(first_world)
