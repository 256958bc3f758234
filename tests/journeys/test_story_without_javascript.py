"""The same story on phones that run no JavaScript: plain forms, one photo after another."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from chalicelib.i18n import status_short
from tests.journeys.phones import Phones, choose, fold, zh
from tests.journeys.pictures import phone_photos
from tests.journeys.running import CLERK, TECHNICIAN, Running, wait_for

REPORT = "阳台的墙一直渗水，下雨天更厉害。"


def add_photo(page: Page, picker: Locator, photo: Path) -> None:
    """Add one photo: on to the upload page, straight to storage, and back by storage's redirect."""
    picker.get_by_role("button", name=zh("Add a photo")).click()
    page.get_by_label(zh("Photo"), exact=True).set_input_files(photo)
    page.get_by_role("button", name=zh("Send this photo")).click()
    page.wait_for_url(lambda url: "/issues" in urlsplit(url).path)


def see_photos(page: Page, picker: Locator, count: int) -> None:
    """Load the page again until its photos have been prepared."""

    def all_there() -> bool:
        if picker.locator("img").count() >= count:
            return True
        page.reload()
        return False

    wait_for(all_there, 40, "photos")
    expect(picker.locator("img")).to_have_count(count)


def report(page: Page, photos: list[Path]) -> None:
    page.goto("/issues/new")
    page.get_by_role("link", name=zh("Damp walls and seepage")).click()
    page.get_by_label(zh("What is wrong?")).fill(REPORT)
    page.get_by_role("button", name=zh("Next: photos, then send")).click()
    for photo in photos:
        add_photo(page, page.locator(".picker"), photo)
    expect(page.locator("dl")).to_contain_text(REPORT)
    see_photos(page, page.locator(".picker"), len(photos))
    page.get_by_role("button", name=zh("Send"), exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    expect(page.locator(".photos").first.locator("img")).to_have_count(len(photos))


def resolve(page: Page, photos: list[Path]) -> None:
    page.get_by_role("button", name=zh("Start work")).click()
    form = fold(page, "It is fixed")
    form.locator("summary").click()
    form.get_by_label(zh("What was done?")).fill("防水重新做了，明天看一下。")
    for number, photo in enumerate(photos, 1):
        add_photo(page, form, photo)
        expect(form.get_by_label(zh("What was done?"))).to_have_value("防水重新做了，明天看一下。")
        expect(form.locator("input[name=photo_ids]")).to_have_count(number)
    form.get_by_role("button", name=zh("Report as fixed")).click()
    expect(page.locator(".badge").first).to_contain_text(status_short("resolved", "zh-CN"))


def test_a_seepage_is_reported_fixed_confirmed_and_rated_without_javascript(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    photos = phone_photos(tmp_path)
    owner = phones.open(running.new_owner(), java_script_enabled=False)
    report(owner, photos)
    issue = owner.url.split("?")[0]
    desk = issue.replace("/issues/", "/desk/issues/")

    clerk = phones.open(CLERK, java_script_enabled=False)
    clerk.goto(desk)
    clerk.get_by_role("button", name=zh("Acknowledge")).click()
    choose(clerk, "Who takes it?", "王师傅")
    clerk.get_by_role("button", name=zh("Assign")).click()

    technician = phones.open(TECHNICIAN, java_script_enabled=False)
    technician.goto(desk)
    resolve(technician, photos)

    owner.goto("/issues")
    owner.get_by_role("button", name=zh("Fixed, thank you")).click()
    for name in ("professionalism", "attitude", "efficiency"):
        owner.locator(f"[name={name}][value='4'] + label").click()
    owner.get_by_role("button", name=zh("Send rating")).click()
    expect(owner.locator(".line-of-time > li").last).to_contain_text(re.compile("4.*4.*4"))


def test_a_message_keeps_its_words_while_photos_are_added_without_javascript(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    photos = phone_photos(tmp_path)
    owner = phones.open(running.new_owner(), java_script_enabled=False)
    report(owner, [])
    message = fold(owner, "Add a message or a photo")
    message.locator("summary").click()
    message.get_by_label(zh("Your message")).fill("下午又漏了 <b>&amp;\n第二行")
    for number, photo in enumerate(photos, 1):
        add_photo(owner, message, photo)
        expect(message.get_by_label(zh("Your message"))).to_have_value("下午又漏了 <b>&amp;\n第二行")
        expect(message.locator("input[name=photo_ids]")).to_have_count(number)
    message.get_by_role("button", name=zh("Send message")).click()
    newest = owner.locator(".line-of-time > li").last
    expect(newest).to_contain_text("下午又漏了 <b>&amp;")
    see_photos(owner, newest, 2)
