"""An invitation from the phone that shares it to the neighbour who comes by it; and one that a manager looks at."""

from playwright.sync_api import expect

from tests.journeys.phones import Phones, fold, open_fold, sign_in, zh
from tests.journeys.running import MANAGER, OWNER, Running

_SHARE = """window.shared = []; navigator.share = (what) => { window.shared.push(what); return Promise.resolve(); };"""
_NEW = "+8613612340001"


def test_an_owner_shares_a_link_and_a_neighbour_comes_by_it(phones: Phones, running: Running) -> None:
    owner = running.new_owner(name="孙晓梅")
    page = phones.open(owner)
    page.add_init_script(_SHARE)
    page.goto("/me")
    page.get_by_role("link", name=zh("Invite neighbours")).click()
    page.get_by_role("button", name=zh("Share")).click()
    shared = page.evaluate("window.shared")
    assert [sorted(one) for one in shared] == [["text", "title", "url"]]
    link = shared[0]["url"]
    assert link not in shared[0]["text"], "apps add the address themselves"
    expect(page.get_by_label(zh("Your link"))).to_have_value(link)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth > 100")

    guest = phones.open(java_script_enabled=False)
    guest.goto(link)
    expect(guest.locator("h1")).to_contain_text("孙*")
    guest.get_by_label(zh("Your mobile number")).fill(_NEW)
    guest.locator("[name=consent]").evaluate("box => { box.required = false; }")
    guest.get_by_role("button", name=zh("Leave my number")).click()
    expect(guest.locator(".summary")).to_contain_text(
        zh("Please tick the box: without it we can't keep your number.")
    )
    expect(guest.get_by_label(zh("Your mobile number"))).to_have_value(_NEW)
    guest.locator("[name=consent]").check()
    guest.get_by_role("button", name=zh("Leave my number")).click()
    expect(guest.locator("h2").first).to_contain_text(zh("Thank you, we have your number"))

    head = "community_id,building,unit,unit_id,name,phone,role\n"
    with running.api(MANAGER) as manager:
        row = f"{head}maple,8,801,maple-8-801,何新,{_NEW},owner\n"
        manager.post("desk/import", content=row.encode(), headers={"Content-Type": "text/csv"})
    newcomer = phones.open()  # on another device
    newcomer.goto("/login")
    sign_in(newcomer, running, _NEW)
    expect(newcomer.locator("h1")).to_contain_text("何新")

    page.reload()
    expect(page.locator(".counts li").nth(1)).to_contain_text("1")
    expect(page.locator("[data-rows] .badge")).to_have_text(zh("Has come"))
    expect(page.locator("main")).not_to_contain_text("何")
    open_fold(page, "Another link")
    page.get_by_role("button", name=zh("Get a new link")).click()
    expect(page.get_by_label(zh("Your link"))).not_to_have_value(link)
    gone = newcomer.request.get(link)
    assert gone.status == 404


def test_a_known_number_waits_for_the_manager_and_nobody_else_is_told(
    phones: Phones, running: Running
) -> None:
    owner = running.new_owner(name="钱多多")
    page, desk = phones.open(owner), phones.desk(MANAGER)
    page.goto("/refer")
    link = page.get_by_label(zh("Your link")).input_value()
    guest = phones.open()
    guest.goto(link)
    guest.get_by_label(zh("Your mobile number")).fill(OWNER)
    guest.locator("[name=consent]").check()
    guest.get_by_role("button", name=zh("Leave my number")).click()
    expect(guest.locator("h2").first).to_contain_text(zh("Thank you, we have your number"))

    waits = desk.locator("main li", has_text="钱*")
    expect(waits).to_have_count(0)
    for _ in range(60):  # until the clock has looked
        desk.goto("/desk/referrals")
        if waits.count():
            break
        desk.wait_for_timeout(1000)
    waits.get_by_role("link").click()
    expect(desk.locator("main")).to_contain_text(zh("The number already belonged to somebody here"))
    desk.get_by_role("radio", name=zh("Void: nobody gets points for it")).check()
    desk.get_by_label(zh("Why this decision?")).fill("早就是我们的业主")
    desk.get_by_role("button", name=zh("Decide")).click()
    expect(desk.locator("main")).to_contain_text(zh("Voided: nobody gets points for it."))

    page.reload()
    expect(page.locator("[data-rows] .badge")).to_have_text(zh("Waiting"))
    guest.goto(link)
    open_fold(guest, "Take my number back")
    fold(guest, "Take my number back").get_by_role("button", name=zh("Delete it")).click()
    expect(guest.locator("main")).to_contain_text(
        zh("What was left from this device is deleted within a minute.")
    )
