"""Whatever becomes of a report, its owner reads it: joined, declined, on hold, opened again; and by message."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.phones import Phones, fold, open_fold, zh
from tests.journeys.running import CLERK, MANAGER, NEIGHBOUR, TECHNICIAN, Running, wait_for


def test_a_joined_reports_owner_is_led_to_the_other_one_and_may_write_there(
    phones: Phones, running: Running
) -> None:
    first = steps.report(running, NEIGHBOUR, category="lift", text="电梯一直停在五楼")
    phone = running.new_owner()
    second = steps.report(running, phone, category="lift", text="电梯坏了")
    number = steps.see(running, NEIGHBOUR, first)["number"]
    clerk = phones.open(CLERK)
    clerk.goto(f"/desk/issues/{second}")
    open_fold(clerk, "Merge into another report")
    clerk.get_by_label(zh("Number of the report to merge into")).fill(number)
    clerk.get_by_role("button", name=zh("Merge them")).click()
    expect(clerk.locator("main > .note.good")).to_be_visible()

    owner = phones.open(phone)
    owner.goto("/issues")
    expect(owner.locator("article.issue")).to_contain_text(number)
    owner.goto(f"/issues/{second}")
    owner.locator("main").get_by_role("link", name=number).click()
    expect(owner).to_have_url(f"{running.url}/issues/{first}")
    expect(owner.locator("main")).not_to_contain_text("张建国")
    open_fold(owner, "Add a message or a photo")
    owner.get_by_label(zh("Your message")).fill("我也在等")
    owner.get_by_role("button", name=zh("Send message")).click()
    expect(owner.locator(".line-of-time > li.message").last).to_contain_text("我也在等")


def test_a_declined_reports_owner_reads_who_declined_it_and_why(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone, category="contract")
    clerk = phones.open(CLERK)
    clerk.goto(f"/desk/issues/{issue}")
    open_fold(clerk, "Decline")
    decline = fold(clerk, "Decline")
    decline.get_by_role("button").click()
    expect(clerk.get_by_role("alert")).to_be_visible()
    decline.locator("textarea").fill("请找开发商的合同部：400-111")
    decline.get_by_role("button").click()
    owner = phones.open(phone)
    owner.goto(f"/issues/{issue}")
    note = owner.locator(".note", has_text=zh("We can't take this on."))
    expect(note).to_contain_text("请找开发商的合同部：400-111")
    expect(note).to_contain_text("李静")


def test_a_waiting_reports_owner_reads_why_and_answers(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.assign(running, issue)
    technician = phones.open(TECHNICIAN)
    technician.goto(f"/desk/issues/{issue}")
    open_fold(technician, "Put on hold")
    hold = fold(technician, "Put on hold")
    expect(hold.get_by_role("group", name=zh("Why is it on hold?"))).to_be_visible()
    hold.locator("[value=waiting_owner]").check()
    hold.locator("textarea").fill("您哪天在家？")
    hold.get_by_role("button").click()
    expect(technician.locator("main > .note.good")).to_be_visible()  # the phone sends the step by itself
    owner = phones.open(phone)
    owner.goto("/")
    expect(owner.locator("article.issue").first).to_contain_text(zh("We have a question for you – answer"))
    owner.get_by_role("link", name=zh("We have a question for you – answer")).click()
    expect(owner.locator(".note")).to_contain_text(zh("we need an answer from you"))
    expect(owner.locator(".line-of-time")).to_contain_text("您哪天在家？")
    owner.get_by_label(zh("Your message")).fill("周六上午")
    owner.get_by_role("button", name=zh("Send message")).click()
    expect(owner.locator(".line-of-time > li").last).to_contain_text("周六上午")


def test_an_agreed_visit_stands_first_on_the_owners_page(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.assign(running, issue)
    technician = phones.open(TECHNICIAN)
    technician.goto(f"/desk/issues/{issue}")
    open_fold(technician, "Put on hold")
    hold = fold(technician, "Put on hold")
    hold.locator("[value=appointment]").check()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    hold.locator("[name=visit_at]").fill(f"{tomorrow:%Y-%m-%d}T14:30")
    hold.get_by_role("button").click()
    expect(technician.locator("main > .note.good")).to_be_visible()
    owner = phones.open(phone)
    owner.goto(f"/issues/{issue}")
    expect(owner.locator(".promise strong")).to_contain_text("王师傅")
    expect(owner.locator(".promise strong")).to_contain_text("14:30")


def test_what_is_not_fixed_is_opened_again_with_a_reason(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.fix(running, issue)
    owner = phones.open(phone)
    owner.goto(f"/issues/{issue}")
    owner.get_by_role("link", name=zh("Not fixed")).click()
    reopen = owner.locator("#reopen")
    reopen.get_by_role("button").click()
    expect(owner.get_by_role("alert")).to_be_visible()
    owner.locator("#reopen textarea").fill("半夜还是响")
    owner.locator("#reopen").get_by_role("button").click()
    expect(owner.locator("main > .note.good")).to_be_visible()
    clerk = phones.open(CLERK)
    clerk.goto(f"/desk/issues/{issue}")
    expect(clerk.locator(".line-of-time > li").last).to_contain_text("半夜还是响")
    expect(clerk.get_by_label(zh("Who takes it?"))).to_be_visible()


def test_the_count_of_unread_messages_is_there_until_they_are_read(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.move(running, MANAGER, issue, "acknowledged")
    with running.api(phone) as api:
        wait_for(lambda: api.get("inbox").json()["unread"] == 2, what="two messages")
    owner = phones.open(phone)
    owner.goto("/")
    expect(owner.locator("[data-unread]")).to_contain_text("2")
    owner.get_by_role("navigation").get_by_role("link", name=zh("Messages")).click()
    expect(owner.locator("[data-unread]")).to_have_count(0)
    expect(owner.locator("main .rows > li")).to_have_count(2)
    owner.locator("main .rows a").first.click()
    expect(owner).to_have_url(f"{running.url}/issues/{issue}")
    expect(owner.locator("[data-unread]")).to_have_count(0)
