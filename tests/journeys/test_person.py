"""One's own page: the language, and signing out."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from playwright.sync_api import expect

from tests.journeys.phones import Phones, sign_in, token_of, zh
from tests.journeys.running import Running, wait_for


def test_a_chosen_language_stays_on_every_page_and_device(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    page = phones.open(phone)
    page.goto("/me")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator("main").get_by_text("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/issues")
    expect(page.get_by_role("heading", level=1)).to_have_text("My reports")
    page.goto("/?lang=zh-CN")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_visitor_reads_the_language_of_their_browser(phones: Phones) -> None:
    page = phones.open(lang="en-GB")
    page.goto("/login")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_signing_out_everywhere_ends_the_other_phone_too(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    one, other = phones.open(), phones.open()
    for page in (one, other):
        page.goto("/login?next=/me")
        sign_in(page, running, phone)
        expect(page).to_have_url(f"{running.url}/me")
    token = token_of(other)
    one.get_by_role("button", name=zh("Sign out on all devices")).click()
    expect(one.get_by_role("status")).to_contain_text(zh("You are signed out on all devices."))
    other.reload()
    expect(other.get_by_label(zh("Your mobile number"))).to_be_visible()
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{running.url}/api/v1/me", headers=headers).status_code == 401


def test_what_was_typed_is_forgotten_by_signing_out(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/issues/new?category=noise")
    page.get_by_label(zh("What is wrong?")).fill("秘密")
    assert "秘密" in page.evaluate("JSON.stringify(localStorage)")
    page.goto("/me")
    page.get_by_role("button", name=zh("Sign out"), exact=True).click()
    # Whether the phone had the time to keep it as a report decides whether it asks first.
    number, anyway = (
        page.get_by_label(zh("Your mobile number")),
        page.get_by_role("button", name=zh("Throw away and sign out")),
    )
    expect(number.or_(anyway)).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(number).to_be_visible()
    assert "秘密" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_wrong_code_is_said_beside_its_field(phones: Phones, running: Running) -> None:
    phone = running.new_owner()
    page = phones.open()
    page.goto("/login")
    page.get_by_label(zh("Your mobile number")).fill("12")
    page.locator("button.main").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label(zh("Your mobile number")).fill(phone)
    page.locator("button.main").click()
    code = running.code(phone)
    page.get_by_label(zh("Code from the message")).fill(f"{(int(code) + 1) % 10**6:06d}")
    page.locator("button.main").click()
    expect(page.get_by_label(zh("Code from the message"))).to_have_attribute("aria-invalid", "true")
    page.get_by_label(zh("Code from the message")).fill(f"{code[:3]} {code[3:]}")
    page.locator("button.main").click()
    expect(page.get_by_role("link", name=zh("Report an issue"))).to_be_visible()


def test_an_empty_report_is_asked_for_in_plain_words(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    page.goto("/issues/new?category=noise")
    page.get_by_role("button", name=zh("Next: photos, then send")).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text(zh("Please fill this in."))
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label(zh("What is wrong?"))).to_be_focused()


#: The browser's part of subscribing, which asks its maker's service: answered here, and kept as a browser keeps it.
# The browser that has no windows says "denied" of notifications, whatever it was granted.
_SUBSCRIBES = """
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  const made = { toJSON: () => ({ endpoint: "https://fcm.googleapis.com/fcm/send/one", keys: %s }) };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("subscribed") ? made : null);
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("refused");
    localStorage.setItem("subscribed", "1");
    return made;
  };
"""
_KEYS = {
    "p256dh": "BC9zxcEiLoOuAqHnEuCBmQAsbP5EGE-1xuYVEXUM8la0_xWAG4_PRq4NTPQLe5SqEWOxf4qt5TXt_qeCXv0kcF0",
    "auth": "MTIzNDU2Nzg5MDEyMzQ1Ng",
}


def test_a_browser_asks_for_messages_by_one_button_gets_them_and_can_be_forgotten(
    phones: Phones, running: Running
) -> None:
    phone = running.new_owner()
    page = phones.open(phone)
    page.add_init_script(_SUBSCRIBES % json.dumps(_KEYS))
    page.goto("/me/messages")
    on = page.get_by_role("button", name=zh("Show messages on this device"))
    on.click()
    expect(page.get_by_text("1 台设备")).to_be_visible()
    expect(on).to_be_hidden()
    with running.api(phone) as api:
        choices = api.get("/me/messages").json()
        assert choices["reachable"]["push"]
        # In Shanghai 6 and 7 hours ahead.
        away = (datetime.now(UTC) + timedelta(hours=hours) for hours in (14, 15))
        quiet = dict(zip(("start", "end"), (f"{one:%H:%M}" for one in away), strict=True))
        api.put("/me/messages", json={"version": choices["version"], "quiet": quiet})
        unit = api.get("/me").json()["units"][0]["id"]
        body = {"unit_id": unit, "category_id": "noise", "description": "装修太吵"}
        assert api.post("/issues", json=body).status_code == 201
    pushed = wait_for(lambda: [one for one in running.messages("") if _KEYS["auth"] in one["to"]])
    assert {one["channel"] for one in pushed} == {"push"}
    page.get_by_role("button", name=zh("Stop on all devices")).click()
    expect(on).to_be_visible()  # the browser still has its subscription, and can ask again
