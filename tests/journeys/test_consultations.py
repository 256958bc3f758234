"""Booking a designer in a browser: book, take another time, cancel, wait; the desk says yes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories_photos import make_photo, make_picture
from tests.journeys.phones import Phones, sign_in, zh
from tests.journeys.running import DESIGNER, NEIGHBOUR, OWNER, Running

TOPIC = "三室两厅，想把厨房打开 <b>&amp;"


def _choose(page: Page, service: str, days_ahead: int) -> None:
    """From home to a day of the designer's with free times."""
    page.goto("/")
    page.get_by_role("link", name=zh("Decoration consultations")).click()
    page.get_by_role("link", name=zh("Book a consultation")).click()
    page.locator(f"a[href*='service_id={service}']").first.click()
    page.locator(".days a").nth(days_ahead).click()
    expect(page.locator(".days a").nth(days_ahead)).to_have_attribute("aria-current", "page")


def _book(page: Page) -> str:
    """Book the time that is offered first; gives back the appointment's page."""
    page.get_by_label(zh("What would you like to talk about?")).fill(TOPIC)
    page.locator(".send button").click()
    page.wait_for_url(re.compile("/consultations/0"))
    expect(page.locator("main")).to_contain_text(TOPIC)
    return page.url


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_an_owner_books_moves_and_cancels(phones: Phones, running: Running, script: bool) -> None:
    page = phones.open(java_script_enabled=script)
    page.goto("/login")
    sign_in(page, running, running.new_owner())
    _choose(page, "video", 6)
    free = page.locator("[name=starts_at]").count()
    there = _book(page)
    expect(page.get_by_role("status").first).to_contain_text("预约成功")
    _choose(page, "video", 6)
    expect(page.locator("[name=starts_at]")).to_have_count(free - 1)
    page.goto(there)
    page.get_by_role("link", name=zh("Another time")).click()
    page.locator(".days a").nth(7).click()
    expect(page.locator(".days a").nth(7)).to_have_attribute("aria-current", "page")
    page.locator("[name=starts_at]").nth(2).check()
    page.locator(".send button").click()
    expect(page.get_by_role("status").first).to_contain_text("已改期")
    page.locator("summary", has_text=zh("Cancel it")).click()
    page.get_by_role("button", name=zh("Yes, cancel it")).click()
    expect(page.get_by_role("status").first).to_contain_text("已取消")
    page.goto("/consultations")
    expect(page.locator("main")).to_contain_text(zh("Cancelled by the owner"))


def test_whoever_waits_is_offered_what_gets_free_and_takes_it(phones: Phones, running: Running) -> None:
    calendar = phones.open()
    calendar.goto("/login")
    sign_in(calendar, running, DESIGNER)
    calendar.goto("/desk/calendar/hours")
    calendar.get_by_label(zh("Appointments a day at most")).fill("1")
    calendar.get_by_role("button", name=zh("Save")).click()
    expect(calendar.get_by_role("status").first).to_contain_text("已保存")
    first = phones.open()
    first.goto("/login")
    sign_in(first, running, running.new_owner())
    _choose(first, "talk", 9)
    there = _book(first)
    second = phones.open()
    second.goto("/login")
    sign_in(second, running, NEIGHBOUR)
    _choose(second, "talk", 9)
    second.get_by_role("button", name=zh("Tell me when a time gets free")).click()
    expect(second.locator("main")).to_contain_text(zh("In line"))
    first.goto(there)
    first.locator("summary", has_text=zh("Cancel it")).click()
    first.get_by_role("button", name=zh("Yes, cancel it")).click()
    expect(first.get_by_role("status").first).to_contain_text("已取消")
    second.reload()
    second.get_by_role("link", name=zh("Take it")).click()
    _book(second)
    second.goto("/consultations")
    expect(second.get_by_role("button", name=zh("Leave the waiting list"))).to_have_count(0)
    calendar.goto("/desk/calendar/hours")
    calendar.get_by_label(zh("Appointments a day at most")).fill("")
    calendar.get_by_role("button", name=zh("Save")).click()


def test_the_designer_says_yes_with_the_keyboard(phones: Phones, running: Running) -> None:
    page = phones.open()
    page.goto("/login")
    sign_in(page, running, running.new_owner())
    _choose(page, "visit", 11)
    there = _book(page)
    designer = phones.open()
    designer.goto("/login")
    sign_in(designer, running, DESIGNER)
    designer.wait_for_url(re.compile("/desk/calendar"))
    button = designer.locator("li", has_text=TOPIC).get_by_role("button", name=zh("Say yes"))
    button.focus()
    designer.keyboard.press("Enter")
    expect(designer.get_by_role("status").first).to_contain_text("已确认")
    page.goto(there)
    expect(page.locator("main")).to_contain_text(zh("Agreed"))


def _report_and_picture(page: Page) -> None:
    """The designer writes the month's report, and shows a room all around."""
    page.goto("/desk/projects/maple-1-101")
    page.get_by_label(zh("What was done, what comes next")).fill("泥木完成一半 <b>")
    page.get_by_role("button", name=zh("Send it to the home")).click()
    expect(page.get_by_role("status").first).to_contain_text("已发送")
    page.goto("/desk/previews?community_id=maple")
    page.get_by_label(zh("Name")).fill("A 户型客厅")
    picture = make_photo(picture=make_picture(size=(2000, 1000)))
    with page.expect_file_chooser() as chooser:
        page.locator(".picker .add").first.click()
    chooser.value.set_files({"name": "room.jpg", "mimeType": "image/jpeg", "buffer": picture})
    expect(page.locator(".picker a[data-view] img")).to_be_visible()
    page.get_by_role("button", name=zh("Add it")).click()
    expect(page.get_by_role("status").first).to_contain_text("已添加")


def test_an_owner_follows_the_decoration_signs_and_looks_around(phones: Phones) -> None:
    _report_and_picture(phones.open(DESIGNER))
    page = phones.open(OWNER, timezone_id="Asia/Shanghai")
    page.goto("/projects/maple-1-101")
    report = page.locator("section[id^=r-]", has_text="泥木完成一半 <b>")
    report.locator("summary").click()
    report.get_by_label(zh("Your message")).fill("照片里的插座要移一下")
    report.get_by_role("button", name=zh("Send it")).click()
    expect(page.locator("main")).to_contain_text("照片里的插座要移一下")
    page.goto("/commitments")
    page.locator("main a[href*='/commitments/0']").first.click()
    page.get_by_label(zh("I have read it and agree to it.")).check()
    page.locator("form[action$='/sign'] button").click()
    expect(page.get_by_role("status").first).to_contain_text("双方已签字")
    kept = page.request.get(
        str(page.get_by_role("link", name=zh("As a document (PDF)")).get_attribute("href"))
    )
    assert kept.body().startswith(b"%PDF-")
    page.goto("/previews")
    assert not [one for one in page.locator("script").all() if "pannellum" in str(one.get_attribute("src"))]
    with page.expect_response(re.compile("pannellum.js")) as viewer:
        page.get_by_role("button", name=zh("Look around")).click()
    assert viewer.value.status == 200
    expect(page.locator(".pnlm-container, .preview [role=status]").first).to_be_visible()


def test_the_zone_is_named_only_where_the_phones_clock_is_another(phones: Phones) -> None:
    for zone, shown in (("Asia/Shanghai", False), ("Asia/Singapore", False), ("Europe/Berlin", True)):
        page = phones.open(OWNER, timezone_id=zone)
        page.goto("/consultations")
        page.locator("main a[href*='/consultations/0']").first.click()
        expect(page.locator(".zone")).to_be_visible(visible=shown)
