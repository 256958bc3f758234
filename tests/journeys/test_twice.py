"""Tapping twice makes one; of two people on one issue the second learns who was quicker."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, fold, open_fold, zh
from tests.journeys.running import CLERK, MANAGER, Running

NOTE = "邻居家自己的水管，请联系他们"


def twice(page: Page, msgid: str) -> None:
    """Tap a button twice, as quickly as an impatient finger can."""
    page.get_by_role("button", name=zh(msgid), exact=True).dblclick(no_wait_after=True)
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_tapping_twice_takes_each_step_once(phones: Phones, running: Running, scripts: bool) -> None:
    phone = running.new_owner()
    owner = phones.open(phone, java_script_enabled=scripts)
    owner.goto("/issues/new?category=plumbing")
    owner.get_by_label(zh("What is wrong?")).fill("水管漏水")
    twice(owner, "Next: photos, then send")
    twice(owner, "Send")
    expect(owner.locator(".line-of-time > li")).to_have_count(1)
    with running.api(phone) as api:
        issues = api.get("issues").json()["items"]
    assert len(issues) == 1
    issue = issues[0]["id"]

    clerk = phones.open(CLERK, java_script_enabled=scripts)
    clerk.goto(f"/desk/issues/{issue}")
    twice(clerk, "Acknowledge")
    expect(clerk.locator(".line-of-time > li")).to_have_count(2)

    steps.fix(running, issue)
    owner.goto(f"/issues/{issue}")
    twice(owner, "Fixed, thank you")
    expect(owner.locator(".fold#rate")).to_be_visible()
    seen = steps.statuses(steps.see(running, phone, issue))
    assert seen == ["submitted", "acknowledged", "assigned", "in_progress", "resolved", "closed"]


def test_tapping_twice_on_send_makes_one_message(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    owner = phones.open(phone, java_script_enabled=False)
    owner.goto(f"/issues/{issue}?message=1")
    owner.get_by_label(zh("Your message")).fill("还在吵")
    twice(owner, "Send message")
    expect(owner.locator(".line-of-time > li.message")).to_have_count(1)


@pytest.mark.parametrize("wide", [True, False], ids=["in the pane", "on a phone"])
def test_the_second_of_two_staff_sees_who_was_quicker_and_keeps_the_note(
    phones: Phones, running: Running, wide: bool
) -> None:
    issue = steps.report(running, running.new_owner(), category="other")
    second = phones.desk(MANAGER) if wide else phones.open(MANAGER)
    if wide:
        second.goto("/desk?status=submitted&category=other")
        second.locator(f".job-link[href$='{issue}']").click()
    else:
        second.goto(f"/desk/issues/{issue}")
    open_fold(second, "Decline")
    fold(second, "Decline").locator("textarea").fill(NOTE)

    steps.move(running, CLERK, issue, "acknowledged")
    fold(second, "Decline").get_by_role("button").click()
    expect(second.get_by_role("status").filter(has_text="李静")).to_be_visible()
    expect(fold(second, "Decline").locator("textarea")).to_have_value(NOTE)
    fold(second, "Decline").get_by_role("button").click()
    expect(second.locator(".line-of-time > li").last).to_contain_text(NOTE)
