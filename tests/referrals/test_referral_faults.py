"""Whatever is done to referrals may be stopped before or after any of its writes, and begun again: it comes to the
same."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.referrals import withdrawing
from tests.factories import NOW, PHONES, make_key
from tests.recording import RecordingClient, kind_of
from tests.referrals.worlds import DAY, MINUTE, STRANGERS, World, copied


class Killed(BaseException):
    """The process is gone: nobody catches this."""


class Kill:
    """Ends the process at its n-th write."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, operation: str, request: Any) -> Any:
        if operation not in ("transact_write_items", "update_item"):
            return None
        self.left -= 1
        return Killed() if self.left == -1 else None


def _outcome(world: World) -> Any:
    """All that came of it, whatever was drawn by chance."""
    kinds = Counter((kind_of(row["PK"]["S"]), kind_of(row["SK"]["S"])) for row in world.everything())
    states = Counter(
        (row["state"]["S"], row["version"]["N"], row.get("why", {}).get("S"))
        for row in world.everything()
        if row["PK"]["S"].startswith("REFERRAL#")
    )
    told = Counter((row["event"], tuple(row["owners"]), tuple(row["roles"])) for row in world.notices())
    inviter = world.inviter()
    numbers = (inviter.registered, inviter.qualified, inviter.rewarded)
    drop = {("PHONE#", "CODE"), ("PHONE#", "THROTTLE"), ("ADDRESS#", "THROTTLE"), ("ACCOUNT#", "SESSION#")}
    return {kind: n for kind, n in kinds.items() if kind not in drop}, states, told, numbers, len(world.due())


def _leave(world: World, phone: str = STRANGERS[0], now: Any = NOW) -> None:
    world.leave(phone, form="form-1", address="192.0.2.1", now=now)


def _only(world: World) -> str:
    (one,) = [row["id"]["S"] for row in world.everything() if row["PK"]["S"].startswith("REFERRAL#")]
    return str(one)


def _decide(world: World, *, release: bool) -> None:
    one = _only(world)
    version = 2
    from chalicelib.referrals import deciding
    from chalicelib.referrals.models import Decide

    word: Any = "release" if release else "void"
    body = Decide(decision=word, reason="看过了", version=version)
    manager = world.people.manager
    deciding.decide(world.portal, manager, one, body, make_key(of=manager, key="decide-1"), NOW + MINUTE)


def _known(world: World) -> None:
    _leave(world, PHONES["neighbour"])


def _flagged(world: World) -> None:
    _known(world)
    world.tick(NOW)


def _come(world: World) -> None:
    _leave(world)
    world.comes(STRANGERS[0])


def _take_back(world: World) -> None:
    withdrawing.take_back_own(world.portal, STRANGERS[0], NOW + MINUTE)
    world.tick(NOW + MINUTE)


def _left_and_home(world: World) -> None:
    """A number is left, and its person's home is linked."""
    _leave(world)
    world.moves_in(STRANGERS[0])


def _sign_in(world: World) -> None:
    """Each try takes a code of its own, some minutes later; the clock follows."""
    at = NOW + 2 * next(world.addresses) * MINUTE
    world.signs_in(STRANGERS[0], at)
    world.tick(NOW + DAY)


Do = Callable[[World], Any]
#: What happened before, and what is stopped and begun again.
TRIALS: dict[str, tuple[Do, Do]] = {
    "a code is made": (lambda world: None, lambda world: world.code()),
    "a number is left": (lambda world: world.code(), _leave),
    "a known number is left": (lambda world: world.code(), _known),
    "a number that was left before": (_leave, lambda world: _leave(world, now=NOW + MINUTE)),
    "another's number": (
        lambda world: (world.leave(STRANGERS[0], by="neighbour"), world.code()),
        _leave,
    ),
    "it is flagged": (_known, lambda world: world.tick(NOW)),
    "somebody signs in": (
        _left_and_home,
        _sign_in,
    ),
    "it is rewarded": (_come, lambda world: world.tick(NOW + 14 * DAY)),
    "it runs out": (_leave, lambda world: world.tick(NOW + 30 * DAY)),
    "it is taken back": (_leave, _take_back),
    "it is taken back after coming": (_come, _take_back),
    "it is released": (_flagged, lambda world: _decide(world, release=True)),
    "it is voided": (_flagged, lambda world: _decide(world, release=False)),
}


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("name", TRIALS)
def test_stopped_at_any_write_and_begun_again_it_comes_to_the_same(
    first_world: World, name: str, after: bool
) -> None:
    before, do = TRIALS[name]
    ready = copied(first_world)
    before(ready)
    whole, writes = copied(ready), Kill(10_000)
    with whole.client.failing(writes):
        do(whole)
    count = 10_000 - writes.left
    assert count > 0
    for at in range(count):
        world = copied(ready)
        with world.client.failing(Kill(at), after=after), pytest.raises(Killed):
            do(world)
        do(world)
        assert _outcome(world) == _outcome(whole), f"stopped at write {at}"


def test_each_reward_is_asked_for_once_however_often_the_clock_is_stopped(first_world: World) -> None:
    ready = copied(first_world)
    _come(ready)
    for after in (False, True):
        for at in range(3):
            world: World = copied(ready)
            client: RecordingClient = world.client
            try:
                with client.failing(Kill(at), after=after):
                    world.tick(NOW + 14 * DAY)
            except Killed:
                world.tick(NOW + 14 * DAY + MINUTE)
            assert [name.partition(":")[0] for name, _ in world.earned()] == ["referral", "referral_welcome"]
            assert world.inviter().rewarded == 1
