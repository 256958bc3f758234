"""Who was invited and signs a decoration contract has come, as if they had signed in. On the engine, which keeps the
document that is signed."""

from typing import Any

import pytest

from chalicelib.errors import VersionConflict
from chalicelib.portal import Portal
from tests.factories import NOW, People
from tests.referrals.worlds import DAY, MINUTE, STRANGERS, World

SOON = NOW + MINUTE


@pytest.fixture
def decorating(portal: Portal, engine_client: Any, people: People) -> World:
    return World(portal, engine_client, people)


def test_a_first_decoration_contract_counts_like_signing_in_and_once(decorating: World) -> None:
    one = decorating.leave(STRANGERS[0])
    for phone, unit in ((STRANGERS[0], "maple-9-901"), (STRANGERS[1], "maple-9-902")):
        decorating.moves_in(phone, unit=unit)  # the second was never invited
    decorating.signs_contract(STRANGERS[1], "maple-9-902", now=SOON)
    assert (decorating.tick(SOON), decorating.the(one).state) == (0, "registered")
    decorating.signs_contract(STRANGERS[0], "maple-9-901", now=SOON)
    assert decorating.the(one).state == "registered", "the clock sees to it"
    for at in (SOON, NOW + DAY):
        decorating.tick(at)
        decorating.signs_contract(STRANGERS[0], "maple-9-901", now=at)  # another contract
    came = decorating.the(one)
    assert (came.state, came.contract, came.joined_at) == ("qualified", True, SOON)
    decorating.tick(NOW + 16 * DAY)
    assert decorating.inviter().qualified == 1
    assert [event for event, _ in decorating.earned()] == [f"referral:{one}", f"referral_welcome:{one}"]


def test_a_signature_that_is_not_stored_brings_nobody_on(decorating: World) -> None:
    one = decorating.leave(STRANGERS[0])
    decorating.moves_in(STRANGERS[0])
    with pytest.raises(VersionConflict):
        decorating.signs_contract(STRANGERS[0], "maple-9-901", now=SOON, version=7)
    assert (decorating.tick(SOON), decorating.the(one).state) == (0, "registered")
