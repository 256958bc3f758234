"""A complaint: from the report that went wrong to the letter that answers it, and what is typed stays."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.phones import Phones, sign_in, zh
from tests.journeys.running import MANAGER, Running


def test_an_owner_who_is_not_content_gets_a_written_reply_and_agrees(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner()
    issue = steps.report(running, owner, category="plumbing", text="厨房又漏水了")
    page, desk = phones.open(owner), phones.desk(MANAGER)
    page.goto(f"/issues/{issue}")
    page.get_by_role("link", name=zh("Complain to the manager")).click()
    page.get_by_role("radio", name=zh("Building and repairs")).check()
    page.get_by_label(zh("Your message")).fill("修了三次还在漏")
    page.get_by_role("button", name=zh("Send it"), exact=True).click()
    sent = zh("We have it. Here you see every step, and by when the next one is promised.")
    expect(page.locator("main")).to_contain_text(sent)
    next_step = zh("We have your complaint. Next: we'll start looking into it.")
    expect(page.locator(".promise")).to_contain_text(next_step)
    number = page.locator(".page-head .num").inner_text()

    desk.goto("/desk/complaints")
    desk.get_by_role("link", name="修了三次还在漏").first.click()
    expect(desk.get_by_text(number).first).to_be_visible()
    desk.get_by_role("button", name=zh("I take it and begin")).click()
    desk.get_by_label(zh("What was found out")).fill("接头用错了型号")
    desk.get_by_role("button", name=zh("The investigation is done")).click()
    desk.get_by_label(zh("Our opinion")).fill("维修质量不合格")
    desk.get_by_label(zh("What we do")).fill("免费更换并回访")
    desk.get_by_role("button", name=zh("Decide")).click()
    desk.get_by_role("button", name=zh("Show the letter")).click()
    expect(desk.locator("#preview")).to_contain_text("免费更换并回访")
    desk.get_by_role("button", name=zh("Send the written reply")).click()
    expect(desk.locator(".page-head .badge")).to_have_text(zh("Replied"))

    page.reload()
    expect(page.locator("#reply")).to_contain_text("维修质量不合格")
    expect(page.locator("main")).not_to_contain_text("接头用错了型号")
    href = page.get_by_role("link", name=zh("As a letter (PDF)")).get_attribute("href")
    letter = page.request.get(str(href))
    assert letter.ok
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.body().startswith(b"%PDF-")
    page.get_by_role("button", name=zh("Yes, I agree")).click()
    expect(page.locator(".page-head .badge")).to_have_text(zh("Closed"))

    desk.reload()
    desk.get_by_role("radio", name=zh("Yes")).check()
    desk.get_by_role("button", name=zh("Save the call-back")).click()
    expect(desk.locator("main")).to_contain_text(zh("Called back"))


def test_without_javascript_and_signed_out_meanwhile_nothing_typed_is_lost(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner()
    page = phones.open(owner, java_script_enabled=False)
    page.goto("/feedback")
    page.get_by_role("link", name=zh("Write to us")).first.click()
    page.locator(".door", has_text=zh("Suggestion")).click()
    page.get_by_role("radio", name=zh("Surroundings")).check()
    page.get_by_label(zh("Your message")).fill("门口装一个雨棚吧")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name=zh("Send it"), exact=True).click()
    sign_in(page, running, owner)
    expect(page.get_by_label(zh("Your message"))).to_have_value("门口装一个雨棚吧")
    expect(page.get_by_role("radio", name=zh("Surroundings"))).to_be_checked()
    page.get_by_role("button", name=zh("Send it"), exact=True).click()
    expect(page.locator(".page-head .badge")).to_have_text(zh("Received"))
