"""Large text, simple pages and colours on a device; long lists; and pages without a signal."""

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.running import Running


def _size(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)"))


def test_one_tap_makes_all_text_large_and_loses_nothing_typed(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/issues/new?category=noise")
    usual = _size(page)
    page.get_by_label(zh("What is wrong?")).fill("半夜很吵")
    page.get_by_role("button", name=zh("Large text")).click()
    assert 1.25 <= _size(page) / usual <= 1.3
    expect(page.get_by_label(zh("What is wrong?"))).to_have_value("半夜很吵")
    page.goto("/")
    assert _size(page) > 1.2 * usual
    page.get_by_role("button", name=zh("Large text")).click()
    page.reload()
    assert _size(page) == usual


def test_the_look_is_right_in_the_first_paint_without_javascript(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner(), java_script_enabled=False)
    page.goto("/me")
    for words in ("Large", "Simple", "Dark"):
        page.locator("#look").get_by_role("button", name=zh(words), exact=True).click()
        pressed = page.locator("#look").get_by_role("button", name=zh(words), exact=True)
        expect(pressed).to_have_attribute("aria-pressed", "true")
    root = page.locator("html")
    for name, value in (("data-text", "large"), ("data-pages", "simple"), ("data-theme", "dark")):
        expect(root).to_have_attribute(name, value)
    page.goto("/")
    expect(page.locator(".door")).to_have_count(5)
    expect(page.locator("body")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(root).to_have_css("background-color", "rgb(14, 19, 18)")


def test_a_page_kept_from_before_takes_on_the_look_chosen_since(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/me")
    kept = page.content()
    page.locator("#look").get_by_role("button", name=zh("Dark"), exact=True).click()
    page.route("**/me", lambda route: route.fulfill(body=kept, content_type="text/html"))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_simple_start_page_leads_on_with_big_buttons_and_back_again(
    phones: Phones, running: Running
) -> None:
    phone = running.new_owner()
    issue = steps.report(running, phone)
    steps.fix(running, issue)
    page = phones.open(phone)
    phones.choose_look(page.context, "simple")
    page.goto("/")
    expect(page.get_by_role("button", name=zh("Fixed, thank you"))).to_be_visible()
    page.locator(".door", has_text=zh("My reports")).click()
    page.locator(".bar").get_by_text(zh("Home")).click()
    page.get_by_role("link", name=zh("Settings")).click()
    page.locator("#look-pages + .segments button").first.click()
    page.goto("/")
    expect(page.locator(".hero")).to_be_visible()


def test_more_rows_come_below_those_that_are_there(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    for number in range(3):
        steps.report(running, phone, text=f"第 {number} 件")
    page = phones.open(phone)
    page.goto("/issues?limit=2")
    page.get_by_role("link", name=zh("Show more")).click()
    expect(page.locator(".cards > li")).to_have_count(3)
    expect(page.locator(".cards > li").nth(2).locator(".issue-link")).to_be_focused()
    expect(page.get_by_role("link", name=zh("Show more"))).to_have_count(0)


def test_a_lost_signal_is_said_calmly_until_it_is_back(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/issues/new?category=noise")
    line = page.get_by_text(zh("No signal. What you type is kept on this device."))
    expect(line).to_be_hidden()
    page.context.set_offline(True)
    expect(line).to_be_visible()
    page.context.set_offline(False)
    expect(line).to_be_hidden()


def test_a_page_that_takes_long_shows_its_outline_meanwhile(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/")
    # No page comes, the old one stays; the context sees what the service worker asks for too.
    page.context.route("**/inbox", lambda route: route.fulfill(status=204))
    page.locator(".bar").get_by_text(zh("Messages")).click()
    expect(page.locator("html")).to_have_attribute("data-going", "")
    expect(page.locator("main > *").first).to_have_css("opacity", "0")
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator("main > *").first).to_have_css("opacity", "1")
