"""What can't be promised, or by which nothing would get done, is refused by its field: over the API and on the page."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from chalicelib.managing import policy_form
from chalicelib.portal import Portal
from chalicelib.service_levels.models import Policy
from chalicelib.service_levels.policy import DEFAULT_POLICY
from tests.browser import Browser
from tests.factories import People

MAPLE = "/desk/communities/maple"


@pytest.fixture
def manager(site: Portal, people: People) -> Browser:
    return Browser(token=people.token("manager"))


def policy(**changes: Any) -> dict[str, Any]:
    """The default policy as JSON, with other values at places such as `classes.L1.goals.resolve`."""
    found: dict[str, Any] = TypeAdapter(Policy).dump_python(DEFAULT_POLICY, mode="json")
    for place, value in changes.items():
        *way, last = place.split(".")
        inner = found
        for name in way:
            inner = inner[int(name)] if isinstance(inner, list) else inner[name]
        inner[int(last) if isinstance(inner, list) else last] = value
    return found


HUGE, L1 = 1_000_000_000_000, "classes.L1.goals"
SAME = [{"after": {"clock": "always", "hours": 1}, "told": ["manager"]}] * 2


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (f"{L1}.resolve.hours", HUGE, f"policy.{L1}.resolve.hours"),
        ("classes.L2.ladder.1.after.days", HUGE, "policy.classes.L2.ladder.1.after.days"),
        ("complaints.goals.start.minutes", 10**30, "policy.complaints.goals.start.minutes"),
        (f"{L1}.resolve.days", 3_660, "L1_resolve"),
        (f"{L1}.acknowledge", {"clock": "always", "hours": 100}, "L1_acknowledge"),
        (f"{L1}.on_site", {"clock": "working", "hours": 25}, "L1_on_site"),
        ("classes.L2.goals.acknowledge", {"clock": "working", "days": 8}, "L2_acknowledge"),
        ("categories", {"gas": {"acknowledge": {"clock": "always", "days": 2}}}, "gas_acknowledge"),
        ("categories", {"gas": {"resolve": {"clock": "always", "hours": 1}}}, "gas_resolve"),
        ("categories", {"gas": {"resolve": {"clock": "always"}}}, "gas_resolve"),
        ("classes.L1.ladder", SAME, "L1_ladder"),
        ("classes.L1.ladder.0.told", ["manager", "manager"], "L1_ladder"),
        ("unresolved", "PT5S", "unresolved"),
        ("ask_again", "PT1S", "ask_again"),
        ("pauses.waiting_parts", "PT1S", "pauses"),
        ("complaints.hard_after", "PT1S", "hard_after"),
        ("complaints.goals.reply", {"clock": "working", "days": 4}, "complaint_reply"),
        ("delays", [["P3D", "slight"], ["P3D", "general"], [None, "serious"]], "delays"),
        ("delays", [["P3D", "slight"], ["PT0S", "serious"]], "delays"),
        ("delays", [["PT1S", "slight"], [None, "general"], [None, "serious"]], "delays"),
        ("delays", [["P999999999D", "general"], [None, "serious"]], "delays"),
        ("delays", [["P3D", "general"], [None, "general"]], "delays"),
        ("delays.0.1", "😀<b>x</b>", "delays"),
        ("delays.0.1", "", "delays"),
        ("delays.0.1", "slight\n", "delays"),
        ("delays", [[f"P{n}D", f"d{n}"] for n in range(1, 9)] + [[None, "serious"]], "delays"),
        ("plans.serious", ["manager", "manager"], "plans"),
        ("reminders", ["PT60S", "PT90S"], "reminders"),
        ("reminders", ["PT1S"], "reminders"),
        ("quiet.end", "22:00:00", "quiet_end"),
    ],
)
def test_what_can_not_be_promised_is_refused_by_its_field(
    manager: Browser, place: str, value: Any, field: str
) -> None:
    body = {"version": 0, "policy": policy(**{place: value})}
    for query in ("?preview=true", ""):
        page = manager.api("PUT", f"{MAPLE}/policy{query}", body)
        assert page.status == 422, page.text
        assert [one["field"] for one in page.json["errors"]] == [field]
    assert manager.api("GET", f"{MAPLE}/policy").json["version"] == 0


@pytest.mark.parametrize(
    ("place", "value"),
    [
        # By some calendars that is before the repair; and the first level is told at once.
        (f"{L1}.acknowledge", {"clock": "working", "days": 3}),
        ("classes.L2.goals.resolve", {"clock": "always", "hours": 9}),
        (
            "categories",
            {"gas": {"resolve": {"clock": "always", "hours": 1}, "acknowledge": None, "on_site": None}},
        ),
        ("delays", [["P1D", "轻微"], ["P2D", "a_b-c"], [None, "serious"]]),
        ("delays", [[None, "serious"]]),
    ],
)
def test_what_can_be_kept_by_some_calendar_is_taken(manager: Browser, place: str, value: Any) -> None:
    body = {"version": 0, "policy": policy(plans={}, **{place: value})}
    assert manager.api("PUT", f"{MAPLE}/policy", body).json["version"] == 1


def test_the_page_refuses_the_same_in_words(site: Portal, people: People, manager: Browser) -> None:
    fields = policy_form.fields(DEFAULT_POLICY) | {"version": "0", "community_id": "maple"}
    wrong = {"quiet_end": "22:00", "L1_acknowledge_n": "100", "L1_rung2_n": "0"}
    for name, value in wrong.items():
        page = manager.post("/desk/rules/policy", fields | {name: value})
        assert page.status == 422
        key = name.removesuffix("_n").replace("rung2", "ladder")
        assert f'href="#f-{key}"' in page.text


def test_a_step_of_ages_is_refused(manager: Browser) -> None:
    step = {"id": "a", "name": {"zh": "看"}, "due": {"clock": "always", "days": 1_000_000_000}}
    page = manager.api(
        "PUT", f"{MAPLE}/sops/wall_seepage?preview=true", {"version": 0, "sop": {"steps": [step]}}
    )
    assert page.status == 422
    assert [one["field"] for one in page.json["errors"]] == ["sop.steps.0.due.days"]


@pytest.mark.parametrize("wrong", ["", "a b", "😀", "x" * 33, "a\n"])
def test_a_steps_id_that_can_not_be_is_told_apart_from_one_that_is_there_twice(
    manager: Browser, wrong: str
) -> None:
    steps = [{"id": "a", "name": {"zh": "看"}}, {"id": wrong, "name": {"zh": "修"}}]
    page = manager.api("PUT", f"{MAPLE}/sops/noise", {"version": 0, "sop": {"steps": steps}})
    assert [(one["field"], one["code"]) for one in page.json["errors"]] == [("id_2", "wrong_id")]
    steps[1]["id"] = "a"
    page = manager.api("PUT", f"{MAPLE}/sops/noise", {"version": 0, "sop": {"steps": steps}})
    assert [(one["field"], one["code"]) for one in page.json["errors"]] == [("steps", "same_step")]


def test_a_step_named_with_nothing_but_space_is_refused(manager: Browser) -> None:
    steps = [{"id": "a", "name": {"zh": " \u3000", "en": "\t"}}]
    page = manager.api("PUT", f"{MAPLE}/sops/noise", {"version": 0, "sop": {"steps": steps}})
    assert (page.status, page.json["errors"][0]["field"]) == (422, "name_1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"week": [[{"start": 0, "end": 1}], [], [], [], [], [], []]}, "workday"),
        ({"workday": [{"start": n, "end": n + 1} for n in range(9)]}, "workday"),
        ({"exceptions": {"2026-12-31": [{"start": n, "end": n + 1} for n in range(9)]}}, "exceptions"),
    ],
)
def test_a_calendar_by_which_nothing_gets_done_is_refused(manager: Browser, change: Any, field: str) -> None:
    read = manager.api("GET", f"{MAPLE}/calendar").json["calendar"]
    page = manager.api("PUT", f"{MAPLE}/calendar", {"version": 0, "calendar": {**read, **change}})
    assert page.status == 422
    assert [one["field"] for one in page.json["errors"]] == [field]
