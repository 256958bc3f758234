"""A community's roster: versions, races, and whom an emergency alerts."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.communities import store as communities
from chalicelib.communities.models import StaffMember
from chalicelib.conditions import Key
from chalicelib.db import Delete
from chalicelib.duty import service as duty
from chalicelib.duty.models import Duty, Roster
from chalicelib.errors import Invalid, VersionConflict
from chalicelib.inbox import outbox, service, whom
from chalicelib.inbox.models import DESK, OFFICE
from chalicelib.issues import timers
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


def _staff(**roles: str) -> list[StaffMember]:
    return [StaffMember(id=name, name=name, roles=held.split()) for name, held in roles.items()]


@pytest.mark.parametrize(
    ("roles", "on_duty", "told"),
    [
        # Nobody on duty: a gap must never mean that nobody comes.
        ((DESK,), [], {"li": True, "qian": True}),
        ((OFFICE,), [], {"li": True, "qian": True, "zhao": True, "ma": True}),
        # Whoever is on duty stands for the front desk, and the others read it in the morning.
        (("front_line",), ["wang"], {"li": False, "wang": True}),
        ((DESK, "manager"), ["li"], {"li": True, "qian": False, "zhao": True, "ma": True}),
        # Of managers only the one on duty is woken, and where none is, all of them.
        (("manager",), ["ma"], {"zhao": False, "ma": True}),
        (("senior",), ["ma"], {"qian": True}),
        # Nobody is expert: managers are the nearest below.
        (("expert",), [], {"zhao": True, "ma": True}),
    ],
)
def test_roles_are_told_and_only_those_on_duty_at_night(
    roles: tuple[str, ...], on_duty: list[str], told: dict[str, bool]
) -> None:
    staff = _staff(
        li="front_line", qian="senior", wang="technician", zhao="manager", ma="manager", zhou="auditor"
    )
    assert whom.told(roles, staff, on_duty) == told


def test_where_there_is_no_senior_the_front_desk_is_enough(portal: Portal) -> None:
    staff = _staff(li="front_line", zhao="manager")
    assert whom.told((DESK,), staff, []) == {"li": True}
    assert whom.told(("senior",), staff, []) == {"zhao": True}, (
        "a level of the ladder goes to the next higher one"
    )
    assert whom.told((DESK,), _staff(zhao="manager"), []) == {"zhao": True}
    assert whom.told((OFFICE,), _staff(wang="technician"), []) == {}


def test_an_urgent_breach_at_night_wakes_whoever_is_on_duty_alone(portal: Portal, people: People) -> None:
    """The others have it in their inbox at once, and are told outside of it in the morning."""
    save(portal, people, Roster(weekly=(Duty(people.technician.id, ALL_DAYS, 22 * 60, 7 * 60),)))
    timers.run_due(portal, NIGHT - timedelta(minutes=1))
    report(portal=portal, by=people.owner, now=NIGHT)
    timers.run_due(portal, NIGHT + timedelta(hours=2))
    outbox.sweep(portal, NIGHT + timedelta(hours=3))
    late = {name: _urgent(portal, getattr(people, name)) for name in ("clerk", "technician", "manager")}
    assert late == {"clerk": {None}, "technician": {True}, "manager": set()}


def _urgent(portal: Portal, person: Any) -> set[bool | None]:
    rows = portal.db.query_all(Key("PK").eq(f"ACCOUNT#{person.id}") & Key("SK").begins_with("INBOX#"))
    return {row.get("urgent") for row in rows if row["event"] == "escalated"}
