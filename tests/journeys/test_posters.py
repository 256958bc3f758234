"""From a poster on the wall to a report, signed out, with and without JavaScript; and following a neighbour's."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, sign_in, zh
from tests.journeys.running import CEDAR_OWNER, CLERK, MANAGER, Running, wait_for

WORDS = "门夹人，按了开门也没用 <b>&amp;"


@pytest.fixture(scope="module")
def places(running: Running) -> dict[str, str]:
    """Maple's public places, by name, as posters name them."""
    with running.api(CLERK) as clerk:
        return {place["name"]: place["id"] for place in clerk.get("communities/maple/places").json()["items"]}


def _write(page: Page, code: str) -> None:
    """Scan the poster, choose, write, and go on."""
    page.goto(f"/p/{code}")
    expect(page.locator("main")).to_contain_text("1 号楼电梯")
    page.get_by_role("link", name=zh("Lift"), exact=True).click()
    page.get_by_label(zh("What is wrong?")).fill(WORDS)
    page.get_by_role("button", name=zh("Next"), exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_poster_leads_somebody_signed_out_to_a_report_and_nothing_typed_is_lost(
    phones: Phones, running: Running, places: dict[str, str], script: bool
) -> None:
    phone = running.new_owner()
    page = phones.open(java_script_enabled=script)
    _write(page, places["1 号楼电梯"])
    page.get_by_label(zh("Your mobile number")).fill("12")
    page.locator("button.main").click()  # no number: asked again, and the words are still there
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, running, phone)
    page.wait_for_url(re.compile("/issues/new/"))
    expect(page.locator("dl")).to_contain_text(WORDS)
    expect(page.locator("dl")).to_contain_text("1 号楼电梯")
    expect(page.locator(".picker")).to_be_visible()
    page.locator("form.send button").click()
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    issue = steps.see(running, phone, page.url.split("/")[-1].split("?")[0])
    assert (issue["place_id"], issue["description"]) == (places["1 号楼电梯"], WORDS)
    page.goto(f"/p/{places['1 号楼电梯']}?category=lift")
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value("")


def test_somebody_from_elsewhere_is_told_to_call_and_keeps_the_words(
    phones: Phones, running: Running, places: dict[str, str]
) -> None:
    page = phones.open()
    _write(page, places["1 号楼电梯"])
    sign_in(page, running, CEDAR_OWNER)
    expect(page.locator("main .note.wait")).to_contain_text("枫林苑")
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value(WORDS)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_neighbours_report_is_followed_instead_with_one_tap(
    phones: Phones, running: Running, places: dict[str, str], script: bool
) -> None:
    reporter, follower = running.new_owner(), running.new_owner(name="林小雨")
    place = places["中心花园"]
    issue = steps.report(running, reporter, category="greening", text="树枝断了", place_id=place)
    page = phones.open(follower, java_script_enabled=script)
    page.goto("/issues/new?category=greening")
    page.get_by_label(zh("What is wrong?")).fill("树枝快掉到路上了")
    page.locator("[name=area][value=public]").check()
    page.get_by_label(zh("Which spot?")).fill("中心 花园")
    page.get_by_role("button", name=zh("Next: photos, then send")).click()
    expect(page.get_by_role("button", name=zh("Mine is something else: send it"))).to_be_visible()
    near = page.locator(".similar li", has_text="树枝断了").first
    near.get_by_role("button", name=zh("Follow this instead")).click()
    expect(page).to_have_url(re.compile(rf"/issues/{issue}\?"))
    expect(page.get_by_label(zh("Your message"))).to_have_value("树枝快掉到路上了")
    expect(page.locator("main")).not_to_contain_text("孙晓梅")
    page.get_by_role("button", name=zh("Send message")).click()
    expect(page.locator(".line-of-time > li").last).to_contain_text("树枝快掉到路上了")
    steps.move(running, CLERK, issue, "acknowledged")
    with running.api(follower) as api:
        wait_for(lambda: api.get("inbox").json()["unread"], what="the message to the follower")
    page.goto("/issues")
    expect(page.locator("article.issue")).to_contain_text(zh("Following"))
    page.goto(f"/issues/{issue}")
    page.locator("#unfollow > summary").click()
    page.locator("#unfollow button").click()
    expect(page.locator("main > .note.good")).to_be_visible()
    expect(page.locator("article.issue")).to_have_count(0)


def test_a_manager_puts_a_place_on_the_list_and_prints_its_poster(phones: Phones, running: Running) -> None:
    page = phones.open(MANAGER)
    page.goto("/desk/places")
    page.locator("[name=places]").fill("3 号楼天台门\t3")
    page.get_by_role("button", name=zh("Add to the list")).click()
    expect(page.locator("main > .note.good")).to_be_visible()
    page.get_by_role("link", name="3 号楼天台门").click()
    page.get_by_role("link", name=zh("Its poster")).click()
    poster = page.locator(".poster")
    expect(poster).to_have_count(1)
    expect(poster).to_contain_text(page.url.split("/")[2] + "/p/")
    page.emulate_media(media="print")
    expect(page.locator(".page-head").first).to_be_hidden()
    box = poster.bounding_box()
    assert box
    assert (round(box["width"]), round(box["height"])) == (794, 1119)  # A4 at 96 dots an inch, but for a hair
    qr = poster.locator("svg.qr").bounding_box()
    assert qr
    assert qr["width"] > 380


def test_fixed_thank_you_and_three_taps_rate_and_not_fixed_is_one_tap(
    phones: Phones, running: Running
) -> None:
    phone = running.new_owner()
    done, broken = (steps.report(running, phone, text=text) for text in ("楼上吵", "门响"))
    steps.fix(running, done)
    owner = phones.open(phone)
    owner.goto("/issues")
    owner.get_by_role("button", name=zh("Fixed, thank you")).click()
    stars = owner.locator("#rate")
    expect(stars.locator("fieldset").first).to_be_in_viewport()
    for name in ("professionalism", "attitude", "efficiency"):
        stars.locator(f"[name={name}][value='4'] + label").tap()
    expect(owner.locator("main > .note.good")).to_contain_text("7")
    assert steps.see(running, phone, done)["rating"]["attitude"] == 4
    expect(owner.locator("#rate > summary")).to_contain_text(zh("Change your rating"))

    steps.fix(running, broken)
    owner.goto("/issues")
    owner.get_by_role("button", name=zh("Not fixed")).tap()
    expect(owner.get_by_role("heading", name=zh("It is open again. What is still wrong?"))).to_be_visible()
    owner.get_by_label(zh("Your message")).fill("还是响")
    owner.get_by_role("button", name=zh("Send message")).tap()
    expect(owner.locator(".line-of-time > li").last).to_contain_text("还是响")
    assert steps.see(running, phone, broken)["status"] == "reopened"


def test_stars_chosen_by_keyboard_wait_for_the_button(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.fix(running, issue)
    owner = phones.open(phone)
    owner.goto(f"/issues/{issue}?rate=1")
    for name in ("professionalism", "attitude", "efficiency"):
        owner.locator(f"[name={name}][value='3']").focus()
        owner.keyboard.press("ArrowRight")
    expect(owner.locator("[name=efficiency][value='4']")).to_be_checked()
    assert steps.see(running, phone, issue)["rating"] is None
    owner.get_by_role("button", name=zh("Send rating")).press("Enter")
    expect(owner.locator("main > .note.good")).to_be_visible()
