"""The desk made quick: several rows at once, taking back, keys, rows that come by themselves, alarms."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.i18n import status_short
from tests.journeys import steps
from tests.journeys.phones import Phones, fold, open_fold, zh
from tests.journeys.running import CLERK, MANAGER, Running, wait_for

#: A category of which nobody else in these tests complains.
CATEGORY = "parking"
QUEUE = f"/desk?category={CATEGORY}"


@pytest.fixture(scope="module")
def phone(running: Running) -> str:
    return running.new_owner(name="钱车主")


@pytest.fixture
def fresh(running: Running, phone: str) -> list[str]:
    """Three new issues; those before are done with."""
    with running.api(CLERK) as clerk:
        for old in clerk.get("desk/issues", params={"category_id": CATEGORY, "limit": 100}).json()["items"]:
            if old["status"] != "in_progress":
                step = {"to": "rejected", "version": old["version"], "note": "不归我们管"}
                clerk.post(f"desk/issues/{old['id']}/transition", json=step)
    return [steps.report(running, phone, category=CATEGORY, text=f"车位 {n} 被占") for n in range(3)]


def status(running: Running, issue: str) -> str:
    with running.api(CLERK) as clerk:
        return str(clerk.get(f"desk/issues/{issue}").json()["status"])


def row(page: Page, issue: str) -> Any:
    return page.locator(f".job[data-id='{issue}']")


def look(page: Page) -> None:
    """Ask for news now, as coming back to the network does."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def news(page: Page, selector: str) -> None:
    """Ask until something is there: what is announced takes a moment to get about."""

    def there() -> bool:
        look(page)
        return page.locator(selector).count() > 0

    wait_for(there, what=selector)


