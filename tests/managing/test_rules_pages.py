"""The pages of rules: nothing is saved that was not previewed just so, and nothing typed is lost."""

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.managing import calendar_form, levels, policy_form
from chalicelib.portal import Portal
from chalicelib.service_levels.models import Span
from chalicelib.service_levels.policy import DEFAULT_POLICY, default_calendar
from chalicelib.sops import form as sop_form
from chalicelib.sops import store as sops
from chalicelib.sops.policy import built_in
from tests.browser import Browser
from tests.factories import NOW, People, report

POLICY = "/desk/rules/policy"
FIELDS = {**policy_form.fields(DEFAULT_POLICY), "version": "0", "community_id": "maple"}


@pytest.fixture
def manager(site: Portal, people: People) -> Browser:
    return Browser(cookies={"session": people.token("manager"), "lang": "en"})


def seen(text: str) -> str:
    """What stands for the previewed form."""
    found = re.search(r'name="seen" value="(\w*)"', text)
    assert found
    return found[1]


def test_a_policy_is_saved_after_its_preview_and_stands_in_the_history(
    site: Portal, manager: Browser, people: People
) -> None:
    report(portal=site, by=people.owner, category_id="noise", now=NOW)
    typed = {**FIELDS, "L2_resolve_n": "3", "act": "preview"}
    page = manager.post(POLICY, typed)
    assert page.status == 200
    assert "1 open issue was looked at" in page.text
    assert levels.kept(site, "maple").book.version == 0
    done = manager.post(POLICY, {**typed, "act": "save", "seen": seen(page.text)}, follow=True)
    assert "赵经理" in done.text
    assert levels.kept(site, "maple").policy.classes["L2"].goals["resolve"].days == 3


def test_plans_and_the_clocks_of_complaints_are_changed_with_the_rest(site: Portal, manager: Browser) -> None:
    form = manager.get(POLICY).text
    assert 'name="plan_general_manager" value="1" checked' in form
    assert re.search(r'name="complaint_investigate_n"[^>]* value="72"', form)
    typed = {name: value for name, value in FIELDS.items() if not name.startswith("plan_")}
    typed |= {"plan_slight_senior": "1", "complaint_investigate_n": "48", "call_back_percent": "80"}
    page = manager.post(POLICY, {**typed, "act": "preview"})
    assert 'name="plan_slight_senior" value="1" checked' in page.text
    assert manager.post(POLICY, {**typed, "act": "save", "seen": seen(page.text)}).status == 303
    kept = levels.kept(site, "maple").policy
    assert kept.plans == {"slight": ("senior",)}
    assert kept.complaints.goals["investigate"] == Span("always", hours=48)
    goals = {**DEFAULT_POLICY.complaints.goals, "investigate": Span("always", hours=48)}
    assert kept.complaints == replace(DEFAULT_POLICY.complaints, goals=goals, call_back_percent=80)
    assert levels.kept(site, "cedar").policy == DEFAULT_POLICY


@pytest.mark.parametrize("mark", ["", "something-else"])
def test_what_was_not_previewed_just_so_is_previewed_instead(
    site: Portal, manager: Browser, mark: str
) -> None:
    page = manager.post(POLICY, {**FIELDS, "act": "save", "seen": mark})
    assert page.status == 200
    assert "What it would change" in page.text
    first = seen(page.text)
    changed = manager.post(POLICY, {**FIELDS, "warn_percent": "60", "act": "save", "seen": first})
    assert "What it would change" in changed.text
    assert levels.kept(site, "maple").book.version == 0


