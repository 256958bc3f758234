"""What managers save can be read for ever after; what was stored all the same and can't be is harmless."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.models import Person
from chalicelib.db import Put
from chalicelib.duty import service as duty
from chalicelib.managing import service as managing
from chalicelib.managing import store as versions
from chalicelib.managing.models import Version
from chalicelib.portal import Portal
from chalicelib.service_levels import store
from chalicelib.service_levels.policy import default_calendar
from chalicelib.zones import is_known
from tests.browser import Browser
from tests.duty.test_roster import LATER, alerted, by_day
from tests.factories import NOW, People, report

MAPLE = "/desk/communities/maple"
NO_ZONES = (
    "Mars/Olympus",
    "",
    "Asia",
    "../../etc/passwd",
    "Asia/../UTC",
    "UTC\x00",
    "localtime",
    "zone.tab",
    "A" * 300,
)


@pytest.fixture
def manager(site: Portal, people: People) -> Browser:
    return Browser(token=people.token("manager"))


def refusal(page: Any) -> tuple[int, list[tuple[str, str]]]:
    return page.status, [(one["field"], one["code"]) for one in page.json.get("errors", [])]


@pytest.mark.parametrize("name", NO_ZONES)
@pytest.mark.parametrize("query", ["", "?preview=true"])
def test_a_zone_that_nobody_knows_is_refused(manager: Browser, name: str, query: str) -> None:
    read = manager.api("GET", f"{MAPLE}/calendar").json
    calendar = manager.api(
        "PUT", f"{MAPLE}/calendar{query}", {"version": 0, "calendar": {**read["calendar"], "zone_name": name}}
    )
    roster = manager.api("PUT", f"{MAPLE}/roster{query}", {"version": 0, "roster": {"zone_name": name}})
    assert refusal(calendar) == refusal(roster) == (422, [("zone_name", "unknown_zone")])
    assert manager.api("GET", f"{MAPLE}/calendar").json == read, "nothing was saved"
    assert manager.api("GET", f"{MAPLE}/roster").json["version"] == 0


def test_zones_of_all_shapes_are_known() -> None:
    names = ("Asia/Shanghai", "UTC", "Etc/GMT+8", "America/Port-au-Prince", "America/Argentina/Buenos_Aires")
    assert all(map(is_known, names))


def test_a_calendar_stored_with_an_unknown_zone_is_read_in_the_communitys_own(
    site: Portal, people: People, manager: Browser
) -> None:
    now = datetime.now(UTC)
    bad = default_calendar("Mars/Olympus")
    store.save_calendar(site, "maple", people.manager.id, bad, now + timedelta(minutes=3), 0, now)
    assert store.levels_of(site.db, "maple", "Asia/Tokyo").calendars[-1].calendar.zone_name == "Asia/Tokyo"
    file = report(portal=site, by=people.owner, category_id="noise", now=now + timedelta(minutes=5))
    assert file.issue.promised_at > now + timedelta(days=5)
    read = manager.api("GET", f"{MAPLE}/calendar").json
    assert (read["version"], read["calendar"]["zone_name"]) == (1, "Asia/Shanghai")
    again = manager.api("PUT", f"{MAPLE}/calendar?preview=true", {"version": 1, "calendar": read["calendar"]})
    assert again.status == 200
    for path in ("/desk/rules/calendar", "/desk/rules", f"/desk/issues/{file.issue.id}"):
        assert manager.get(path).status == 200


def _stored(portal: Portal, person: Person, zone_name: str) -> None:
    """A roster whose zone nobody checked."""
    roster = replace(by_day(person.id), zone_name=zone_name)
    version = Version(1, NOW, NOW - timedelta(minutes=2), person.id, roster)
    managing.save(portal, "maple", duty.WHAT, "roster_changed", version, NOW)


def test_a_roster_stored_with_an_unknown_zone_is_read_in_the_communitys_own(
    site: Portal, people: People, manager: Browser
) -> None:
    _stored(site, people.technician, "Mars/Olympus")
    read = manager.api("GET", f"{MAPLE}/roster").json
    assert (read["version"], read["roster"]["zone_name"]) == (1, "Asia/Shanghai")
    assert manager.get("/desk/rules").status == manager.get("/desk/rules/roster").status == 200
    assert (
        manager.api("PUT", f"{MAPLE}/roster", {"version": 1, "roster": read["roster"]}).json["version"] == 2
    )
    assert alerted(site, people, LATER) == ["technician"]


def test_an_emergency_whose_roster_can_not_be_judged_alerts_all_of_the_front_desk(
    portal: Portal, people: People
) -> None:
    _stored(portal, people.technician, "Asia/Shanghai")
    key = versions.version_key("maple", duty.WHAT, 1)
    row = portal.db.get(key)
    assert row is not None
    row["body"]["weekly"][0]["days"] = [99]
    portal.db.write(Put(row, replace=True))
    assert alerted(portal, people, LATER) == ["clerk", "manager"]
