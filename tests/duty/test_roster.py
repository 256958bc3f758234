"""A community's roster: versions, races, and whom an emergency alerts."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.communities import store as communities
from chalicelib.db import Delete
from chalicelib.duty import service as duty
from chalicelib.duty.models import Duty, Roster
from chalicelib.errors import Invalid, VersionConflict
from chalicelib.inbox import outbox, service
from chalicelib.portal import Portal
from tests.factories import NOW, People, report
from tests.racing import codes, race

#: 10:00 in Shanghai is by day; the roster holds from two minutes later on.
LATER = NOW + timedelta(minutes=5)
NIGHT = NOW.replace(hour=17)
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)


def by_day(account_id: str) -> Roster:
    return Roster(weekly=(Duty(account_id, ALL_DAYS, 7 * 60, 22 * 60),))


def save(portal: Portal, people: People, roster: Roster, seen: int = 0, **more: Any) -> Any:
    wanted = more.get("wanted")
    return duty.save(portal, people.manager, "maple", roster, seen, wanted, more.get("now", NOW))


def alerted(portal: Portal, people: People, at: Any) -> list[str]:
    """Whom a report of gas alerts."""
    report(portal=portal, by=people.owner, category_id="gas", now=at)
    outbox.sweep(portal, at + timedelta(minutes=1))
    names = ("clerk", "technician", "other_technician", "manager")
    return [name for name in names if _alarms(portal, getattr(people, name))]


def _alarms(portal: Portal, person: Any) -> list[str]:
    items = service.read(portal, person, 50, None, "en", NOW)[0]
    return [item.text for item in items if item.text.startswith("EMERGENCY")]


def test_without_a_roster_all_of_the_front_desk_is_alerted(portal: Portal, people: People) -> None:
    assert alerted(portal, people, NOW) == ["clerk", "manager"]


def test_an_emergency_alerts_whoever_is_on_duty_and_nobody_else(portal: Portal, people: People) -> None:
    save(portal, people, by_day(people.technician.id))
    assert alerted(portal, people, LATER) == ["technician"]


def test_while_nobody_is_on_duty_all_of_the_front_desk_is_alerted(portal: Portal, people: People) -> None:
    save(portal, people, by_day(people.technician.id))
    assert alerted(portal, people, NIGHT) == ["clerk", "manager"]


def test_a_roster_holds_two_minutes_after_it_was_made_at_the_earliest(portal: Portal, people: People) -> None:
    version = save(portal, people, by_day(people.technician.id))
    assert version.valid_from == NOW + timedelta(minutes=2)
    assert alerted(portal, people, NOW + timedelta(minutes=1)) == ["clerk", "manager"]
    for wanted in (NOW, NOW + timedelta(minutes=1), NOW + timedelta(days=400)):
        with pytest.raises(Invalid):
            save(portal, people, by_day(people.clerk.id), 1, wanted=wanted)


def test_a_version_planned_for_later_leaves_the_one_before_until_then(portal: Portal, people: People) -> None:
    save(portal, people, by_day(people.technician.id))
    tomorrow = NOW + timedelta(days=1)
    save(portal, people, by_day(people.other_technician.id), 1, wanted=tomorrow)
    assert alerted(portal, people, LATER) == ["technician"]
    assert alerted(portal, people, tomorrow + timedelta(minutes=1)) == ["technician", "other_technician"]


def test_somebody_who_is_no_longer_staff_is_not_alerted(portal: Portal, people: People) -> None:
    save(portal, people, by_day(people.technician.id))
    portal.db.write(Delete(communities.staff_key("maple", people.technician.id)))
    assert alerted(portal, people, LATER) == ["clerk", "manager"]


def test_two_managers_who_saw_the_same_version_leave_one_new_one(portal: Portal, people: People) -> None:
    rosters = [by_day(people.technician.id), by_day(people.clerk.id)]
    results = race([lambda one=one: save(portal, people, one) for one in rosters])  # type: ignore[misc]
    assert codes(results) == ["ok", "version_conflict"]
    assert [one.number for one in duty.newest(portal, "maple", 5)] == [1, 0]


def test_a_form_sent_twice_makes_one_version_and_an_old_one_is_refused(
    portal: Portal, people: People
) -> None:
    first = save(portal, people, by_day(people.clerk.id))
    assert save(portal, people, by_day(people.clerk.id)) == first
    with pytest.raises(VersionConflict):
        save(portal, people, by_day(people.technician.id))


def test_only_staff_who_work_on_issues_can_be_on_duty(portal: Portal, people: People) -> None:
    for who in (people.owner, people.auditor, people.cedar_clerk):
        with pytest.raises(Invalid):
            save(portal, people, by_day(who.id))