def test_when_somebody_else_saved_meanwhile_what_was_typed_stays_and_can_be_saved_next(
    site: Portal, manager: Browser, people: People
) -> None:
    levels.save_policy(site, people.manager, "maple", DEFAULT_POLICY, 0, None, NOW)
    typed = {**FIELDS, "warn_percent": "60", "act": "preview"}
    page = manager.post(POLICY, typed)
    assert page.status == 409
    assert "Somebody changed this after you had opened it." in page.text
    assert 'value="60"' in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version
    again = {**typed, "version": version[1]}
    mark = seen(manager.post(POLICY, again).text)
    assert manager.post(POLICY, {**again, "act": "save", "seen": mark}).status == 303
    assert levels.kept(site, "maple").policy.warn_percent == 60


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        (POLICY, {**FIELDS, "L1_resolve_n": ""}, "L1: how long until it is fixed is missing."),
        (POLICY, {**FIELDS, "complaint_reply_n": ""}, "Every step of a complaint has a time."),
        (POLICY, {**FIELDS, "hard_departments": "1"}, "Give a number of departments between 2 and 5."),
        (POLICY, {**FIELDS, "valid_from": "2026-01-01T08:00"}, "This time is over, or too near."),
        ("/desk/rules/calendar", {"workday": "9-5"}, "Write opening hours such as"),
        ("/desk/rules/roster", {"w0_who": "x"}, "Tick the days of the week"),
        ("/desk/rules/sops/noise", {"zh_1": "长" * 41}, "at most 40 letters"),
        ("/desk/rules/sops/noise", {"zh_1": "一", "due_1_n": "99", "due_1_u": "d"}, "60 days"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_with_all_that_was_typed(
    manager: Browser, path: str, fields: dict[str, str], words: str
) -> None:
    page = manager.post(path, {"version": "0", "community_id": "maple", "act": "save", **fields})
    assert page.status == 422
    assert words in page.text
    for name in {"valid_from", "workday", "zh_1", "due_1_n"} & fields.keys():
        assert f'value="{fields[name]}"' in page.text


def test_a_calendar_and_an_sop_are_saved_the_same_way(site: Portal, manager: Browser) -> None:
    calendar = calendar_form.fields(default_calendar("Asia/Shanghai")) | {"exceptions": "2026-12-31 休息"}
    steps = sop_form.fields(built_in("lift")) | {"zh_6": "回访", "photo_6": "1"}
    for path, fields in (("/desk/rules/calendar", calendar), ("/desk/rules/sops/lift", steps)):
        typed: dict[str, Any] = {**fields, "version": "0", "community_id": "maple"}
        page = manager.post(path, {**typed, "act": "preview"})
        assert page.status == 200, page.text
        done = manager.post(path, {**typed, "act": "save", "seen": seen(page.text)}, follow=True)
        assert "Saved." in done.text
    assert len(levels.kept(site, "maple").calendar.exceptions) == 1
    version, default = sops.newest(site.db, "maple", "lift", 5)
    assert [step.id for step in version.body.steps] == [*(step.id for step in default.body.steps), "s6"]


def test_the_overview_leads_to_all_rules_and_another_communitys_are_not_there(
    manager: Browser, people: People
) -> None:
    page = manager.get("/desk/rules")
    for part in ("policy", "calendar", "roster", "sops"):
        assert f"/desk/rules/{part}?community_id=maple" in page.text
        assert manager.get(f"/desk/rules/{part}?community_id=cedar").status == 404
    assert 'href="/desk/rules"' in manager.get("/me").text


def test_a_roster_of_which_the_preview_shows_more_empty_rows_is_saved_all_the_same(
    site: Portal, manager: Browser, people: People
) -> None:
    night = {f"w0_{day}": "1" for day in range(7)}
    typed = {**night, "w0_who": people.clerk.id, "w0_start": "22:00", "w0_end": "07:00", "version": "0"}
    page = manager.post("/desk/rules/roster", {**typed, "act": "preview"})
    assert 'name="w2_who"' in page.text
    assert '<section class="note wait"' in page.text, "by day nobody is on duty"
    sent = {**typed, "w2_who": "", "w2_start": "", "c1_who": "", "act": "save", "seen": seen(page.text)}
    assert manager.post("/desk/rules/roster", sent).status == 303
    assert "李静" in manager.get("/desk/rules/roster").text
