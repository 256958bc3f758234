"""An outage is followed instead of reported; an issue goes to the person proposed; a call finds that it is broken."""

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.running import CLERK, MANAGER, TECHNICIAN, Running


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_report_of_a_running_outage_is_followed_with_one_tap(
    phones: Phones, running: Running, script: bool
) -> None:
    phone = running.new_owner()
    with running.api(phone) as owner, running.api(CLERK) as clerk:
        home = owner.get("me").json()["units"][0]["id"]
        about = {
            "community_id": "maple",
            "category_id": "electrical",
            "unit_ids": [home],
            "text": "总闸跳了，在修",
        }
        master = clerk.post("desk/outages", json=about).json()["id"]
    page = phones.open(phone, java_script_enabled=script)
    page.goto("/issues/new?category=electrical")
    page.locator("[name=description]").fill("家里没电")
    page.locator("form .send button").click()
    expect(page.locator(".outage")).to_contain_text("总闸跳了，在修")
    page.locator(".outage button").click()
    page.wait_for_url(f"**/issues/{master}**")
    assert steps.see(running, phone, master)["relation"] == "follower"


def test_the_desk_gives_an_issue_to_the_person_proposed_and_hears_on_the_phone_that_it_does_not_hold(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner()
    issue = steps.report(running, owner, category="doors_windows", text="门关不上")
    steps.move(running, CLERK, issue, "acknowledged")
    page = phones.open(CLERK)
    page.goto(f"/desk/issues/{issue}")
    expect(page.locator(".proposed")).to_contain_text(zh("Proposed: %(name)s").split("%")[0])
    page.locator(".proposed button").click()
    expect(page.locator(".promise")).to_contain_text("师傅")
    taker = next(
        row["assignee"] for row in steps.see(running, owner, issue)["timeline"] if row["kind"] == "assigned"
    )
    with running.api(MANAGER) as manager:
        people = manager.get("desk/people?community_id=maple").json()["items"]
    assert taker["id"] in {one["id"] for one in people}
    steps.assign(running, issue)  # to the one whose phone we have
    steps.move(running, TECHNICIAN, issue, "in_progress")
    steps.move(running, TECHNICIAN, issue, "resolved", note="修好了")
    page.goto("/desk/callbacks")
    page.locator(f"a[href*='{issue}']").click()
    page.locator("[name=reached][value=yes]").check()
    page.locator("[name=fixed][value=no]").check()
    page.locator("[name=satisfied][value=no]").check()
    page.locator("[name=words]").fill("还是关不上")
    page.locator("form.card button").click()
    expect(page.get_by_role("status").first).to_contain_text(
        zh("It is open again; everybody concerned has been told.")
    )
    assert steps.see(running, owner, issue)["status"] == "reopened"
