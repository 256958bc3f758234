"""Anything in any order, on the engine: events told again, spending, giving back, reversing, and a clock that runs,
stands still and jumps; whatever is done, every record agrees with the ledger."""

from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.errors import PortalError
from chalicelib.points import earning, rules, store, timers
from chalicelib.points.models import EarningEvent, Kind
from chalicelib.points.months import month_of
from chalicelib.portal import Portal
from chalicelib.rewards import service
from chalicelib.rewards.models import Reward
from infra.upkeep import verify_ledger
from tests.factories import NOW, People
from tests.factories_points import make_reward
from tests.points.worlds import assert_adds_up

_KINDS: list[Kind] = ["rating", "referral", "event", "survey", "decoration"]
_people = count()


def _machine(people: People) -> type[RuleBasedStateMachine]:
    portal: Portal = people.portal
    dear = make_reward(portal=portal, by=people.manager, points=400, stock=10_000, voucher_days=365)
    cheap = make_reward(
        portal=portal, by=people.manager, points=30, stock=10_000, per_person=4, voucher_days=365
    )

    class Points(RuleBasedStateMachine):
        """One person's points."""

        @initialize()
        def begin(self) -> None:
            """Somebody new, for each example."""
            self.person = people.owner.model_copy(update={"id": f"01HYYYYYYYYYYYYYYYYYYY{next(_people):04d}"})
            self.now: datetime = NOW
            self.told: dict[str, EarningEvent] = {}
            self.vouchers: list[str] = []
            self.last_tier = "standard"

        @rule(kind=st.sampled_from(_KINDS), fen=st.integers(0, 500_000))
        def earn(self, kind: Kind, fen: int) -> None:
            event_id = f"{self.person.id}:{len(self.told)}"
            event = EarningEvent(event_id, kind, self.person.id, "maple", self.now, fen)
            self.told[event_id] = event
            first = earning.earn(portal, event, self.now)
            assert earning.earn(portal, event, self.now) == first

        @rule(data=st.data())
        def tell_again(self, data: st.DataObject) -> None:
            if self.told:
                event = self.told[data.draw(st.sampled_from(sorted(self.told)))]
                before = store.purse(portal.db, self.person.id)
                earning.earn(portal, event, self.now)
                assert store.purse(portal.db, self.person.id) == before

        @rule(data=st.data())
        def reverse(self, data: st.DataObject) -> None:
            if self.told:
                event_id = data.draw(st.sampled_from(sorted(self.told)))
                first = earning.reverse(portal, event_id, self.now)
                assert earning.reverse(portal, event_id, self.now) == first

        @rule(reward=st.sampled_from([dear, cheap]))
        def spend(self, reward: Reward) -> None:
            before = store.purse(portal.db, self.person.id).balance
            refused = ""
            try:
                voucher, _ = service.redeem(portal, self.person, reward.id, None, self.now)
                self.vouchers.append(voucher.id)
            except PortalError as error:
                refused = error.code
            assert refused in ("", "insufficient_points", "limit_reached", "not_found")
            spent = 0 if refused else reward.points
            assert store.purse(portal.db, self.person.id).balance == before - spent

        @rule(data=st.data())
        def give_back(self, data: st.DataObject) -> None:
            if self.vouchers:
                voucher_id, refused = data.draw(st.sampled_from(self.vouchers)), ""
                try:
                    service.cancel(portal, self.person, voucher_id, self.now)
                except PortalError as error:
                    refused = error.code
                assert refused in ("", "voucher_not_usable")

        @rule(days=st.sampled_from([1, 15, 40, 200, 400, -3]))
        def jump(self, days: int) -> None:
            self.now += timedelta(days=days)

        @rule()
        def tick(self) -> None:
            before = store.purse(portal.db, self.person.id)
            after = timers.look_at(portal, self.person.id, self.now)
            assert timers.look_at(portal, self.person.id, self.now) == after
            if rules.higher(after.tier, before.tier) != after.tier:
                assert before.warned

        @invariant()
        def adds_up(self) -> None:
            purse = assert_adds_up(portal, self.person.id)
            counted = [earning.earn(portal, event, self.now) for event in self.told.values()]
            earned = sum(one.points for one in counted if one.state == "earned")
            months = purse.expiring
            usable = sum(points for month, points in months.items() if month >= month_of(self.now))
            assert usable <= earned + purse.owed

    return Points


def test_whatever_is_done_in_whatever_order_every_record_agrees(people: People) -> None:
    few = settings(
        max_examples=20, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(_machine(people), settings=few)
    assert list(verify_ledger.problems(verify_ledger.read(people.portal))) == []
