"""The desk: finding issues among many, counts, the board, importing people."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.i18n import status_short
from tests.journeys import steps
from tests.journeys.phones import Phones, open_fold, zh
from tests.journeys.running import CLERK, MANAGER, TECHNICIAN, Running, wait_for

MANY = 45


@pytest.fixture(scope="module")
def many(running: Running) -> list[str]:
    """Issues about the gardens, of which nobody else in these tests complains; the first two are taken."""
    phone = running.new_owner(name="吴园丁")
    ids = [steps.report(running, phone, category="greening", text=f"花坛第 {n} 排枯了") for n in range(MANY)]
    for issue in ids[:2]:
        steps.assign(running, issue)
    return ids


def has_rows(page: Page, number: int) -> None:
    expect(page.locator("#queue .job")).to_have_count(number)


def show(page: Page) -> None:
    page.locator("details.filters").get_by_role("button", name=zh("Show")).click()


def count(page: Page, status: str) -> int:
    return int(page.locator(f"[data-count={status}]").inner_text())


def test_many_issues_come_page_by_page_each_once(phones: Phones, running: Running, many: list[str]) -> None:
    clerk = phones.open(CLERK)
    clerk.goto("/desk")
    open_fold(clerk, "Search and filter")
    clerk.get_by_label(zh("Category")).select_option(label=zh("Plants and gardens"))
    show(clerk)
    seen: list[str] = []
    for _ in range(3):
        clerk.wait_for_load_state()
        links = clerk.locator("#queue .job-link").all()
        seen += [str(link.get_attribute("href")).split("/")[-1] for link in links]
        if clerk.locator("a[rel=next]").count():
            clerk.locator("a[rel=next]").click()
    assert sorted(seen) == sorted(many)
    expect(clerk.locator("a[rel=next]")).to_have_count(0)


def test_the_queue_is_narrowed_by_state_person_building_and_number(
    phones: Phones, running: Running, many: list[str]
) -> None:
    clerk = phones.open(CLERK)
    clerk.goto("/desk?category=greening")
    clerk.get_by_role("navigation", name=zh("Which ones")).get_by_role(
        "link", name=status_short("assigned", "zh-CN")
    ).click()
    has_rows(clerk, 2)
    clerk.get_by_label(zh("Who has it")).select_option(label="王师傅")
    show(clerk)
    has_rows(clerk, 2)
    clerk.get_by_label(zh("Building")).select_option(label="1")
    show(clerk)
    expect(clerk.locator(".empty")).to_be_visible()
    clerk.get_by_role("link", name=zh("Clear")).click()
    open_fold(clerk, "Search and filter")
    number = clerk.locator("#queue .job .num").first.inner_text()
    clerk.get_by_label(zh("Number"), exact=True).fill(number)
    show(clerk)
    expect(clerk).to_have_url(re.compile("/desk/issues/"))
    expect(clerk.locator("main")).to_contain_text(number)


def test_counts_follow_what_happens_and_the_board_shows_the_same(
    phones: Phones, running: Running, many: list[str]
) -> None:
    clerk = phones.open(CLERK)
    clerk.goto("/desk")
    before = count(clerk, "submitted"), count(clerk, "acknowledged")
    steps.move(running, CLERK, many[-1], "acknowledged")

    def moved() -> bool:
        clerk.reload()
        return (count(clerk, "submitted"), count(clerk, "acknowledged")) == (before[0] - 1, before[1] + 1)

    wait_for(moved, what="the counts")
    now = count(clerk, "submitted")
    clerk.goto("/desk/board")
    column = clerk.locator(
        ".board section", has=clerk.get_by_role("link", name=status_short("submitted", "zh-CN"))
    ).first
    expect(column.locator("h2 .num")).to_have_text(str(now))
    column.get_by_role("link").first.click()
    expect(clerk).to_have_url(re.compile("status=submitted"))


def test_a_step_taken_in_the_list_leaves_one_in_the_list(
    phones: Phones, running: Running, many: list[str]
) -> None:
    page = phones.desk(TECHNICIAN)
    page.goto("/desk?category=greening&status=acknowledged")
    expect(page.locator("#queue .job")).to_have_count(1)
    page.locator("#queue .job").first.get_by_role("button", name=zh("I take it")).click()
    expect(page.locator("main > .note.good")).to_be_visible()
    expect(page.locator("#queue .job")).to_have_count(0)
    expect(page).to_have_url(re.compile("status=acknowledged"))


def test_a_file_of_people_is_looked_at_before_it_is_taken_in(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    lines = [
        "小区编号,楼栋,房号,姓名,手机,角色",
        "maple,8,801,何新,13712340001,业主",
        "maple,8,802,无号,12,业主",
    ]
    file.write_bytes("\n".join(lines).encode("gb18030"))
    manager = phones.open(MANAGER)
    manager.goto("/desk/import")
    manager.get_by_label(zh("CSV file")).set_input_files(file)
    manager.get_by_role("button", name=zh("Look at it first")).click()
    expect(manager.locator("main .rows > li")).to_have_count(2)
    expect(manager.locator("main .rows > li").nth(1).locator(".why")).to_be_visible()
    phone = "+8613712340001"
    assert not running.messages(phone)
    manager.get_by_role("button", name=zh("Take it in")).click()
    expect(manager.locator("main .note.good")).to_be_visible()
    with running.api(phone) as new:
        assert [unit["label"] for unit in new.get("me").json()["units"]] == ["8-801"]


def test_a_wide_screen_opens_issues_beside_the_queue(
    phones: Phones, running: Running, many: list[str]
) -> None:
    page = phones.desk(CLERK)
    page.goto("/desk?category=greening")
    page.locator(f".job-link[href$='{many[5]}']").click()
    expect(page.locator(".pane #job")).to_contain_text("花坛第 5 排枯了")
    expect(page).to_have_url(re.compile("/desk\\?category=greening"))
    page.locator(".pane").get_by_role("button", name=zh("Acknowledge")).click()
    expect(page.locator("main > .note.good")).to_be_visible()
    expect(page.locator(".pane #job .badge").first).to_contain_text(status_short("acknowledged", "zh-CN"))
