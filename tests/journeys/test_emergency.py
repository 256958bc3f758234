"""Danger comes first: the number to call stands before any form, and whoever is on duty is told at once."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.phones import Phones, zh
from tests.journeys.running import CLERK, MANAGER, TECHNICIAN, Running, wait_for


def alarm(portal: Running, staff: str, issue: str) -> dict[str, Any]:
    """The message about an issue that a member of staff has got."""
    with portal.api(staff) as api:

        def arrived() -> dict[str, Any] | None:
            items = api.get("inbox").json()["items"]
            return next((item for item in items if item["issue_id"] == issue), None)

        return wait_for(arrived, what="the alarm")


def test_the_emergency_number_stands_before_the_form_and_staff_are_alerted(
    phones: Phones, running: Running
) -> None:
    phone = running.new_owner()
    owner = phones.open(phone)
    owner.goto("/issues/new")
    first_link = owner.locator("main a[href^='tel:'], main a[href*='category=']").first
    assert (first_link.get_attribute("href") or "").startswith("tel:")
    owner.get_by_role("link", name=zh("Gas smell or leak")).click()
    call = owner.locator("main a[href^='tel:']").first
    expect(call).to_be_in_viewport()
    top, form = call.bounding_box(), owner.locator("main form").bounding_box()
    assert top
    assert form
    assert top["y"] + top["height"] <= form["y"]
    owner.get_by_label(zh("What do you see, hear or smell?")).fill("厨房有煤气味")
    owner.get_by_role("button", name=zh("Send at once")).dblclick()
    expect(owner.get_by_role("status").first).to_contain_text(zh("They know."))
    with running.api(phone) as api:
        assert len(api.get("issues").json()["items"]) == 1
    issue = owner.url.split("/")[-1].split("?")[0]
    for staff in (CLERK, MANAGER):
        assert alarm(running, staff, issue)["text"].startswith(
            zh("EMERGENCY: “%(category)s” (%(number)s) was just reported. Act now.")[:2]
        )
    with running.api(TECHNICIAN) as technician:
        assert not [m for m in technician.get("inbox").json()["items"] if m["issue_id"] == issue]
