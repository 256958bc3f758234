"""Points: from the rating that earns them to the reward that staff hand out, and what managers keep."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.running import CLERK, MANAGER, Running, wait_for


def _balance(running: Running, phone: str) -> int:
    with running.api(phone) as api:
        return int(api.get("points").json()["balance"])


def test_a_rating_earns_points_that_become_a_reward_which_staff_hand_out(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner()
    issue = steps.report(running, owner, category="plumbing", text="水龙头滴水")
    steps.fix(running, issue)
    with running.api(owner) as api:
        marks = {"professionalism": 5, "attitude": 5, "efficiency": 5}
        assert api.put(f"issues/{issue}/rating", json=marks).is_success
    assert wait_for(lambda: _balance(running, owner), what="the rating's points") == 20

    desk = phones.desk(MANAGER)
    desk.goto("/desk/points/rewards/new?community_id=maple")
    name = f"电影票 {issue[-6:]}"
    desk.get_by_label(zh("Name")).fill(name)
    desk.get_by_label(zh("Points"), exact=True).fill("120")
    desk.get_by_label(zh("How many there are")).fill("3")
    desk.get_by_role("button", name=zh("Save")).click()
    expect(desk.get_by_role("link", name=name)).to_be_visible()
    desk.goto("/desk/points/adjustments?community_id=maple")
    desk.get_by_label(zh("Their phone number")).fill(owner)
    desk.get_by_label(zh("How many points")).fill("100")
    desk.get_by_role("button", name=zh("Change the points")).click()
    expect(desk.get_by_role("alert")).to_contain_text(zh("Please fill this in."))  # and nothing typed is lost
    expect(desk.get_by_label(zh("How many points"))).to_have_value("100")
    desk.get_by_label(zh("Reason")).fill("感谢您帮忙")
    desk.get_by_role("button", name=zh("Change the points")).click()
    expect(desk.locator("main")).to_contain_text(zh("Done, and they have been told."))

    page = phones.open(owner)
    page.goto("/")
    page.get_by_role("link", name=zh("Points and rewards")).click()
    expect(page.locator(".purse .sum")).to_have_text("120")
    expect(page.locator("[data-rows]")).to_contain_text("感谢您帮忙")
    page.get_by_role("link", name=zh("Rewards"), exact=True).click()
    page.get_by_role("link", name=name).click()
    page.locator("form button.main").click()
    expect(page.locator("main")).to_contain_text(zh("It is yours. Show this voucher at our office."))
    expect(page.locator("svg.qr")).to_be_visible()
    code = page.locator(".voucher-code").inner_text()
    assert _balance(running, owner) == 0

    counter = phones.open(CLERK)
    counter.goto("/desk/vouchers")
    counter.get_by_label(zh("Code")).fill(code.lower())
    counter.get_by_role("button", name=zh("Look it up")).click()
    counter.get_by_role("button", name=zh("Hand it out: mark as used")).click()
    expect(counter.locator("main")).to_contain_text(zh("Marked as used. Please hand the reward out."))
    page.reload()
    expect(page.locator(".page-head .badge")).to_have_text(zh("Used"))
    expect(page.locator("svg.qr")).to_have_count(0)


def test_without_javascript_a_voucher_is_given_back_and_a_rule_is_looked_at_before_it_is_saved(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner()
    with running.api(MANAGER) as manager:
        hand = {"community_id": "maple", "phone": owner, "points": 80, "reason": "谢谢"}
        manager.post("desk/points/adjustments", json=hand)
        about = {"community_id": "maple", "name": "停车券", "points": 80, "stock": 1}
        reward = manager.post("desk/rewards", json=about).json()["id"]
    page = phones.open(owner, java_script_enabled=False)
    page.goto(f"/rewards/{reward}")
    page.locator("form button.main").click()
    page.locator("details summary").click()
    page.get_by_role("button", name=zh("Yes, give it back")).click()
    expect(page.locator("main")).to_contain_text(zh("Given back. Your points are yours again."))
    page.goto("/points")
    expect(page.locator(".purse .sum")).to_have_text("80")

    desk = phones.open(MANAGER, java_script_enabled=False)
    desk.goto("/desk/points/rules/survey?community_id=maple")
    desk.get_by_label(zh("Points"), exact=True).fill("35")
    desk.get_by_role("button", name=zh("Look at what it changes")).click()
    desk.get_by_role("button", name=zh("Save it")).click()
    expect(desk.locator("main")).to_contain_text(
        zh("Saved. It holds from the time given; what was before stays as it is.")
    )
