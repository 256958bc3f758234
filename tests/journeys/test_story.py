"""From a leak to a rating, through the pages, by three people with their phones."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from chalicelib.i18n import status_short
from tests.journeys.phones import Phones, choose, open_fold, sign_in, zh
from tests.journeys.pictures import phone_photos
from tests.journeys.running import CLERK, TECHNICIAN, Running, wait_for

LEAK = "厨房水槽下面漏水，接了一个盆。"


def signed_in(phones: Phones, phone: str) -> Page:
    page = phones.open()
    page.goto("/login")
    sign_in(page, phones.portal, phone)
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def begin_report(page: Page) -> None:
    """From home to the step with the photos."""
    page.goto("/")
    page.get_by_role("link", name=zh("Report an issue")).click()
    page.get_by_role("link", name=zh("Water and drains")).click()
    page.get_by_label(zh("What is wrong?")).fill(LEAK)
    page.locator("[name=windows]").first.check()
    page.get_by_role("button", name=zh("Next: photos, then send")).click()


def test_a_leak_is_reported_fixed_confirmed_and_rated_through_the_pages(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    photos = phone_photos(tmp_path)
    owner = signed_in(phones, running.new_owner())
    begin_report(owner)
    owner.locator("input[type=file]").set_input_files(photos)
    expect(owner.locator(".photos img[src*=portal-media]")).to_have_count(2)
    owner.reload()
    expect(owner.locator(".photos img")).to_have_count(2)
    owner.get_by_role("button", name=zh("Send"), exact=True).click()
    expect(owner.get_by_role("status").first).to_contain_text(zh("Thank you."))
    expect(owner.locator(".photos img")).to_have_count(2)
    issue = owner.url.split("?")[0]
    desk = issue.replace("/issues/", "/desk/issues/")

    clerk = signed_in(phones, CLERK)
    clerk.goto(desk)
    clerk.get_by_role("button", name=zh("Acknowledge")).click()
    choose(clerk, "Who takes it?", "王师傅")
    clerk.get_by_role("button", name=zh("Assign")).click()
    expect(clerk.locator(".promise")).to_contain_text("王师傅")

    technician = signed_in(phones, TECHNICIAN)
    technician.goto(desk)
    technician.get_by_role("button", name=zh("Start work")).click()
    open_fold(technician, "It is fixed")
    technician.locator("input[type=file]").first.set_input_files(photos[1])
    expect(technician.locator(".shots img")).to_have_count(1)  # kept on the phone until it is sent
    technician.get_by_label(zh("What was done?")).fill("换了一节软管，试水不漏了。")
    technician.get_by_role("button", name=zh("Report as fixed")).click()
    expect(technician.locator(".badge").first).to_contain_text(status_short("resolved", "zh-CN"))

    owner.goto("/")
    owner.get_by_role("button", name=zh("Fixed, thank you")).click()
    expect(owner.get_by_role("status").first).to_contain_text("谢谢")
    wait_for(lambda: _both_pictures(owner), what="the pictures before and after")
    for name in ("professionalism", "attitude", "efficiency"):
        owner.locator(f"[name={name}][value='5'] + label").click()
    expect(owner.get_by_role("status").first).to_contain_text("谢谢")
    expect(owner.locator(".line-of-time > li").last).to_contain_text(re.compile("5.*5.*5"))


def _both_pictures(owner: Page) -> bool:
    """The page shows them side by side once both have been taken in, which may need a moment."""
    owner.reload()
    return owner.locator(".before-after img").count() == 2
