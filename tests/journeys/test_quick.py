"""Reporting with one photo: how many taps it takes, and what becomes of the photo on the way."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.factories_photos import CORNERS, make_photo, make_picture
from tests.journeys.phones import Phones, zh
from tests.journeys.pictures import made_photos
from tests.journeys.running import Running
from tests.journeys.signal import arrived, go_on, write

#: Taps from the start page to "thank you": a promise of the product.
MOST_TAPS = 6


class Finger:
    """Taps, and counts them."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, spot: Locator) -> None:
        """One tap."""
        spot.tap()
        self.taps += 1


def test_a_report_with_one_photo_takes_six_taps(phones: Phones, running: Running, tmp_path: Path) -> None:
    phone = running.new_owner()
    page, finger = phones.open(phone), Finger()
    page.goto("/")
    started = time.monotonic()
    finger.tap(page.get_by_role("link", name=zh("Report an issue")))
    finger.tap(page.get_by_role("link", name=zh("Noise")))
    finger.tap(page.get_by_label(zh("What is wrong?")))
    page.keyboard.type("楼上半夜很吵")
    finger.tap(page.get_by_role("button", name=zh("Next: photos, then send")))
    expect(page.locator("input[type=file]")).to_be_attached()
    with page.expect_file_chooser() as choosing:
        finger.tap(page.get_by_role("button", name=zh("Add a photo")))
    choosing.value.set_files(made_photos(tmp_path)[0])
    finger.tap(page.get_by_role("button", name=zh("Send"), exact=True))  # it waits for the photo by itself
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))
    print(f"{time.monotonic() - started:.1f} s from the start page to the thanks")
    assert finger.taps <= MOST_TAPS
    assert len(arrived(running, phone)["photos"]) == 1


def _uploads(page: Page) -> list[bytes]:
    """The files that go to storage, as they go."""
    sent: list[bytes] = []

    def look(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        start = body.index(b'name="file"')
        sent.append(body[body.index(b"\r\n\r\n", start) + 4 : body.rindex(b"\r\n--")])
        route.continue_()

    page.route("**/portal-media", look)
    return sent


@pytest.mark.parametrize("newer", [True, False], ids=["by createImageBitmap", "by an img and a canvas"])
def test_a_photo_is_made_small_on_the_phone_and_stays_upright(
    phones: Phones, running: Running, newer: bool
) -> None:
    page = phones.open(running.new_owner())
    if not newer:
        page.add_init_script("delete window.createImageBitmap")
    write(page, "墙裂了")
    go_on(page)
    sent = _uploads(page)
    photo = make_photo(picture=make_picture(size=(4000, 3000)), orientation=6)
    file = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(1)
    image = Image.open(io.BytesIO(sent[0])).convert("RGB")
    assert len(sent[0]) < len(photo)
    assert image.size == (2048, 1536)
    for place, colour in zip([(200, 150), (1800, 150), (200, 1400), (1800, 1400)], CORNERS, strict=True):
        seen = image.getpixel(place)
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 40 for a, b in zip(seen, colour, strict=True)), (place, seen, colour)


def test_what_the_phone_cannot_read_is_sent_as_it_is(phones: Phones, running: Running) -> None:
    page = phones.open(running.new_owner())
    write(page, "墙裂了")
    go_on(page)
    sent = _uploads(page)
    photo = make_photo(picture=make_picture(size=(640, 480)), kind="HEIC")
    file = {"name": "IMG_2.HEIC", "mimeType": "", "buffer": photo}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(1)
    assert sent == [photo]


def test_photos_are_put_in_order_with_the_keyboard_and_stay_so(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    page = phones.open(running.new_owner())
    write(page, "墙裂了")
    go_on(page)
    page.locator("input[type=file]").set_input_files(made_photos(tmp_path))
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(2)
    fields = page.locator("[name=photo_ids]")
    before = [fields.nth(n).input_value() for n in range(2)]
    earlier = page.get_by_role("button", name=zh("Move earlier"))
    expect(earlier.first).to_have_attribute("aria-disabled", "true")
    with page.expect_response("**/order"):
        earlier.last.focus()
        page.keyboard.press("Enter")
    expect(page.locator(".picker-status")).to_have_text(zh("Now photo %(n)s of %(of)s") % {"n": 1, "of": 2})
    page.reload()
    assert [fields.nth(n).input_value() for n in range(2)] == before[::-1]
    expect(page.locator(".photos img")).to_have_count(2)
    page.get_by_role("button", name=zh("Move later")).first.click()
    expect(fields.nth(0)).to_have_value(before[0])
