"""Rules over the API: read, previewed, saved once; one community's are not another's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from chalicelib.managing import levels
from chalicelib.portal import Portal
from chalicelib.service_levels.models import Policy
from chalicelib.service_levels.policy import DEFAULT_POLICY
from tests.browser import Browser
from tests.factories import NOW, People, report
from tests.racing import race

MAPLE, CEDAR = "/desk/communities/maple", "/desk/communities/cedar"


@pytest.fixture
def manager(site: Portal, people: People) -> Browser:
    return Browser(token=people.token("manager"))


def policy(**classes: Any) -> dict[str, Any]:
    """The default policy as JSON, with L2's promise to resolve in so many working days."""
    found: dict[str, Any] = TypeAdapter(Policy).dump_python(DEFAULT_POLICY, mode="json")
    for name, days in classes.items():
        found["classes"][name]["goals"]["resolve"] = {"clock": "working", "days": days}
    return found


def test_a_policy_is_previewed_then_saved_and_leaves_the_neighbours_alone(
    site: Portal, people: People, manager: Browser
) -> None:
    for _ in range(2):
        report(portal=site, by=people.owner, category_id="noise", now=datetime.now(UTC))
    before = manager.api("GET", f"{MAPLE}/policy").json
    assert (before["version"], before["versions"]) == (0, [])
    body = {"version": 0, "policy": policy(L2=3)}
    seen = manager.api("PUT", f"{MAPLE}/policy?preview=true", body).json
    assert seen["version"] == 0
    told = seen["preview"]
    assert (told["looked_at"], told["earlier"], told["later"], told["late"]) == (2, 2, 0, 0)
    assert [one["goal"] for one in told["examples"]] == ["resolve", "resolve"]
    saved = manager.api("PUT", f"{MAPLE}/policy", body).json
    assert saved["version"] == 1
    assert saved["policy"]["classes"]["L2"]["goals"]["resolve"]["days"] == 3
    assert [one["made_by"] for one in saved["versions"]] == [people.manager.id]
    cedar = Browser(token=people.token("cedar_manager")).api("GET", f"{CEDAR}/policy").json
    assert cedar["policy"] == before["policy"]


def test_a_policy_that_makes_promises_late_says_so_before_it_is_saved(
    site: Portal, people: People, manager: Browser
) -> None:
    report(portal=site, by=people.owner, category_id="noise", now=datetime.now(UTC))
    given = policy()
    given["classes"]["L2"]["goals"]["resolve"] = {"clock": "always", "minutes": 1}
    told = manager.api("PUT", f"{MAPLE}/policy?preview=true", {"version": 0, "policy": given}).json["preview"]
    assert (told["looked_at"], told["late"], told["late_issues"]) == (1, 1, 1)
    assert [(one["goal"], one["late"]) for one in told["examples"]] == [("resolve", True)]


def test_who_saves_without_having_seen_the_newest_is_told_so(
    site: Portal, people: People, manager: Browser
) -> None:
    body = {"version": 0, "policy": policy(L2=3)}
    assert manager.api("PUT", f"{MAPLE}/policy", body).status == 200
    assert manager.api("PUT", f"{MAPLE}/policy", body).json["version"] == 1, "sent twice is once"
    other = manager.api("PUT", f"{MAPLE}/policy", {"version": 0, "policy": policy(L2=5)})
    assert (other.status, other.json["code"]) == (409, "version_conflict")
    calendar = manager.api("GET", f"{MAPLE}/calendar").json
    assert calendar["version"] == 1, "policy and calendar are counted together"


def test_two_managers_at_once_leave_one_policy(site: Portal, people: People) -> None:
    def save(days: int) -> Any:
        changed = policy(L2=days)
        wanted = TypeAdapter(Policy).validate_python(changed)
        return levels.save_policy(site, people.manager, "maple", wanted, 0, None, NOW)

    results = race([lambda days=days: save(days) for days in (3, 4, 5)])  # type: ignore[misc]
    assert sum(isinstance(one, levels.Kept) for one in results) == 1
    assert len(levels.kept(site, "maple").book.policies) == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("policy", {"version": 0}, "policy"),
        ("policy", {"version": 0, "policy": policy() | {"warn_percent": 0}}, "warn_percent"),
        ("policy", {"version": 0, "policy": policy(), "valid_from": "2026-01-01T00:00:00Z"}, "valid_from"),
        ("calendar", {"version": 0, "calendar": {"zone_name": "Asia/Shanghai"}}, "calendar.workday"),
        ("roster", {"version": 0, "roster": {"weekly": [{"account_id": "x"}]}}, "roster.weekly.0.days"),
        ("sops/noise", {"version": 0, "sop": {"steps": [{"id": "a", "name": {}}]}}, "name_1"),
        ("sops/noise", {"version": -1, "sop": {}}, "version"),
    ],
)
def test_a_rule_that_can_not_be_is_refused_by_its_field(
    manager: Browser, path: str, body: Any, field: str
) -> None:
    page = manager.api("PUT", f"{MAPLE}/{path}", body)
    assert page.status == 422
    assert field in [error["field"] for error in page.json["errors"]]


def test_an_sop_is_previewed_and_saved_for_its_category_only(manager: Browser) -> None:
    steps = [
        {"id": "shut", "name": {"zh": "关总阀", "en": "Main valve closed"}},
        {"id": "new", "name": {"zh": "拍照"}, "photo": True},
    ]
    body = {"version": 0, "sop": {"steps": steps, "proof": True}}
    told = manager.api("PUT", f"{MAPLE}/sops/plumbing?preview=true", body).json["preview"]
    assert [one["zh"] for one in told["added"]] == ["拍照"]
    assert [one["zh"] for one in told["changed"]] == ["关总阀"]
    assert len(told["removed"]) == 4
    assert manager.api("PUT", f"{MAPLE}/sops/plumbing", body).json["version"] == 1
    items = {one["category_id"]: one for one in manager.api("GET", f"{MAPLE}/sops").json["items"]}
    assert (items["plumbing"]["version"], len(items["plumbing"]["sop"]["steps"])) == (1, 2)
    assert items["electrical"]["version"] == 0
    assert manager.api("GET", f"{MAPLE}/sops/moon").status == 404
    found = manager.api("GET", "/communities/maple/categories").json["items"]
    proof = [one["id"] for one in found if one["proof"]]
    assert proof == ["wall_seepage", "delivery_defect"], "the new one holds in two minutes only"


def test_a_roster_tells_whose_turn_it_is_and_when_it_is_nobodys(manager: Browser, people: People) -> None:
    weekly = [{"account_id": people.clerk.id, "days": [0, 1, 2, 3, 4, 5, 6], "start": 480, "end": 1320}]
    body = {"version": 0, "roster": {"weekly": weekly}}
    told = manager.api("PUT", f"{MAPLE}/roster?preview=true", body).json
    assert (told["version"], len(told["turns"])) == (0, 15)
    assert {turn["account_id"] for turn in told["turns"]} == {people.clerk.id, None}
    saved = manager.api("PUT", f"{MAPLE}/roster", body).json
    assert (saved["version"], saved["on_duty"]) == (1, [])
    assert manager.api("GET", f"{MAPLE}/roster").json["roster"]["weekly"][0]["end"] == 1320
