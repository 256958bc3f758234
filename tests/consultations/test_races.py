"""Many at once: one slot is never sold twice, and nothing is lost."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.consultations import line, line_store, service, staff, store
from chalicelib.consultations.input_models import CancelBooking, JoinLine, Reschedule, StaffStep
from chalicelib.consultations.models import Booking, Plan
from chalicelib.errors import PortalError
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, book, hours, make_plan
from tests.consultations.holding import bookings_of, check
from tests.factories import NOW, People, import_people, make_key, make_person
from tests.racing import codes, race

_OPERATIONS, _THREADS = 1000, 20


def _owners(count: int) -> list[Any]:
    return [make_person(id=f"owner{n}", units=(f"maple-9-{n}",)) for n in range(count)]


def test_thirty_people_racing_for_one_slot_leave_one_booking(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    results = race([partial(book, portal=portal, by=one, of=plan) for one in _owners(30)])
    assert Counter(codes(results)) == {"ok": 1, "slot_taken": 29}
    assert len(bookings_of(portal)) == 1
    assert check(portal, plan.consultant_id, NOW) == 5


def test_one_tap_sent_many_times_books_once(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    key, owner = make_key(of=people.owner), people.owner
    results = race([lambda: book(portal=portal, by=owner, of=plan, once=key)] * 8)
    assert {one.id for one in results} == {results[0].id}
    assert len(bookings_of(portal)) == 1


def test_saying_yes_and_cancelling_at_once_leave_one_of_the_two(portal: Portal, people: People) -> None:
    plan = make_plan(portal=portal, people=people)
    owner, designer = people.owner, people.designer
    asked = book(portal=portal, by=owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(1))
    yes = StaffStep(to="confirmed", version=1)
    results = race([
        lambda: staff.step(portal, designer, asked.id, yes, None, NOW),
        lambda: service.cancel(portal, owner, asked.id, CancelBooking(version=1), None, NOW),
    ])  # fmt: skip
    assert Counter(codes(results)) == {"ok": 1, "version_conflict": 1}
    check(portal, plan.consultant_id, NOW)


class _Crowd:
    """People who book, move, cancel and wait at random, and a designer who answers and changes hours."""

    def __init__(self, portal: Portal, plan: Plan, designer: Any) -> None:
        self.portal, self.plan, self.designer = portal, plan, designer
        self.owners = _owners(12)
        self.done: Counter[str] = Counter()
        self._lock = threading.Lock()

    def act(self, number: int) -> None:
        """One random thing; being refused is all right, anything else is not."""
        dice = random.Random(number)
        what = dice.choice(["book"] * 5 + ["move"] * 3 + ["cancel"] * 2 + ["answer", "wait", "leave"])
        try:
            getattr(self, f"_{what}")(dice, dice.choice(self.owners))
        except PortalError as error:
            what = error.code
        with self._lock:
            self.done[what] += 1

    def _start(self, dice: random.Random) -> Any:
        return SATURDAY + timedelta(days=dice.choice((0, 0, 1)), minutes=30 * dice.randint(0, 14))

    def _book(self, dice: random.Random, owner: Any) -> None:
        wanted = dice.choice(("talk", "visit", "class"))
        book(portal=self.portal, by=owner, of=self.plan, service_id=wanted, starts_at=self._start(dice))

    def _one(self, dice: random.Random, owner: Any) -> Booking | None:
        rows = store.own(self.portal.db, owner.id, 20).items
        found = store.bookings(self.portal.db, self.portal.keys, [row["booking_id"] for row in rows])
        alive = [one for one in found if one.alive]
        return dice.choice(alive) if alive else None

    def _move(self, dice: random.Random, owner: Any) -> None:
        if one := self._one(dice, owner):
            body = Reschedule(starts_at=self._start(dice), version=one.version)
            service.reschedule(self.portal, owner, one.id, body, None, NOW)

    def _cancel(self, dice: random.Random, owner: Any) -> None:
        if one := self._one(dice, owner):
            service.cancel(self.portal, owner, one.id, CancelBooking(version=one.version), None, NOW)

    def _answer(self, dice: random.Random, owner: Any) -> None:
        if one := self._one(dice, owner):
            to: Any = dice.choice(("confirmed", "cancelled_by_staff"))
            body = StaffStep(to=to, version=one.version, note="抱歉")
            staff.step(self.portal, self.designer, one.id, body, None, NOW)

    def _wait(self, dice: random.Random, owner: Any) -> None:
        body = JoinLine(
            consultant_id=self.plan.consultant_id, service_id="talk", day=self._start(dice).date()
        )
        line.join(self.portal, owner, body, NOW)

    def _leave(self, dice: random.Random, owner: Any) -> None:
        day = self._start(dice).date()
        for one in line_store.in_line(self.portal.db, self.portal.keys, self.plan.consultant_id, day):
            if one.account_id == owner.id:
                line.leave(self.portal, owner, one.consultant_id, day, one.id, NOW)


def test_a_thousand_operations_by_twenty_threads_leave_no_overlap_and_no_lost_cell(
    portal: Portal, people: People
) -> None:
    crowd = _Crowd(portal, make_plan(portal=portal, people=people), people.designer)
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(crowd.act, range(_OPERATIONS)))
    assert check(portal, crowd.plan.consultant_id, NOW) > 20
    assert sum(crowd.done.values()) == _OPERATIONS
    assert {"book", "move", "cancel", "slot_taken", "answer", "wait"} <= set(crowd.done)
    assert set(crowd.done) <= {
        "book", "move", "cancel", "answer", "wait", "leave", "slot_taken", "version_conflict", "in_line",
        "illegal_transition", "invalid", "unavailable",
    }, crowd.done  # fmt: skip


@pytest.mark.parametrize("operations", [40])
def test_one_thread_leaves_the_same_on_the_engine_and_on_moto(
    portal: Portal, people: People, moto_portal: Portal, operations: int
) -> None:
    left = []
    import_people(portal=moto_portal)
    for one in (portal, moto_portal):
        crowd = _Crowd(one, make_plan(portal=one, people=People(one)), People(one).designer)
        for number in range(operations):
            crowd.act(number)
        check(one, crowd.plan.consultant_id, NOW)
        states = Counter((b.status, b.starts_at, b.service.id) for b in bookings_of(one))
        left.append((states, dict(crowd.done)))
    assert left[0] == left[1]
