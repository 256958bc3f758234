"""Killed before or after any write, then tried again: each event counts once, each spending is one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.errors import PortalError
from chalicelib.issues import service as issues
from chalicelib.issues.models import RateIssue
from chalicelib.points import adjusting, earning, intake, store, timers
from chalicelib.points.desk_models import AskAdjustment
from chalicelib.points.models import EarningRule
from chalicelib.points.policy import RULES
from chalicelib.rewards import service
from infra.upkeep import verify_ledger
from tests.factories import NOW, PHONES, People, bring_to, make_key
from tests.factories_points import give_points, make_reward, redeem
from tests.points.worlds import assert_adds_up, make_event
from tests.recording import Once, RecordingClient, Request, refusal

_WRITES = ("transact_write_items", "update_item", "put_item", "delete_item")


class Killed(BaseException):
    """The process is no more."""


@dataclass
class KilledAt:
    """Kills at the n-th write."""

    nth: int
    seen: int = 0

    def __call__(self, operation: str, request: Request) -> Exception | None:
        if operation in _WRITES:
            self.seen += 1
            if self.seen == self.nth:
                raise Killed
        return None


Scene = Callable[[People], tuple[Callable[[], object], int]]


def _rating(people: People) -> tuple[Callable[[], object], int]:
    file = bring_to(portal=people.portal, people=people, status="resolved")
    marks = RateIssue(professionalism=5, attitude=5, efficiency=5)

    def work() -> None:
        issues.rate(people.portal, people.owner, file.issue.id, marks, NOW)
        intake.sweep(people.portal, NOW)

    return work, 20


def _earning(people: People) -> tuple[Callable[[], object], int]:
    event = make_event(account_id=people.owner.id, kind="survey")
    return lambda: earning.earn(people.portal, event, NOW), 30


def _becoming_real(people: People) -> tuple[Callable[[], object], int]:
    RULES["survey"] = EarningRule(points=40, pending_days=1)
    event = make_event(account_id=people.owner.id, kind="survey")
    earning.earn(people.portal, event, NOW)
    return lambda: timers.look_at(people.portal, people.owner.id, NOW + timedelta(days=1)), 40


def _reversing(people: People) -> tuple[Callable[[], object], int]:
    give_points(portal=people.portal, to=people.owner, times=2)
    return lambda: earning.reverse(people.portal, f"gift:{people.owner.id}:0", NOW), 300


def _redeeming(people: People) -> tuple[Callable[[], object], int]:
    give_points(portal=people.portal, to=people.owner)
    reward = make_reward(portal=people.portal, by=people.manager)
    key = make_key(of=people.owner)
    return lambda: redeem(portal=people.portal, by=people.owner, reward=reward, once=key), 200


def _cancelling(people: People) -> tuple[Callable[[], object], int]:
    give_points(portal=people.portal, to=people.owner)
    voucher = redeem(
        portal=people.portal, by=people.owner, reward=make_reward(portal=people.portal, by=people.manager)
    )
    return lambda: service.cancel(people.portal, people.owner, voucher.id, NOW), 300


def _adjusting(people: People) -> tuple[Callable[[], object], int]:
    body = AskAdjustment(community_id="maple", phone=PHONES["owner"], points=70, reason="谢谢")
    key = make_key(of=people.manager)
    return lambda: adjusting.ask(people.portal, people.manager, body, key, NOW), 70


def _expiring(people: People) -> tuple[Callable[[], object], int]:
    give_points(portal=people.portal, to=people.owner)
    return lambda: timers.look_at(people.portal, people.owner.id, NOW + timedelta(days=500)), 0


def _gold_expiring(people: People) -> tuple[Callable[[], object], int]:
    """With a level that goes down besides."""
    give_points(portal=people.portal, to=people.owner, times=7)
    return lambda: timers.look_at(people.portal, people.owner.id, NOW + timedelta(days=500)), 0


#: With the write that kills: a rating is a step, its counting, and that it is counted; of the others each is one write,
#: but for the clock, which does one thing after another.
SCENES: tuple[tuple[Scene, int], ...] = (
    (_rating, 1), (_rating, 2), (_rating, 3), (_earning, 1), (_becoming_real, 1), (_reversing, 1), (_redeeming, 1),
    (_cancelling, 1), (_adjusting, 1), (_expiring, 1), (_gold_expiring, 1), (_gold_expiring, 2),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _rules_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, rule in list(RULES.items()):
        monkeypatch.setitem(RULES, kind, rule)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("scene", "nth"), SCENES, ids=lambda one: getattr(one, "__name__", str(one)))
def test_killed_at_any_write_and_tried_again_it_comes_to_the_same(
    people: People, engine_client: RecordingClient, scene: Scene, nth: int, after: bool
) -> None:
    work, balance = scene(people)
    with engine_client.failing(KilledAt(nth), after=after), pytest.raises(Killed):
        work()
    for _ in range(2):
        work()
    assert assert_adds_up(people.portal, people.owner.id).balance == balance
    assert list(verify_ledger.problems(verify_ledger.read(people.portal))) == []


def test_an_engine_that_is_away_leaves_nothing_half_done(
    people: People, engine_client: RecordingClient
) -> None:
    work, balance = _redeeming(people)
    away = Once("transact_write_items", refusal("ThrottlingException"))
    with engine_client.failing(away), pytest.raises(PortalError):
        work()
    assert store.purse(people.portal.db, people.owner.id).balance == 300
    work()
    assert assert_adds_up(people.portal, people.owner.id).balance == balance
