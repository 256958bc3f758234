"""Without a mouse or a finger: everything can be reached by Tab, and one sees where one is."""

from pathlib import Path

from playwright.sync_api import FileChooser, Page, expect

from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.pictures import made_photos, upload
from tests.journeys.running import Running, wait_for

_FOCUS = """() => {
  const here = document.activeElement, shown = here.matches(".stars input") ? here.nextElementSibling : here;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  return {
    words: (here.innerText || here.value || here.getAttribute("aria-label") || "").trim(),
    tag: here.tagName, name: here.name || "", value: here.value || "", href: here.getAttribute("href") || "",
    visible: parseFloat(style.outlineWidth) > 1 && style.outlineStyle !== "none" || style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def tab_to(page: Page, **wanted: str) -> None:
    """Press Tab until what has the focus is the wanted one; each stop on the way must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(_FOCUS)
        if here["tag"] == "BODY":
            continue
        assert here["visible"], f"no sign of the focus on {here}"
        assert here["inside"], f"the focus is out of sight on {here}"
        if all(words in here[key] for key, words in wanted.items()):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def follow(page: Page) -> None:
    """Press Enter, which leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_report_can_be_made_and_confirmed_by_keyboard_alone(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    phone = running.new_owner()
    page = phones.desk(phone)
    # From the start: the browser takes a moment to hand its file dialogs over, and a busy one opens its own meanwhile.
    chosen: list[FileChooser] = []
    page.on("filechooser", lambda chooser: chosen.append(chooser))
    page.goto("/")
    tab_to(page, href="#main")
    page.keyboard.press("Enter")
    tab_to(page, href="/issues/new")
    follow(page)
    tab_to(page, href="category=doors_windows")
    follow(page)
    tab_to(page, name="description")
    page.keyboard.type("窗户关不上")
    tab_to(page, name="area")
    page.keyboard.press("ArrowDown")
    tab_to(page, name="location")
    page.keyboard.type("一单元门厅")
    tab_to(page, name="windows")
    page.keyboard.press("Space")
    tab_to(page, words=zh("Next: photos, then send"))
    follow(page)
    expect(page.locator("input[type=file]")).to_be_attached()
    tab_to(page, words=zh("Add a photo"))
    page.keyboard.press("Enter")
    wait_for(lambda: (page.evaluate("0"), chosen)[1], what="the dialog for files")
    chosen[0].set_files(made_photos(tmp_path)[0])
    expect(page.locator(".photos img[src*=portal-media]")).to_have_count(1)
    tab_to(page, words=zh("Send"), tag="BUTTON")
    follow(page)
    expect(page.get_by_role("status").first).to_contain_text(zh("Thank you."))

    issue = page.url.split("/")[-1].split("?")[0]
    steps.fix(running, issue)
    page.goto(f"/issues/{issue}")
    tab_to(page, words=zh("Fixed, thank you"))
    follow(page)
    for name in ("professionalism", "attitude", "efficiency"):
        tab_to(page, name=name)
        page.keyboard.press("ArrowRight")
    tab_to(page, words=zh("Send rating"))
    follow(page)
    expect(page.locator(".line-of-time > li.rated")).to_have_count(1)


def test_a_photo_opens_and_closes_by_keyboard(phones: Phones, running: Running, tmp_path: Path) -> None:
    phone = running.new_owner()
    with running.api(phone) as api:
        photo = upload(api, made_photos(tmp_path)[0].read_bytes(), "image/jpeg")
    page = phones.open(phone)
    page.goto(f"/issues/{steps.report(running, phone, photo_ids=[photo['id']])}")
    page.locator("a[data-view]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("a[data-view]")).to_be_focused()