def test_several_rows_are_done_in_one_go_and_taken_back_one_by_one(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.desk(CLERK)
    page.goto(QUEUE)
    steps.move(running, MANAGER, fresh[1], "acknowledged")
    page.locator("[data-pick-all] input").check()
    expect(page.locator("[data-picked]")).to_contain_text("3")
    page.get_by_label(zh("What to do with them")).select_option(label=zh("Acknowledge"))
    page.locator("#bulk button").click()
    result = page.locator("main > .result")
    expect(result.locator("li")).to_have_count(3)
    expect(result.locator("li").first.locator(".why")).to_be_visible()
    assert [status(running, one) for one in fresh] == ["acknowledged"] * 3
    expect(page.locator("[name=pick]:checked")).to_have_count(0)
    result.get_by_role("button", name=zh("Undo")).first.click()
    expect(page.locator("main > .note.good")).to_contain_text(zh("Taken back. The owner is told what holds."))
    assert sorted(status(running, one) for one in fresh) == ["acknowledged", "acknowledged", "submitted"]


def test_a_step_from_the_list_is_taken_back_from_its_note(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.desk(CLERK)
    page.goto(QUEUE)
    row(page, fresh[0]).get_by_role("button", name=zh("Acknowledge")).click()
    expect(row(page, fresh[0]).locator(".badge")).to_contain_text(
        status_short("acknowledged", "zh-CN"), timeout=10_000
    )  # before the next poll
    undo = page.locator("main > .note form.undo")
    expect(undo.locator("[data-seconds]")).to_have_text(re.compile(r"\d+"))
    undo.get_by_role("button").click()
    expect(row(page, fresh[0]).locator(".badge")).to_contain_text(status_short("submitted", "zh-CN"))
    expect(page).to_have_url(re.compile(f"category={CATEGORY}"))
    with running.api(running.new_staff("auditor")) as auditor:
        kinds = [one["kind"] for one in auditor.get(f"desk/issues/{fresh[0]}").json()["timeline"]]
    assert kinds == ["status", "status", "undone"]


def test_on_a_phone_a_row_changes_at_once_and_an_undo_that_comes_too_late_says_why(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.open(CLERK)
    page.goto(QUEUE)
    row(page, fresh[0]).get_by_role("button", name=zh("Acknowledge")).click()
    undo = page.locator("main > .note form.undo")
    expect(undo).to_be_visible()
    expect(row(page, fresh[0]).locator(".badge")).to_contain_text(
        status_short("acknowledged", "zh-CN"), timeout=5_000
    )
    steps.move(running, MANAGER, fresh[0], "rejected", note="不归我们管")
    undo.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("赵经理")


def test_when_a_row_leaves_the_list_the_keyboard_goes_on_with_the_next(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.desk(CLERK)
    page.goto(f"{QUEUE}&status=submitted")
    for key in ("j", "j", "a"):
        page.keyboard.press(key)
    expect(row(page, fresh[1])).to_have_count(0)
    expect(row(page, fresh[2]).locator(".job-link")).to_be_focused()
    opened: list[str] = []
    page.on("request", lambda one: opened.append(one.url) if f"/desk/issues/{fresh[2]}" in one.url else None)
    page.keyboard.press("o")
    expect(page.locator(".pane #job")).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.type("j")
    expect(page.locator(".pane textarea[name=text]")).to_have_value("j")
    assert len(opened) == 1, "nothing comes over what is being typed"


def test_what_the_network_swallows_is_told_and_stays_chosen(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.desk(CLERK)
    page.goto(QUEUE)
    row(page, fresh[0]).locator("[name=pick]").check()
    page.get_by_label(zh("What to do with them")).select_option(label=zh("Acknowledge"))
    page.route("**/desk/bulk", lambda route: route.abort("connectionfailed"))
    page.locator("#bulk button").click()
    expect(page.locator(".unsendable")).to_be_visible()
    expect(row(page, fresh[0]).locator("[name=pick]")).to_be_checked()
    assert status(running, fresh[0]) == "submitted"
    page.unroute_all()
    page.locator("#bulk button").click()
    expect(page.locator(".result li")).to_have_count(1)
    expect(page.locator(".unsendable")).to_have_count(0)


def test_a_storm_of_alarms_leaves_room_for_the_page(phones: Phones, running: Running) -> None:
    page = phones.open(CLERK)
    page.route("**/desk/live*", lambda route: route.abort())  # what it tells would take these away again
    page.goto("/desk/replies")
    page.evaluate(
        """document.dispatchEvent(new CustomEvent("portal:alarms", { detail: [1, 2, 3, 4, 5].map(n => (
        { id: "storm" + n, words: "水管下水", title: "水管爆了 " + n, url: "/desk/issues/" + n })) }))"""
    )
    storm = page.locator(".alarm[data-alarm^=storm]:visible")
    expect(storm).to_have_count(2)
    expect(storm.first).to_contain_text("水管爆了 5")
    page.locator(".alarm-rest").click()
    expect(storm).to_have_count(5)
    expect(storm.nth(2).get_by_role("link")).to_be_focused()


def test_the_queue_is_worked_by_keyboard_alone(phones: Phones, running: Running, fresh: list[str]) -> None:
    page = phones.desk(CLERK)
    page.goto(QUEUE)
    page.keyboard.press("j")
    first = page.locator(".job-link").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[name=pick]").first).to_be_checked()
    page.keyboard.press("a")
    expect(page.locator("main > .note.good")).to_be_visible()
    expect(page.locator(".job .badge").first).to_contain_text(status_short("acknowledged", "zh-CN"))
    expect(page.locator("[name=pick]").first).to_be_checked()
    page.locator(".job-link").first.focus()
    page.keyboard.press("o")
    expect(page.locator(".pane #job")).to_be_visible()
    page.keyboard.press("m")
    text = page.locator(".pane textarea[name=text]")
    expect(text).to_be_focused()
    page.keyboard.type("jkxa?")
    expect(text).to_have_value("jkxa?")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".job.chosen .job-link")).to_be_focused()
    page.keyboard.press("?")
    sheet = page.locator("dialog#keys")
    expect(sheet).to_be_visible()
    sheet.get_by_label(zh("Use these keys on this device")).uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(sheet).to_be_hidden()
    assert page.evaluate("document.activeElement.className") != "job-link"


def test_rows_come_and_change_by_themselves_and_nothing_moves_or_is_lost(
    phones: Phones, running: Running, fresh: list[str], phone: str
) -> None:
    page = phones.desk(CLERK, viewport={"width": 1360, "height": 420})
    page.goto(QUEUE)
    row(page, fresh[2]).locator(".job-link").click()
    open_fold(page.locator(".pane"), "Message or note")  # type: ignore[arg-type]
    page.locator(".pane textarea[name=text]").fill("还没写完")
    page.locator("[name=pick]").nth(1).check()
    row(page, fresh[1]).scroll_into_view_if_needed()
    top = row(page, fresh[1]).bounding_box()
    page.context.set_offline(True)
    look(page)
    newest = steps.report(running, phone, category=CATEGORY, text="又一个车位被占")
    steps.move(running, MANAGER, fresh[2], "acknowledged")
    page.context.set_offline(False)
    news(page, f".job.is-new[data-id='{newest}']")
    expect(page.locator("[data-say]")).to_contain_text("1")
    news(page, ".pane .news")
    expect(page.locator(".pane .news")).to_contain_text("赵经理")
    expect(row(page, fresh[2]).locator(".badge")).to_contain_text(status_short("acknowledged", "zh-CN"))
    expect(page.locator("[name=pick]").nth(1)).to_be_checked()
    expect(page.locator(".pane textarea[name=text]")).to_have_value("还没写完")
    now = row(page, fresh[1]).bounding_box()
    assert top
    assert now
    assert abs(top["y"] - now["y"]) < 2
    page.locator(".pane .news button").click()
    expect(page.locator(".pane .news")).to_have_count(0)
    expect(page.locator(".pane .line-of-time")).to_contain_text("赵经理")


def test_an_urgent_report_is_told_once_over_all_tabs_and_shown_in_each(
    phones: Phones, running: Running, phone: str
) -> None:
    page = phones.desk(CLERK)
    page.context.add_init_script(
        """window.Notification = class { constructor(words, more) {
        localStorage.setItem("told", (localStorage.getItem("told") || "") + more.tag + " "); this.close = () => {}; } };
        Object.assign(window.Notification, { permission: "granted", requestPermission: async () => "granted" });"""
    )
    page.goto("/desk/board")
    other = page.context.new_page()
    other.goto("/desk/replies")
    issue = steps.report(running, phone, category="gas", text="楼道有煤气味")
    for tab in (page, other):
        news(tab, f".alarm[data-alarm='{issue}']")
        expect(tab.locator(f".alarm[data-alarm='{issue}']")).to_contain_text("楼道有煤气味")
        expect(tab).to_have_title(re.compile(r"^\(\d+\) "))
    assert page.evaluate("localStorage.getItem('told')").split().count(issue) == 1
    other.locator(f".alarm[data-alarm='{issue}'] a").click()
    expect(other).to_have_url(re.compile(issue))
    steps.move(running, CLERK, issue, "acknowledged")

    def gone() -> bool:
        look(page)
        return page.locator(f".alarm[data-alarm='{issue}']").count() == 0

    wait_for(gone, what="the alarm's end")


def test_an_urgent_report_is_told_by_the_worker_where_pages_may_not(
    phones: Phones, running: Running, phone: str
) -> None:
    page = phones.open(CLERK)
    page.context.add_init_script(
        """window.Notification = class { constructor() { throw new TypeError("Illegal constructor"); } };
        Object.assign(window.Notification, { permission: "granted", requestPermission: async () => "granted" });
        ServiceWorkerRegistration.prototype.showNotification = async (words, more) => {
          sessionStorage.setItem("told", [words, more.data.url].join(" ")); };"""
    )
    page.goto("/desk/board")
    issue = steps.report(running, phone, category="fire", text="垃圾桶冒烟")
    news(page, f".alarm[data-alarm='{issue}']")
    told = wait_for(lambda: page.evaluate("sessionStorage.getItem('told')"), what="the worker's word")
    assert str(told).endswith(f"/desk/issues/{issue}")
    steps.move(running, CLERK, issue, "acknowledged")


def test_leave_for_alarms_is_asked_for_by_a_button_only(phones: Phones, running: Running) -> None:
    page = phones.desk(CLERK)
    page.context.add_init_script(
        """window.asked = 0; window.Notification = class {}; Object.assign(window.Notification, { permission: "default",
        requestPermission: async () => { window.asked++; window.Notification.permission = "granted"; } });"""
    )
    page.goto("/desk")
    button = page.get_by_role("button", name=zh("Show alarms"))
    expect(button).to_be_visible()
    assert page.evaluate("window.asked") == 0
    button.click()
    expect(button).to_be_hidden()
    assert page.evaluate("window.asked") == 1


def test_a_reply_goes_where_the_cursor_is_and_is_read_before_it_is_sent(
    phones: Phones, running: Running, fresh: list[str]
) -> None:
    page = phones.open(CLERK)
    page.goto(f"/desk/issues/{fresh[0]}#message")
    page.locator("textarea[name=text]").fill("您好。")
    page.get_by_label(zh("Ready-made reply")).select_option(index=2)
    page.get_by_role("button", name=zh("Insert")).click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("^您好。\n\n.*{师傅}", re.DOTALL))
    with running.api(CLERK) as clerk:
        assert len(clerk.get(f"desk/issues/{fresh[0]}").json()["timeline"]) == 1


def test_all_of_it_works_without_javascript(phones: Phones, running: Running, fresh: list[str]) -> None:
    page = phones.open(CLERK, java_script_enabled=False)
    page.goto(QUEUE)
    for issue in fresh[:2]:
        row(page, issue).locator("[name=pick]").check()
    page.get_by_label(zh("What to do with them")).select_option(label=zh("Acknowledge"))
    page.locator("#bulk button").click()
    expect(page.locator(".result li")).to_have_count(2)
    page.locator(".result form.undo button").first.click()
    expect(page.locator("main > .note.good")).to_be_visible()
    assert sorted(status(running, one) for one in fresh) == ["acknowledged", "submitted", "submitted"]
    page.goto("/desk/replies")
    fold(page, "Add a reply").locator("summary").click()
    page.get_by_label(zh("Name in the list")).first.fill("门卫")
    page.locator("textarea[name=text]").first.fill("{me} 已请门卫看过 {number}")
    page.get_by_role("button", name=zh("Keep"), exact=True).first.click()
    page.goto(f"/desk/issues/{fresh[2]}")
    fold(page, "Message or note").locator("summary").click()
    page.get_by_label(zh("Ready-made reply")).select_option(label="门卫")
    page.get_by_role("button", name=zh("Insert")).click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile(r"^李静 已请门卫看过 \d{6}-\d{5}$"))
    page.goto(QUEUE)
    page.get_by_label(zh("Keep this choice as")).fill("车位")
    page.get_by_role("button", name=zh("Keep"), exact=True).click()
    expect(
        page.get_by_role("navigation", name=zh("My filters")).get_by_role("link", name="车位")
    ).to_be_visible()
    page.get_by_role("button", name=re.compile("车位")).click()
    expect(page.get_by_role("navigation", name=zh("My filters"))).to_have_count(0)
