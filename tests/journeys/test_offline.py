"""The network goes at every step of a report: nothing is lost, and nothing is sent twice."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.phones import Phones, sign_in, zh
from tests.journeys.pictures import made_photos
from tests.journeys.running import Running, wait_for
from tests.journeys.signal import (
    arrived,
    at_home,
    expect_kept,
    go_on,
    issues_of,
    kept_rows,
    lose_answers,
    send,
    signal,
    write,
)
from tests.journeys.test_nothing_lost import end_session

TEXT = "地下室没有信号 & <灯>\n第二行"


@pytest.fixture
def phone(running: Running) -> str:
    """An owner nobody else has."""
    return running.new_owner()


@pytest.fixture
def page(phones: Phones, phone: str) -> Page:
    """Their phone."""
    return phones.open(phone)


def add_photos(page: Page, files: list[Path]) -> None:
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(".photos:visible img")).to_have_count(len(files))


def test_a_report_is_begun_finished_and_sent_without_any_network(
    page: Page, running: Running, phone: str, tmp_path: Path
) -> None:
    at_home(page, patient=True)
    signal(page, False)
    page.get_by_role("link", name=zh("Report an issue")).first.click()
    page.get_by_role("link", name=zh("Noise")).click()
    page.get_by_label(zh("What is wrong?")).fill(TEXT)
    page.locator("[name=windows]").nth(1).check()
    go_on(page)
    add_photos(page, made_photos(tmp_path))
    send(page)
    expect_kept(page)
    page.goto("/")
    expect(page.locator("[data-unsent]")).to_contain_text(zh("Waiting for a signal"))
    signal(page, True)
    expect(page.locator("[data-tell=sent]")).to_be_visible()
    issue = arrived(running, phone)
    assert issue["description"] == TEXT
    assert len(issue["photos"]) == 2
    expect(page.locator("[data-unsent]")).to_be_hidden()
    page.locator("[data-tell=sent] a").click()
    expect(page).to_have_url(f"{running.url}/issues/{issue['id']}")
    assert kept_rows(page) == []


def test_the_network_goes_before_the_photos(page: Page, running: Running, phone: str, tmp_path: Path) -> None:
    write(page, TEXT)
    go_on(page)
    expect(page.locator("dl")).to_be_visible()
    signal(page, False)
    add_photos(page, made_photos(tmp_path))
    send(page)
    expect_kept(page)
    assert kept_rows(page) == ["photo", "photo", "ready"]
    signal(page, True)
    page.wait_for_url("**/issues/*?sent=1")
    assert len(arrived(running, phone)["photos"]) == 2


def test_the_network_goes_while_a_photo_is_on_its_way(
    page: Page, running: Running, phone: str, tmp_path: Path
) -> None:
    write(page, TEXT)
    go_on(page)
    page.route("**/portal-media", lambda route: route.abort("connectionreset"))
    add_photos(page, made_photos(tmp_path))
    expect(page.locator(".again").first).to_be_visible()
    page.unroute("**/portal-media")
    signal(page, False)
    signal(page, True)  # the photos go on by themselves
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(2)
    send(page)
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    assert len(arrived(running, phone)["photos"]) == 2


@pytest.mark.parametrize("reaches", [True, False], ids=["before its answer", "before it is sent"])
def test_the_network_goes_at_sending(
    page: Page, running: Running, phone: str, tmp_path: Path, reaches: bool
) -> None:
    write(page, TEXT)
    go_on(page)
    add_photos(page, made_photos(tmp_path)[:1])
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(1)
    if reaches:
        lose_answers(page, "**/send")
    else:
        page.route("**/send", lambda route: route.abort("connectionfailed"))
    page.route("**/api/v1/issues", lambda route: route.abort("connectionfailed"))
    send(page)
    expect_kept(page)
    assert len(issues_of(running, phone)) == reaches
    page.goto("/")
    page.unroute_all()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-tell=sent]")).to_be_visible()
    assert len(arrived(running, phone)["photos"]) == 1
    assert kept_rows(page) == []


def test_the_answer_to_what_the_phone_sends_by_itself_gets_lost(
    page: Page, running: Running, phone: str, tmp_path: Path
) -> None:
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    go_on(page)
    add_photos(page, made_photos(tmp_path))
    lost = lose_answers(page, "**/api/v1/issues")
    send(page)
    expect_kept(page)
    signal(page, True)
    wait_for(lambda: page.evaluate("true") and lost, what="a lost answer")
    assert len(issues_of(running, phone)) == 1
    page.goto("/")
    page.unroute_all()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-tell=sent]")).to_be_visible()
    assert len(arrived(running, phone)["photos"]) == 2


def test_the_session_ends_while_a_report_waits(page: Page, running: Running, phone: str) -> None:
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    go_on(page)
    send(page)
    expect_kept(page)
    end_session(page, running)
    signal(page, True)
    expect(page.locator("[data-tell=sign-in]")).to_be_visible()
    assert kept_rows(page) == ["ready"]
    page.locator("[data-tell=sign-in] a").click()
    sign_in(page, running, phone)
    expect(page.locator("[data-tell=sent]")).to_be_visible()
    page.goto("/issues")
    expect(page.locator(".issue")).to_have_count(1)


def test_what_was_written_is_there_again_in_a_new_tab(
    page: Page, running: Running, phone: str, tmp_path: Path
) -> None:
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    page.get_by_label(zh("Which spot?")).fill("三单元")
    go_on(page)
    add_photos(page, made_photos(tmp_path))
    wait_for(lambda: kept_rows(page) == ["photo", "photo", "typing"])
    context = page.context
    page.close()
    again = context.new_page()
    again.goto("/issues")
    again.locator("[data-unsent] a").click()
    expect(again.get_by_label(zh("What is wrong?"))).to_have_value(TEXT)
    expect(again.get_by_label(zh("Which spot?"))).to_have_value("三单元")
    context.set_offline(False)
    go_on(again)
    expect(again.locator("dl")).to_contain_text("三单元")
    expect(again.locator(".photos img[src*=portal-media]")).to_have_count(2)
    send(again)
    expect(again.get_by_role("status").first).to_contain_text(zh("Thank you."))
    assert len(arrived(running, phone)["photos"]) == 2
    assert kept_rows(again) == []


def test_two_tabs_send_what_waits_once(page: Page, running: Running, phone: str) -> None:
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    go_on(page)
    send(page)
    expect_kept(page)
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator("[data-unsent]")).to_contain_text(zh("Waiting for a signal"))
    signal(page, True)
    arrived(running, phone)
    wait_for(lambda: kept_rows(other) == [])
    assert len(issues_of(running, phone)) == 1


def test_several_reports_wait_and_one_is_deleted_and_brought_back(
    page: Page, running: Running, phone: str
) -> None:
    at_home(page)
    signal(page, False)
    for text, category in (("楼上很吵", "noise"), ("水管漏水", "plumbing")):
        write(page, text, category)
        go_on(page)
        send(page)
        expect_kept(page)
    write(page, "写了一半", "lift")
    wait_for(lambda: kept_rows(page) == ["ready", "ready", "typing"])
    page.goto("/issues")
    rows = page.locator("[data-unsent] li")
    expect(rows).to_have_count(3)
    rows.filter(has_text="水管漏水").locator("[data-delete]").click()
    page.locator("[data-undo]:visible").click()
    expect(rows.filter(has_text="水管漏水").locator("[data-delete]")).to_be_visible()
    rows.filter(has_text="写了一半").locator("[data-delete]").click()
    signal(page, True)
    wait_for(lambda: len(issues_of(running, phone)) == 2, 40, "both reports")
    assert {issue["description"] for issue in issues_of(running, phone)} == {"楼上很吵", "水管漏水"}


def test_what_the_server_finds_wrong_is_kept_and_corrected(page: Page, running: Running, phone: str) -> None:
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    page.locator("[name=unit_id]").evaluate("field => { field.value = 'maple-1-102'; }")
    go_on(page)
    send(page)
    expect_kept(page)
    signal(page, True)
    expect(page.locator("[data-tell=problem]")).to_be_visible()
    page.locator("[data-tell=problem] a").click()
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value(TEXT)
    go_on(page)
    expect(page.locator("dl")).to_be_visible()
    send(page)
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    assert arrived(running, phone)["description"] == TEXT


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    page: Page, running: Running, phone: str, status: int
) -> None:
    calls: list[int] = []

    def busy_at_first(route: Route) -> None:
        calls.append(1)
        if len(calls) == 1:
            route.fulfill(status=status, headers={"Retry-After": "1"}, json={})
        else:
            route.continue_()

    page.route("**/api/v1/issues", busy_at_first)
    at_home(page)
    signal(page, False)
    write(page, TEXT)
    go_on(page)
    send(page)
    signal(page, True)
    page.wait_for_url("**/issues/*?sent=1")
    assert len(calls) == 2
    arrived(running, phone)
