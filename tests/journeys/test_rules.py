"""Managers set the rules of their community, and a repair goes on step by step."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.running import CLERK, MANAGER, TECHNICIAN, Running


def _look_then_save(page: Page) -> None:
    page.get_by_role("button", name=zh("Look at what it changes")).click()
    expect(page.get_by_role("button", name=zh("Save it"))).to_be_visible()
    page.get_by_role("button", name=zh("Save it")).click()
    words = zh("Saved. It holds from the time given; what was before stays as it is.")
    expect(page.locator("main > .note.good")).to_contain_text(words)


def test_a_manager_puts_the_night_into_the_roster_and_a_step_into_an_sop(
    phones: Phones, running: Running
) -> None:
    manager = phones.open(MANAGER, java_script_enabled=False)
    manager.goto("/desk")
    manager.locator(".menu > summary").click()
    manager.get_by_role("link", name=zh("Rules of the community")).click()
    expect(manager.locator("[aria-current]")).to_have_text(zh("Rules of the community"))
    manager.get_by_role("link", name=re.compile(zh("Who is on duty"))).click()
    manager.locator("[name=w0_who]").select_option(label="李静")
    for day in range(7):
        manager.locator(f"[name=w0_{day}]").check()
    manager.locator("[name=w0_start]").fill("08:00")
    manager.locator("[name=w0_end]").fill("08:00")
    # Not now: other journeys alert all of the front desk.
    in_a_month = datetime.now(UTC) + timedelta(days=30)
    manager.locator("[name=valid_from]").fill(f"{in_a_month:%Y-%m-%dT08:00}")
    _look_then_save(manager)
    expect(manager.locator("main")).to_contain_text("赵经理")
    expect(manager.locator(".rows .badge")).to_contain_text(zh("planned"))
    manager.goto("/desk/rules/sops/greening")
    manager.locator("[name=zh_1]").fill("拍照")
    manager.locator("[name=photo_1]").check()
    _look_then_save(manager)
    expect(manager.locator("details summary").filter(has_text="拍照")).to_be_visible()
    manager.goto("/desk/rules/sops")
    expect(manager.locator(".rows")).to_contain_text(zh("planned"))


def test_a_technician_ticks_a_step_and_the_owner_sees_which(phones: Phones, running: Running) -> None:
    owner = running.new_owner(name="韩晓")
    issue = steps.report(running, owner, category="wall_seepage", text="卧室墙角发霉")
    steps.assign(running, issue)
    page = phones.open(TECHNICIAN)
    page.goto("/desk/today")
    card = page.locator(f"[data-job='{issue}']")
    card.locator("details.fold summary").click()
    card.get_by_role("button", name="约定上门完成").click()
    expect(page.locator("main > .note.good")).to_be_visible()
    expect(page.locator(f"[data-job='{issue}'] details.fold summary")).to_contain_text("检测")
    page.goto(f"/desk/issues/{issue}")
    page.locator("#sop").get_by_role("button", name="检测完成").click()
    expect(page.locator(".summary")).to_contain_text(zh("This step asks for a photo."))
    with running.api(CLERK) as clerk:
        sop = clerk.get(f"desk/issues/{issue}").json()["sop"]
    assert (sop["current"], sop["steps"][0]["done_by"]) == (2, "王师傅")
    seen = phones.open(owner)
    seen.goto(f"/issues/{issue}")
    expect(seen.locator("details.fold summary").first).to_contain_text("检测")
    expect(seen.locator(".line-of-time")).to_contain_text("约定上门完成")
