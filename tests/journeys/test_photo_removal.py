"""A photo that its owner takes back is gone for everybody."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.pictures import fetched, made_photos, upload
from tests.journeys.running import CLERK, Running


def test_a_removed_photo_is_gone_for_good(phones: Phones, running: Running, tmp_path: Path) -> None:
    phone = running.new_owner()
    with running.api(phone) as api:
        photo = upload(api, made_photos(tmp_path)[0].read_bytes(), "image/jpeg")
    issue = steps.report(running, phone, photo_ids=[photo["id"]])
    assert fetched(photo["urls"]["full"])
    clerk = phones.open(CLERK)
    clerk.goto(f"/desk/issues/{issue}")
    expect(clerk.locator(".photos img")).to_have_count(1)
    expect(clerk.get_by_role("link", name=zh("Remove"))).to_have_count(0)

    owner = phones.open(phone)
    owner.goto(f"/issues/{issue}")
    owner.locator(".photo-x").click()
    owner.get_by_role("link", name=zh("Keep it")).click()
    expect(owner.locator(".photos img")).to_have_count(1)
    owner.locator(".photo-x").click()
    owner.get_by_role("button", name=zh("Remove for good")).click()
    expect(owner).to_have_url(f"{running.url}/issues/{issue}")
    expect(owner.locator(".photos img")).to_have_count(0)
    expect(owner.locator(".line-of-time > li").last).to_contain_text(zh("A photo was removed"))
    for url in photo["urls"].values():
        assert httpx.get(url).status_code in (403, 404)
    clerk.reload()
    expect(clerk.locator(".photos img")).to_have_count(0)


def test_a_photo_taken_off_a_draft_is_not_sent(phones: Phones, running: Running, tmp_path: Path) -> None:
    phone = running.new_owner()
    owner = phones.open(phone)
    owner.goto("/issues/new?category=noise")
    owner.get_by_label(zh("What is wrong?")).fill("很吵")
    owner.get_by_role("button", name=zh("Next: photos, then send")).click()
    owner.locator("input[type=file]").set_input_files(made_photos(tmp_path))
    expect(owner.locator(".photos img[src*=portal-media]")).to_have_count(2)
    owner.get_by_role("button", name=zh("Remove")).first.click()
    expect(owner.locator(".photos img")).to_have_count(1)
    owner.get_by_role("button", name=zh("Send"), exact=True).click()
    expect(owner.get_by_role("status").first).to_contain_text(zh("Thank you."))
    expect(owner.locator(".photos img")).to_have_count(1)
