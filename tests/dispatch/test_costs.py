"""Labour and materials: no minute is worked twice, and nothing is ever overwritten."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dispatch import cost_rules, costs
from chalicelib.dispatch.cost_models import AddLabour, AddMaterial
from chalicelib.errors import Forbidden, IllegalTransition, Invalid
from chalicelib.issues import access
from chalicelib.portal import Portal
from tests.factories import NOW, People, bring_to, make_key
from tests.racing import codes, race

HOUR = timedelta(hours=1)


def _work(start: float = -3, hours: float = 1, **more: Any) -> AddLabour:
    begin = NOW + start * HOUR
    return AddLabour(start=begin, end=begin + hours * HOUR, **more)


@pytest.fixture
def job(portal: Portal, people: People) -> str:
    """A job that is being worked on."""
    return bring_to(portal=portal, people=people, status="in_progress").issue.id


def _listed(portal: Portal, people: People, job: str) -> Any:
    return costs.listed(access.for_staff(portal, people.manager, job)[0])


def test_two_jobs_entered_for_one_minute_at_the_same_moment_leave_one(portal: Portal, people: People) -> None:
    jobs = [bring_to(portal=portal, people=people, status="in_progress").issue.id for _ in range(4)]
    tech = people.technician
    done = race([partial(costs.add_labour, portal, tech, job, _work(), None, NOW) for job in jobs])
    assert codes(done) == ["minutes_taken"] * 3 + ["ok"]
    assert sum(_listed(portal, people, job).minutes for job in jobs) == 60


def test_stretches_that_only_touch_are_all_kept_whoever_is_quicker(
    portal: Portal, people: People, job: str
) -> None:
    tech = people.technician
    starts = (-5, -4, -3, -2)
    done = race([partial(costs.add_labour, portal, tech, job, _work(at), None, NOW) for at in starts])
    assert codes(done) == ["ok"] * 4
    assert _listed(portal, people, job).minutes == 240


def test_a_mistake_is_taken_back_by_a_row_of_its_own_and_frees_the_minutes(
    portal: Portal, people: People, job: str
) -> None:
    tech = people.technician
    wrong = costs.add_labour(portal, tech, job, _work(-12, 3), None, NOW)  # across midnight (UTC)
    assert codes(race([lambda: costs.reverse(portal, tech, job, wrong.id, None, NOW)] * 3)) == [
        "ok", "reversed_already", "reversed_already",
    ]  # fmt: skip
    costs.add_labour(portal, tech, job, _work(-11, 2), None, NOW)
    shown = _listed(portal, people, job)
    assert [row.minutes for row in shown.items] == [180, -180, 120]
    assert shown.total_fen == shown.labour_fen == 9000


def test_the_same_key_enters_work_once(portal: Portal, people: People, job: str) -> None:
    key = make_key(of=people.technician)
    rows = [costs.add_labour(portal, people.technician, job, _work(), key, NOW) for _ in range(2)]
    assert rows[0] == rows[1]
    assert len(_listed(portal, people, job).items) == 1


def test_materials_add_up_to_the_fen(portal: Portal, people: People, job: str) -> None:
    for quantity, unit in ((Decimal("2"), 1550), (Decimal("0.333"), 1000)):
        body = AddMaterial(name="水管", quantity=quantity, unit_fen=unit)
        costs.add_material(portal, people.technician, job, body, None, NOW)
    shown = _listed(portal, people, job)
    assert [row.cost_fen for row in shown.items] == [3100, 333]
    assert [row.quantity for row in shown.items] == ["2", "0.333"]
    assert shown.material_fen == 3433


def test_technicians_enter_their_own_work_and_the_office_anybodys(
    portal: Portal, people: People, job: str
) -> None:
    other = people.other_technician
    with pytest.raises(Forbidden):
        costs.add_labour(portal, people.technician, job, _work(person_id=other.id), None, NOW)
    row = costs.add_labour(portal, people.clerk, job, _work(person_id=other.id), None, NOW)
    with pytest.raises(Forbidden):
        costs.reverse(portal, people.technician, job, row.id, None, NOW)


def test_what_nobody_has_worked_on_has_no_costs(portal: Portal, people: People) -> None:
    new = bring_to(portal=portal, people=people, status="submitted").issue.id
    with pytest.raises(IllegalTransition):
        costs.add_labour(portal, people.clerk, new, _work(), None, NOW)


@pytest.mark.parametrize(("start", "hours"), [(-1, -1), (-1, 2), (-20, 17), (-24 * 32, 1), (-1, 0)])
def test_times_that_cannot_be_are_refused(start: float, hours: float) -> None:
    with pytest.raises(Invalid):
        cost_rules.check_labour(_work(start, hours), NOW)


def test_owners_see_nothing_of_it(
    portal: Portal, people: People, job: str, caller: Any, signed_in: Any
) -> None:
    body = AddMaterial(name="特种胶水", quantity=Decimal(1), unit_fen=987)
    costs.add_material(portal, people.technician, job, body, None, NOW)
    assert "特种胶水" in signed_in("clerk").get(f"/desk/issues/{job}").text
    assert "特种胶水" in caller("technician").api("GET", f"/desk/issues/{job}/costs").text
    assert "特种胶水" not in caller("owner").api("GET", f"/issues/{job}").text
    assert "特种胶水" not in signed_in("owner").get(f"/issues/{job}").text


def test_the_pages_forms_enter_and_keep_what_was_typed(
    portal: Portal, people: People, job: str, signed_in: Any
) -> None:
    browser, path = signed_in("technician"), f"/desk/issues/{job}"
    wrong = browser.post(
        f"{path}/materials", {"name": "水管", "quantity": "viel", "unit": "3.50", "key": "k-00000001"}
    )
    assert wrong.status == 422
    assert "viel" in wrong.text
    for _ in range(2):
        done = browser.post(
            f"{path}/materials", {"name": "水管", "quantity": "2", "unit": "3.50", "key": "k-00000001"}
        )
        assert done.status == 303, done.text
    assert _listed(portal, people, job).material_fen == 700


_minutes = st.integers(0, 3000)


@given(st.lists(st.tuples(_minutes, st.integers(1, 960)), max_size=12))
def test_whatever_is_entered_no_minute_counts_twice(entered: list[tuple[int, int]]) -> None:
    start = datetime(2026, 11, 18, 0, 0, tzinfo=UTC)
    kept: dict[str, list[cost_rules.Stretch]] = {}
    taken: set[int] = set()
    for n, (at, length) in enumerate(entered):
        wanted = cost_rules.days(
            start + timedelta(minutes=at), start + timedelta(minutes=at + length), str(n)
        )
        free = not taken & set(range(at, at + length))
        try:
            after = {day: cost_rules.with_stretch(kept.get(day, []), one) for day, one in wanted.items()}
        except cost_rules.MinutesTaken:
            assert not free
            continue
        assert free
        kept |= after
        taken |= set(range(at, at + length))
    assert sum(end - begin for day in kept.values() for begin, end, _ in day) == len(taken)


@given(st.integers(0, 10**4), st.integers(0, 10**6))
def test_amounts_are_whole_fen_and_half_a_fen_goes_up(minutes: int, rate: int) -> None:
    exact = Decimal(minutes) * rate / 60
    assert abs(cost_rules.labour_fen(minutes, rate) - exact) <= Decimal("0.5")
    assert cost_rules.material_fen(minutes, 1) == int(Decimal(minutes) / 1000 + Decimal("0.5"))
