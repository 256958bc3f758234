"""What was typed is still there after signing in again, after a failing server, after a lost connection."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.faults import Faulty, faulty_portal
from tests.journeys.phones import Phones, fold, sign_in, token_of, zh
from tests.journeys.pictures import made_photos
from tests.journeys.running import CLERK, Running, wait_for

TYPED = "楼道的灯坏了 & <三楼>\n第二行"


def end_session(page: Page, portal: Running) -> None:
    """What happens to a session when its days are over, or when one signs out on all devices."""
    headers = {"Authorization": f"Bearer {token_of(page)}"}
    httpx.delete(f"{portal.url}/api/v1/auth/session", headers=headers).raise_for_status()


def fill_report(page: Page) -> None:
    page.goto("/issues/new?category=electrical")
    page.get_by_label(zh("What is wrong?")).fill(TYPED)
    page.get_by_label(zh("Which spot?")).fill("三单元")
    page.locator("[name=area][value=public]").check()
    page.locator("[name=windows]").nth(1).check()


def expect_report(page: Page) -> None:
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value(TYPED)
    expect(page.get_by_label(zh("Which spot?"))).to_have_value("三单元")
    expect(page.locator("[name=area][value=public]")).to_be_checked()
    expect(page.locator("[name=windows]").nth(1)).to_be_checked()


def go_on(page: Page) -> None:
    page.get_by_role("button", name=zh("Next: photos, then send")).click()


def new_issue(portal: Running, phone: str) -> str:
    """An issue of somebody's, reported over the API; gives back its id."""
    with portal.api(phone) as api:
        unit = api.get("me").json()["units"][0]["id"]
        body = {"unit_id": unit, "category_id": "noise", "description": "楼上很吵"}
        return str(api.post("issues", json=body).json()["id"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_report_outlives_its_session(phones: Phones, running: Running, scripts: bool) -> None:
    phone = running.new_owner()
    page = phones.open(phone, java_script_enabled=scripts)
    fill_report(page)
    end_session(page, running)
    go_on(page)
    expect(page.get_by_role("status").first).to_be_visible()
    sign_in(page, running, phone)
    expect_report(page)
    go_on(page)
    expect(page.locator("dl")).to_contain_text("楼道的灯坏了 & <三楼>")


def test_on_a_shared_phone_nobody_finds_what_somebody_else_typed(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    fill_report(page)
    end_session(page, running)
    page.goto("/login")
    sign_in(page, running, running.new_owner())
    page.goto("/issues/new?category=electrical")
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value("")


def test_a_report_about_to_be_sent_outlives_its_session_with_its_photos(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    phone = running.new_owner()
    page = phones.open(phone)
    fill_report(page)
    go_on(page)
    page.locator("input[type=file]").set_input_files(made_photos(tmp_path))
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(2)
    end_session(page, running)
    page.get_by_role("button", name=zh("Send"), exact=True).click()
    sign_in(page, running, phone)
    expect(page.locator(".photos img")).to_have_count(2)
    page.get_by_role("button", name=zh("Send"), exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    expect(page.locator(".photos img")).to_have_count(2)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_message_outlives_its_session(phones: Phones, running: Running, scripts: bool) -> None:
    phone = running.new_owner()
    page = phones.open(phone, java_script_enabled=scripts)
    page.goto(f"/issues/{new_issue(running, phone)}?message=1")
    page.get_by_label(zh("Your message")).fill(TYPED)
    end_session(page, running)
    page.get_by_role("button", name=zh("Send message")).click()
    sign_in(page, running, phone)
    expect(page.get_by_label(zh("Your message"))).to_have_value(TYPED)
    page.get_by_role("button", name=zh("Send message")).click()
    expect(page.locator(".line-of-time > li").last).to_contain_text("楼道的灯坏了")
    if scripts:
        page.reload()
        expect(page.get_by_label(zh("Your message"))).to_have_value("")


def test_a_note_in_the_desks_pane_outlives_its_session(phones: Phones, running: Running) -> None:
    issue = new_issue(running, running.new_owner())
    staff = running.new_staff("front_line")
    page = phones.desk(staff)
    page.goto("/desk?status=submitted&category=noise")
    page.locator(f".job-link[href$='{issue}']").click()
    decline = fold(page, "Decline")
    decline.locator("summary").click()
    decline.locator("textarea").fill(TYPED)
    end_session(page, running)
    decline.get_by_role("button").click()
    sign_in(page, running, staff)
    expect(fold(page, "Decline").locator("textarea")).to_have_value(TYPED)


def test_a_message_outlives_a_lost_connection(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    page = phones.open(phone)
    issue = f"/issues/{new_issue(running, phone)}?message=1"
    page.goto(issue)
    page.get_by_label(zh("Your message")).fill(TYPED)
    page.route("**/message", lambda route: route.abort("connectionfailed"))
    page.get_by_role("button", name=zh("Send message")).click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/message")
    page.goto(issue)
    expect(page.get_by_label(zh("Your message"))).to_have_value(TYPED)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """A second portal, whose table can be made to fail."""
    with faulty_portal(tmp_path_factory.mktemp("faulty") / "data") as portal:
        yield portal


@pytest.fixture
def weak_phones(faulty: Faulty, chrome: Browser) -> Iterator[Phones]:
    """Phones on the portal whose table fails."""
    opened = Phones(faulty.portal, chrome)
    yield opened
    opened.done()


def test_a_report_outlives_a_failing_server(weak_phones: Phones, faulty: Faulty) -> None:
    page = weak_phones.open("+8613800000001")
    fill_report(page)
    faulty.fails(True)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text(zh("What you typed is kept."))
    faulty.fails(False)
    page.get_by_role("button", name=zh("Try again")).click()
    expect(page.locator("dl")).to_contain_text("楼道的灯坏了 & <三楼>")
    faulty.fails(True)
    page.get_by_role("button", name=zh("Send"), exact=True).click()
    expect(page.get_by_role("button", name=zh("Try again"))).to_be_visible()
    faulty.fails(False)
    page.get_by_role("button", name=zh("Try again")).click()
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))


def test_a_message_outlives_a_failing_server_and_is_sent_once(weak_phones: Phones, faulty: Faulty) -> None:
    page = weak_phones.open("+8613800000002")
    page.goto(f"/issues/{new_issue(faulty.portal, '+8613800000002')}?message=1")
    page.get_by_label(zh("Your message")).fill(TYPED)
    faulty.fails(True)
    page.get_by_role("button", name=zh("Send message")).click()
    again = page.get_by_role("button", name=zh("Try again"))
    again.click()
    expect(again).to_be_visible()
    faulty.fails(False)
    again.click()
    expect(page.locator(".line-of-time > li.message")).to_have_count(1)


def test_a_note_in_the_desks_pane_outlives_a_failing_server(weak_phones: Phones, faulty: Faulty) -> None:
    issue = new_issue(faulty.portal, "+8613800000002")
    page = weak_phones.desk(CLERK)
    page.goto("/desk")
    page.locator(f".job-link[href$='{issue}']").click()
    decline = fold(page, "Decline")
    decline.locator("summary").click()
    decline.locator("textarea").fill(TYPED)
    faulty.fails(True)
    decline.get_by_role("button").click()
    again = page.get_by_role("button", name=zh("Try again"))
    expect(again).to_be_visible()
    faulty.fails(False)
    again.click()
    page.goto(f"/desk/issues/{issue}")
    wait_for(lambda: TYPED.split("\n")[0] in page.locator(".line-of-time").inner_text(), what="the note")
